/** What everybody else does: every frame is decoded and scaled, and all the sound. The leanest form of it, as the yardstick. */
import { AudioDecoder } from '../../src/media/audio-decoder.js';
import { openDemuxer } from '../../src/media/demuxer.js';
import { AVERROR_EAGAIN, AVERROR_EOF, freeContext, freeFrame, freePacket, newFrame, newPacket, ok, openDecoder, type CodecContext, type Frame, type Packet } from '../../src/media/native.js';
import { Scaler } from '../../src/media/scaler.js';

const SIZE = { width: 224, height: 224 };

const receive = (decoder: CodecContext, frame: Frame, scaler: Scaler): number => {
  for (let frames = 0; ; frames += 1) {
    const result = decoder.receiveFrameSync(frame);
    if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return frames;
    ok(result, 'avcodec_receive_frame');
    scaler.scale(frame, 0, SIZE);
    frame.unref();
  }
};

/** Decodes and scales a whole recording on one thread. Returns the frames decoded. */
export const decodeEverything = (path: string): number => {
  const demuxer = openDemuxer({ url: `file:${path}`, options: {}, live: false, probe: 'if-needed' });
  if (demuxer.audio === undefined || demuxer.video === undefined) throw new Error(`${path} lacks a track`);
  const decoder = openDecoder(demuxer.video.parameters);
  const [packet, frame]: [Packet, Frame] = [newPacket(), newFrame()];
  using audio = new AudioDecoder(demuxer.audio.parameters);
  using scaler = new Scaler();
  let frames = 0;
  try {
    while (demuxer.context.readFrameSync(packet) >= 0) {
      if (packet.streamIndex === demuxer.audio.index) audio.decode(packet);
      if (packet.streamIndex === demuxer.video.index) {
        ok(decoder.sendPacketSync(packet), 'avcodec_send_packet');
        frames += receive(decoder, frame, scaler);
      }
      packet.unref();
    }
    decoder.sendPacketSync(null);
    return frames + receive(decoder, frame, scaler);
  } finally {
    freePacket(packet);
    freeFrame(frame);
    freeContext(decoder);
    demuxer.close();
  }
};

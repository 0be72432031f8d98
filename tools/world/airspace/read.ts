/** Reads whole recordings, one after the other: all frames of a stretch, or all of the sound. */
import { AudioDecoder } from '../../../src/media/audio-decoder.js';
import { openDemuxer } from '../../../src/media/demuxer.js';
import { AVERROR_EAGAIN, AVERROR_EOF, freeContext, freeFrame, freePacket, newFrame, newPacket, ok, openDecoder, type CodecContext, type Frame } from '../../../src/media/native.js';
import { Scaler } from '../../../src/media/scaler.js';

/** A recording's frames as RGB, `[height, width, 3]`, in the order of showing; `size` is the first frame's. */
export interface Frames {
  readonly width: number;
  readonly height: number;
  /** The next frame; undefined at the end. */
  next(): Uint8Array | undefined;
  close(): void;
}

function* shown(decoder: CodecContext, frame: Frame): Generator<Frame, void> {
  for (;;) {
    const result = decoder.receiveFrameSync(frame);
    if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return;
    ok(result, 'avcodec_receive_frame');
    yield frame;
    frame.unref();
  }
}

/** Opens a file's pictures. */
export const openFrames = (path: string): Frames => {
  const demuxer = openDemuxer({ url: `file:${path}`, options: {}, live: false, probe: 'if-needed' });
  if (demuxer.video === undefined) throw new Error(`${path} has no video track`);
  const { index, parameters } = demuxer.video;
  const [decoder, packet, frame, scaler] = [openDecoder(parameters), newPacket(), newFrame(), new Scaler()];
  const size = { width: parameters.width, height: parameters.height };
  const pictures = function* (): Generator<Uint8Array, void> {
    while (demuxer.context.readFrameSync(packet) >= 0) {
      const ours = packet.streamIndex === index;
      if (ours) ok(decoder.sendPacketSync(packet), 'avcodec_send_packet');
      packet.unref();
      if (ours) for (const decoded of shown(decoder, frame)) yield scaler.scale(decoded, 0, size).data;
    }
    decoder.sendPacketSync(null);
    for (const decoded of shown(decoder, frame)) yield scaler.scale(decoded, 0, size).data;
  };
  const sequence = pictures();
  return {
    ...size,
    next: () => sequence.next().value ?? undefined,
    close: () => {
      scaler[Symbol.dispose]();
      freeFrame(frame);
      freePacket(packet);
      freeContext(decoder);
      demuxer.close();
    },
  };
};

/** All the sound of a file, `[n]`, 16 kHz mono. */
export const readSound = (path: string): Float32Array => {
  const demuxer = openDemuxer({ url: `file:${path}`, options: {}, live: false, probe: 'if-needed' });
  if (demuxer.audio === undefined) throw new Error(`${path} has no audio track`);
  const packet = newPacket();
  using decoder = new AudioDecoder(demuxer.audio.parameters);
  const parts: Float32Array[] = [];
  try {
    while (demuxer.context.readFrameSync(packet) >= 0) {
      if (packet.streamIndex === demuxer.audio.index) for (const { samples } of decoder.decode(packet)) parts.push(samples);
      packet.unref();
    }
  } finally {
    freePacket(packet);
    demuxer.close();
  }
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

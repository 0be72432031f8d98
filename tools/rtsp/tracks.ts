/** A recording as RTP payloads: read once, kept in memory, played as often as one likes. */
import { openDemuxer, type Track } from '../../src/media/demuxer.js';
import { AVERROR_EOF, codecName, freePacket, newPacket, ok, type Packet } from '../../src/media/native.js';

/** The most payload in one RTP packet [bytes]: an Ethernet frame less what IP, UDP and tunnels add. */
const MOST_PAYLOAD = 1_200;

/** One compressed frame, cut into payloads. */
export interface Unit {
  /** When it is sent, and when it is shown [s from the recording's beginning]. */
  readonly sendS: number;
  readonly showS: number;
  readonly key: boolean;
  readonly payloads: readonly Buffer[];
}

/** One track of a recording. */
export interface RtpTrack {
  readonly kind: 'video' | 'audio';
  readonly payloadType: number;
  /** Rate of its RTP timestamps [Hz]. */
  readonly clockHz: number;
  /** Its lines in the SDP, without `a=control`. */
  readonly sdp: readonly string[];
  readonly units: readonly Unit[];
}

/** A recording ready to be played. */
export interface RtpRecording {
  readonly tracks: readonly RtpTrack[];
  /** From its beginning to its beginning when it is looped [s]. */
  readonly durationS: number;
}

/** How one codec goes into RTP. */
interface Payloading {
  readonly payloadType: number;
  readonly clockHz: number;
  readonly sdp: readonly string[];
  readonly payloads: (frame: Buffer, key: boolean) => Buffer[];
}

/** A NAL unit as it is, or in fragments (RFC 6184, 5.6 and 5.8). */
export const payloadsOfNal = (nal: Buffer): Buffer[] => {
  const [header] = nal;
  if (header === undefined) return [];
  if (nal.length <= MOST_PAYLOAD) return [nal];
  const fragments: Buffer[] = [];
  for (let at = 1; at < nal.length; at += MOST_PAYLOAD - 2) {
    const end = Math.min(at + MOST_PAYLOAD - 2, nal.length);
    const start = at === 1 ? 0x80 : 0;
    const last = end === nal.length ? 0x40 : 0;
    fragments.push(Buffer.concat([Buffer.of((header & 0xe0) | 28, start | last | (header & 0x1f)), nal.subarray(at, end)]));
  }
  return fragments;
};

/** The NAL units of a frame in which each has its length in front (ISO/IEC 14496-15). */
const nalsOf = (frame: Buffer, lengthBytes: number): Buffer[] => {
  const nals: Buffer[] = [];
  for (let at = 0; at + lengthBytes <= frame.length;) {
    const length = frame.readUIntBE(at, lengthBytes);
    nals.push(frame.subarray(at + lengthBytes, at + lengthBytes + length));
    at += lengthBytes + length;
  }
  return nals;
};

/** H.264 (RFC 6184); the recording must hold an `avcC` record, as Matroska and MP4 do. */
const h264 = (avcC: Buffer): Payloading => {
  if (avcC[0] !== 1) throw new Error('only H.264 with lengths in front of its NAL units is played: write the recording as .mkv or .mp4');
  const lengthBytes = ((avcC[4] ?? 0) & 3) + 1;
  const sps = avcC.subarray(8, 8 + avcC.readUInt16BE(6));
  const pps = avcC.subarray(8 + sps.length + 3, 8 + sps.length + 3 + avcC.readUInt16BE(8 + sps.length + 1));
  const sprop = [sps, pps].map((set) => set.toString('base64')).join();
  return {
    payloadType: 96,
    clockHz: 90_000,
    sdp: [
      'm=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000',
      `a=fmtp:96 packetization-mode=1;profile-level-id=${sps.subarray(1, 4).toString('hex')};sprop-parameter-sets=${sprop}`,
    ],
    // Parameter sets come with every key frame, as from most cameras.
    payloads: (frame, key) => [...(key ? [sps, pps] : []), ...nalsOf(frame, lengthBytes)].flatMap(payloadsOfNal),
  };
};

/** AAC (RFC 3640, mode AAC-hbr): one access unit a packet, its length in 13 bits of a 16-bit header. */
const aac = (config: Buffer, rateHz: number, channels: number): Payloading => ({
  payloadType: 97,
  clockHz: rateHz,
  sdp: [
    'm=audio 0 RTP/AVP 97', `a=rtpmap:97 MPEG4-GENERIC/${rateHz}/${channels}`,
    `a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=${config.toString('hex')}`,
  ],
  payloads: (frame) => [Buffer.concat([Buffer.of(0, 16, frame.length >> 5, (frame.length & 31) << 3), frame])],
});

/** PCM A-law at 8 kHz, payload type 8 (RFC 3551, 4.5.14). */
const pcma = (): Payloading => ({ payloadType: 8, clockHz: 8_000, sdp: ['m=audio 0 RTP/AVP 8', 'a=rtpmap:8 PCMA/8000/1'], payloads: (frame) => [frame] });

const payloadingOf = ({ parameters }: Track): Payloading => {
  const name = codecName(parameters);
  const extra = parameters.extradata ?? Buffer.alloc(0);
  if (name === 'h264') return h264(extra);
  if (name === 'aac') return aac(extra, parameters.sampleRate, parameters.channelLayout.nbChannels);
  if (name === 'pcm_alaw' && parameters.sampleRate === 8_000 && parameters.channelLayout.nbChannels === 1) return pcma();
  throw new Error(`${name} cannot be played over RTSP here: only H.264, AAC and PCM A-law`);
};

type Frame = Omit<Unit, 'sendS'>;

const frameOf = (packet: Packet, { base }: Track, { payloads }: Payloading): Frame =>
  ({ showS: (Number(packet.pts) * base.num) / base.den, key: packet.isKeyframe, payloads: payloads(Buffer.from(packet.data ?? []), packet.isKeyframe) });

/** Frames come in decoding order: the n-th is sent when the n-th is shown, since containers do not always tell decoding times. */
const inTime = (frames: readonly Frame[]): Unit[] => {
  const times = frames.map(({ showS }) => showS).sort((a, b) => a - b);
  return frames.map((frame, i) => ({ ...frame, sendS: times[i] ?? 0 }));
};

/** Reads a whole recording: H.264 and AAC or PCM A-law, in Matroska or MP4. */
export const readRecording = (path: string): RtpRecording => {
  const demuxer = openDemuxer({ url: `file:${path}`, options: { protocol_whitelist: 'file' }, live: false, probe: 'if-needed' });
  const packet = newPacket();
  try {
    const found = [demuxer.video, demuxer.audio].flatMap((track) => (track === undefined ? [] : { track, payloading: payloadingOf(track), frames: [] as Frame[] }));
    for (let result = demuxer.context.readFrameSync(packet); result !== AVERROR_EOF; result = demuxer.context.readFrameSync(packet)) {
      ok(result, 'av_read_frame');
      const one = found.find(({ track }) => track.index === packet.streamIndex);
      one?.frames.push(frameOf(packet, one.track, one.payloading));
      packet.unref();
    }
    const tracks = found.map(({ track, payloading: { payloadType, clockHz, sdp }, frames }): RtpTrack => ({ kind: track === demuxer.video ? 'video' : 'audio', payloadType, clockHz, sdp, units: inTime(frames) }));
    const ends = tracks.map(({ units }) => 2 * (units.at(-1)?.sendS ?? 0) - (units.at(-2)?.sendS ?? 0));
    return { tracks, durationS: Math.max(0.1, ...ends) };
  } finally {
    freePacket(packet);
    demuxer.close();
  }
};

/**
 * One publisher's media: packets put in order, pictures put together, everything put on the media clock and handed to the same
 * intake that every other source has. Knows no WebRTC: tests feed it packets of their own.
 */
import { MICROSECONDS, MediaClock, type TrackClock } from '../../media/clock.js';
import { Intake } from '../../media/intake.js';
import {
  AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO, AV_CODEC_ID_H264, AV_CODEC_ID_OPUS, AV_CODEC_ID_VP8, type CodecParameters,
  describeTrack, freePacket, packetOf,
} from '../../media/native.js';
import type { ConnectSpec, MediaBatch } from '../../media/protocol.js';
import type { MediaInfo, OpenedAt, VideoTrackInfo } from '../../media/types.js';
import { FrameAssembler, type VideoFrame } from './frames.js';
import { H264Depacketiser, parameterSetsOf } from './h264.js';
import { JitterBuffer, type InOrder } from './jitter-buffer.js';
import { KeyFrames } from './key-frames.js';
import type { Offer, OfferedTrack } from './offer.js';
import type { PeerPacket } from './peer.js';
import { SenderTrack, ntpToUs } from './sender-clock.js';
import { Vp8Depacketiser } from './vp8.js';

/** What the reception asks of the publisher, and tells its owner. */
export interface ReceptionEvents {
  /** Send a key frame. */
  askKeyFrame(): void;
  /** Send these packets of the pictures again. */
  askAgain(sequences: readonly number[]): void;
  opened(info: MediaInfo, at: OpenedAt): void;
  media(batch: Omit<MediaBatch, 't' | 'c'>): void;
}

/** What became of what was sent, for people and tests. */
export interface ReceptionFigures {
  readonly packets: number;
  readonly lost: number;
  readonly reordered: number;
  /** Came twice, or too late. */
  readonly useless: number;
  /** Pictures that were received whole. */
  readonly frames: number;
  readonly keyFrames: number;
  /** Pictures that were not decodable. */
  readonly framesDropped: number;
  /** Key frames asked for, and how long each took that came [ms]. */
  readonly keyFrameRequests: number;
  readonly keyFrameMs: readonly number[];
}

/** Pictures wait this long for packets that are asked for again; sound, which is not, only for reordering [ms]. */
const VIDEO_HOLD = { holdMs: 250, maxPackets: 1_024 };
const AUDIO_HOLD = { holdMs: 100, maxPackets: 32 };
/** From the first packet on, the other track and the size of the pictures are waited for this long before it counts as open [ms]. */
const OPEN_WITHIN_MS = 1_500;
/** What has come is told this often at the least [ms]. */
const FLUSH_MS = 700;

interface Media<P> {
  readonly buffer: JitterBuffer<P>;
  readonly sender: SenderTrack;
  readonly clock: TrackClock;
  readonly parameters: CodecParameters;
  ssrc: number | undefined;
}

interface Timed {
  readonly packet: PeerPacket;
  readonly arrivalUs: number;
}

const depacketiserOf = ({ codec, fmtp }: OfferedTrack): H264Depacketiser | Vp8Depacketiser =>
  (codec === 'h264' ? new H264Depacketiser(parameterSetsOf(fmtp)) : new Vp8Depacketiser());

/** Receives one publisher until it is closed. */
export class Reception {
  readonly intake: Intake;
  readonly #events: ReceptionEvents;
  readonly #nowMs: () => number;
  readonly #startUs: number;
  readonly #audio: Media<Timed> | undefined;
  readonly #video: (Media<Timed> & { readonly frames: FrameAssembler; readonly codec: string }) | undefined;
  readonly #keyFrames: KeyFrames;
  #size: VideoFrame['size'];
  #heard = false;
  #firstMs: number | undefined;
  #open = false;
  #frames = 0;
  #keys = 0;
  #flushedMs = 0;
  #silentSinceMs: number;

  /**
   * @param offer what was negotiated
   * @param spec how much is kept; its `startUs` is where this publisher begins
   * @param events who hears of it
   * @param nowMs a clock that does not run backwards [ms]
   * @param keyFrameWaitMs how long a gate waits for a key frame that was asked for [ms]
   */
  constructor(offer: Offer, spec: Pick<ConnectSpec, 'ring' | 'keptFrameBytes' | 'rhythm' | 'startUs'>, events: ReceptionEvents, nowMs: () => number, keyFrameWaitMs?: number) {
    this.#events = events;
    this.#nowMs = nowMs;
    this.#startUs = spec.startUs;
    this.#silentSinceMs = nowMs();
    this.#keyFrames = new KeyFrames(() => { events.askKeyFrame(); }, nowMs, keyFrameWaitMs);
    this.intake = new Intake(spec, (batch) => { events.media(batch); });
    const clock = new MediaClock({ startUs: spec.startUs });
    const { audio, video } = offer;
    const sound = audio === undefined ? undefined : new SenderTrack(48_000);
    if (sound !== undefined) {
      const parameters = describeTrack({ type: AVMEDIA_TYPE_AUDIO, codecId: AV_CODEC_ID_OPUS, sampleRateHz: 48_000, channels: 2 });
      this.#audio = { buffer: new JitterBuffer(AUDIO_HOLD), sender: sound, clock: clock.track(MICROSECONDS), parameters, ssrc: undefined };
    }
    if (video !== undefined) {
      const parameters = describeTrack({ type: AVMEDIA_TYPE_VIDEO, codecId: video.codec === 'h264' ? AV_CODEC_ID_H264 : AV_CODEC_ID_VP8 });
      this.#video = {
        buffer: new JitterBuffer(VIDEO_HOLD), sender: new SenderTrack(90_000, sound), clock: clock.track(MICROSECONDS), parameters, ssrc: undefined,
        frames: new FrameAssembler(depacketiserOf(video)), codec: video.codec,
      };
    }
    this.intake.begin({
      live: true,
      ...(this.#audio === undefined ? {} : { audio: this.#audio.parameters }),
      ...(this.#video === undefined ? {} : { video: this.#video.parameters, keyFrames: this.#keyFrames }),
    });
  }

  /** Whether its owner was told that it is open. */
  get open(): boolean {
    return this.#open;
  }

  /** How long nothing has come [ms]. */
  get silentMs(): number {
    return this.#nowMs() - this.#silentSinceMs;
  }

  /** What became of what was sent. */
  get figures(): ReceptionFigures {
    const counts = [this.#audio, this.#video].flatMap((media) => media?.buffer.counts ?? []);
    const sum = (of: (count: (typeof counts)[number]) => number): number => counts.reduce((total, count) => total + of(count), 0);
    return {
      packets: sum(({ received }) => received), lost: sum(({ lost }) => lost), reordered: sum(({ reordered }) => reordered), useless: sum(({ useless }) => useless),
      frames: this.#frames, keyFrames: this.#keys, framesDropped: this.#video?.frames.dropped ?? 0,
      keyFrameRequests: this.#keyFrames.requests, keyFrameMs: this.#keyFrames.answeredMs,
    };
  }

  /** Takes a packet as it came. */
  packet(packet: PeerPacket): void {
    const nowMs = this.#nowMs();
    this.#silentSinceMs = nowMs;
    this.#firstMs ??= nowMs;
    const media = packet.kind === 'audio' ? this.#audio : this.#video;
    if (media === undefined) return;
    if (media.ssrc !== undefined && media.ssrc !== packet.ssrc) media.sender.reset();
    media.ssrc = packet.ssrc;
    this.#deliver(packet.kind, media.buffer.push(packet.sequence, { packet, arrivalUs: nowMs * 1000 }, nowMs));
    if (media.buffer.waiting > 0) this.#mend(nowMs);
    this.#advance(nowMs);
  }

  /** Takes a sender report: at this NTP time (32.32 bits) the track's clock showed this timestamp. */
  report(kind: 'audio' | 'video', ntp: bigint, timestamp: number): void {
    (kind === 'audio' ? this.#audio : this.#video)?.sender.report(ntpToUs(ntp), timestamp);
  }

  /** To be called every few milliseconds while packets are missing, and a few times a second otherwise. */
  tick(): void {
    const nowMs = this.#nowMs();
    this.#mend(nowMs);
    this.#keyFrames.tick(this.#firstMs !== undefined && this.#video?.frames.needsKey === true);
    this.#advance(nowMs);
  }

  /** Whether packets are missing, so that {@link Reception.tick} is wanted soon. */
  get hasGaps(): boolean {
    return (this.#video?.buffer.waiting ?? 0) + (this.#audio?.buffer.waiting ?? 0) > 0;
  }

  /** The end: what has come is told. */
  end(): void {
    this.intake.end();
    if (this.#open) this.intake.flush();
  }

  /** Frees every native object. */
  async close(): Promise<void> {
    await this.intake.close();
    this.#audio?.parameters.free();
    this.#video?.parameters.free();
  }

  #mend(nowMs: number): void {
    if (this.#audio !== undefined) this.#deliver('audio', this.#audio.buffer.expire(nowMs));
    if (this.#video === undefined) return;
    this.#deliver('video', this.#video.buffer.expire(nowMs));
    const missing = this.#video.buffer.missing(nowMs);
    if (missing.length > 0) this.#events.askAgain(missing);
  }

  #deliver(kind: 'audio' | 'video', ordered: readonly InOrder<Timed>[]): void {
    for (const { packet: { packet, arrivalUs }, lostBefore } of ordered) {
      if (kind === 'audio') this.#hear(packet, arrivalUs);
      else this.#see(packet, arrivalUs, lostBefore > 0);
    }
  }

  #hear({ timestamp, payload }: PeerPacket, arrivalUs: number): void {
    if (this.#audio === undefined || payload.length === 0) return;
    const { sender, clock } = this.#audio;
    const time = clock.read(BigInt(Math.round(sender.read(timestamp, arrivalUs))), arrivalUs);
    const native = packetOf(payload, true);
    try {
      this.intake.hear(native, { ...time, dtsUs: time.timeUs });
    } finally {
      freePacket(native);
    }
    this.#heard = true;
  }

  #see(packet: PeerPacket, arrivalUs: number, lost: boolean): void {
    if (this.#video === undefined) return;
    const { frames, broken } = this.#video.frames.push(packet, lost);
    for (const frame of frames) this.#keep(frame, arrivalUs);
    if (broken) this.#keyFrames.tick(true);
  }

  #keep(frame: VideoFrame, arrivalUs: number): void {
    if (this.#video === undefined) return;
    const { sender, clock } = this.#video;
    const time = clock.read(BigInt(Math.round(sender.read(frame.timestamp, arrivalUs))), arrivalUs);
    const native = packetOf(frame.data, frame.key);
    try {
      this.intake.keep(native, { ...time, dtsUs: time.timeUs });
    } finally {
      freePacket(native);
    }
    this.#frames += 1;
    if (!frame.key) return;
    this.#keys += 1;
    this.#keyFrames.came();
    this.#size ??= frame.size;
  }

  /** Opens when everything is known, and tells what has come when a segment is complete. */
  #advance(nowMs: number): void {
    if (!this.#open && this.#firstMs !== undefined) {
      const complete = (this.#audio === undefined || this.#heard) && (this.#video === undefined || this.#size !== undefined);
      if (complete || nowMs - this.#firstMs > OPEN_WITHIN_MS) this.#tellOpen();
    }
    if (!this.#open) return;
    if (!this.intake.progress.complete && !this.intake.full && nowMs - this.#flushedMs < FLUSH_MS) return;
    this.intake.flush();
    this.#flushedMs = nowMs;
  }

  #tellOpen(): void {
    this.#open = true;
    const video: VideoTrackInfo | undefined = this.#video === undefined ? undefined : { codec: this.#video.codec, ...this.#size };
    const info: MediaInfo = {
      container: 'webrtc', live: true,
      ...(this.#audio === undefined ? {} : { audio: { codec: 'opus', sampleRateHz: 48_000, channels: 2 } }),
      ...(video === undefined ? {} : { video }),
    };
    this.#events.opened(info, { startUs: this.#startUs, nowUs: Math.max(this.#startUs, this.intake.highUs) });
  }
}

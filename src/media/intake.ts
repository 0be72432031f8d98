/**
 * What becomes of packets once they are on the media clock, however they came: sound is decoded at once and batched,
 * pictures stay compressed in the ring until somebody asks. It owns the decoders, the ring and the scaler of one connection.
 */
import { AudioDecoder } from './audio-decoder.js';
import { Batch } from './batch.js';
import { GopDecoder } from './gop-decoder.js';
import { GopRing } from './gop-ring.js';
import { VideoOnDemand, type KeyFrameSource } from './lazy-video.js';
import { clonePacket, freePacket, type CodecParameters, type Packet } from './native.js';
import { Permits } from './permits.js';
import { Progress } from './progress.js';
import type { ConnectSpec, MediaBatch } from './protocol.js';
import { Scaler } from './scaler.js';
import { Stills } from './still.js';
import type { ClipAnswer, ClipRequest, FrameAnswer, FrameRequest, StillAnswer, StillRequest } from './types.js';

/** What is taken in. The parameters are borrowed: their owner frees them after {@link Intake.close}. */
export interface IntakeTracks {
  readonly live: boolean;
  readonly audio?: CodecParameters;
  readonly video?: CodecParameters;
  /** Who can be asked for a key frame, where there is somebody. */
  readonly keyFrames?: KeyFrameSource;
}

/** When a packet is shown or heard. */
export interface PacketTime {
  /** [µs of media time]. */
  readonly timeUs: number;
  /** All frames shown before this have been read [µs]. */
  readonly dtsUs: number;
  readonly discontinuity: boolean;
}

interface VideoSide {
  readonly ring: GopRing<Packet>;
  readonly decoder: GopDecoder;
  readonly scaler: Scaler;
  readonly demand: VideoOnDemand;
  readonly stills: Stills;
}

const NOTHING = { decodedFrames: 0, decodeMs: 0, scaleMs: 0, waitMs: 0 };

/** One connection's packets, from the media clock on. */
export class Intake {
  /** How far the listener lets the reader go, and how far it has come. */
  readonly permits = new Permits();
  /** How far its listener will be with what was told, and what it waits for. */
  readonly progress: Progress;
  readonly #spec: Pick<ConnectSpec, 'ring' | 'keptFrameBytes' | 'rhythm' | 'startUs'>;
  readonly #tell: (batch: Omit<MediaBatch, 't' | 'c'>) => void;
  readonly #batch = new Batch();
  #audio: AudioDecoder | undefined;
  #video: VideoSide | undefined;
  #highUs: number;
  #over = false;

  /**
   * @param spec how much is kept, and in which rhythm is told
   * @param tell takes a stride's worth of reading
   */
  constructor(spec: Pick<ConnectSpec, 'ring' | 'keptFrameBytes' | 'rhythm' | 'startUs'>, tell: (batch: Omit<MediaBatch, 't' | 'c'>) => void) {
    this.#spec = spec;
    this.#tell = tell;
    this.#highUs = spec.startUs;
    this.progress = new Progress(spec.rhythm, spec.startUs);
  }

  /** The tracks are known: opens what decodes them. */
  begin({ live, audio, video, keyFrames }: IntakeTracks): void {
    if (audio !== undefined) this.#audio = new AudioDecoder(audio);
    if (video !== undefined) {
      const ring = new GopRing<Packet>(this.#spec.ring, freePacket);
      const decoder = new GopDecoder(video, this.#spec.keptFrameBytes);
      const scaler = new Scaler();
      const demand = new VideoOnDemand({ ring, decoder, scaler, clock: this.permits.videoClock, ...(keyFrames === undefined ? {} : { keyFrames }) });
      this.#video = { ring, decoder, scaler, demand, stills: new Stills(ring, video) };
    }
    this.progress.begin({ audio: audio !== undefined, video: video !== undefined });
    this.permits.begin({ live, audio: audio !== undefined, video: video !== undefined }, this.#spec.startUs);
  }

  /** See {@link ThreadConnection.permit}. */
  permit(untilUs: number, endUs?: number): void {
    this.permits.extend(untilUs);
    if (endUs !== undefined) this.progress.align(endUs);
  }

  /** The latest time that any packet has [µs]. */
  get highUs(): number {
    return this.#highUs;
  }

  /** Packets of sound that could not be decoded. */
  get damagedAudio(): number {
    return this.#audio?.damaged ?? 0;
  }

  /** Packets sent to the video decoder and frames that came out of it. */
  get videoDecoded(): { readonly packets: number; readonly frames: number } {
    const counts = this.#video?.decoder.counts;
    return { packets: counts?.packetsSent ?? 0, frames: counts?.framesDecoded ?? 0 };
  }

  /** See {@link VideoOnDemand.frameAt}. */
  async frameAt(request: FrameRequest, cancelled: () => boolean): Promise<FrameAnswer> {
    return this.#video === undefined ? { reason: 'no-video', cost: NOTHING } : this.#video.demand.frameAt(request, () => this.#over || cancelled());
  }

  /** See {@link VideoOnDemand.clip}. */
  async clip(request: ClipRequest, cancelled: () => boolean): Promise<ClipAnswer> {
    return this.#video === undefined ? { pictures: [], reason: 'no-video', cost: NOTHING } : this.#video.demand.clip(request, () => this.#over || cancelled());
  }

  /** The newest key frame for people. */
  still(request: StillRequest): StillAnswer {
    return this.#video?.stills.make(request) ?? { timeUs: 0, ms: 0 };
  }

  /** Decodes a packet of sound. Borrowed; its times become media time. */
  hear(packet: Packet, time: PacketTime): void {
    if (this.#audio === undefined) return;
    this.#stamp(packet, time);
    for (const { startUs, samples } of this.#audio.decode(packet)) {
      if (this.permits.live && this.permits.isBeyond(startUs)) {
        this.#batch.drop(startUs, samples.length);
        this.progress.reach('audio', startUs);
      } else {
        this.#batch.audio(startUs, samples, time.discontinuity);
        this.progress.reach('audio', this.#batch.heardUs);
      }
    }
    this.permits.heard(time.timeUs);
  }

  /** Keeps a packet of pictures. Borrowed; its times become media time. */
  keep(packet: Packet, time: PacketTime): void {
    if (this.#video === undefined) return;
    this.#stamp(packet, time);
    const { timeUs, dtsUs, discontinuity } = time;
    const key = packet.isKeyframe;
    const bytes = packet.size;
    // Frames on both sides of a jump do not belong together.
    if (discontinuity) this.#video.ring.jump(timeUs);
    const pushed = this.#video.ring.push({ ptsUs: timeUs, key, bytes, packet: clonePacket(packet) });
    this.permits.seen(dtsUs);
    this.progress.reach('video', dtsUs);
    if (key) this.#video.demand.keyFrame();
    this.#batch.video({ untilUs: dtsUs, bytes, ...(key ? { keyUs: timeUs } : {}), dropped: pushed !== 'kept', discontinuity });
  }

  /** True when enough has gathered to be told without waiting. */
  get full(): boolean {
    return this.#batch.full;
  }

  /** Tells what has gathered. */
  flush(): void {
    const batch = this.#batch.take();
    this.progress.told();
    if (batch !== undefined) this.#tell(batch);
  }

  /** Nothing follows: the last frames have no successor that would prove them read. */
  end(): void {
    this.permits.end();
    this.#batch.reach(this.#highUs);
  }

  /** Nobody wants pictures any more: who waits for one is told so. */
  abandon(): void {
    this.#over = true;
    this.permits.end();
    this.#video?.demand.keyFrame();
  }

  /** Frees every native object, once no request is being served. */
  async close(): Promise<void> {
    this.abandon();
    // A request may still be decoding; its pictures are native memory that must outlive it.
    await this.#video?.demand.settled();
    this.#audio?.[Symbol.dispose]();
    this.#video?.ring[Symbol.dispose]();
    this.#video?.decoder[Symbol.dispose]();
    this.#video?.scaler[Symbol.dispose]();
    this.#audio = undefined;
  }

  /** Replaces the packet's times by media time, so that decoded frames carry it. */
  #stamp(packet: Packet, { timeUs, dtsUs }: PacketTime): void {
    packet.pts = BigInt(timeUs);
    packet.dts = BigInt(dtsUs);
    this.#highUs = Math.max(this.#highUs, timeUs);
  }
}

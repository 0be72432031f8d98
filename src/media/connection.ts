/**
 * One connection, on a thread of its own inside the media process: reads the source, decodes its sound, keeps its pictures compressed
 * in the ring and serves them on demand. It owns every native object of its camera.
 */
import { Fault, asFault } from '../faults.js';
import { AudioDecoder } from './audio-decoder.js';
import { Batch } from './batch.js';
import { MediaClock, ticksToUs, type TrackClock } from './clock.js';
import { openDemuxer, type Demuxer, type Track } from './demuxer.js';
import { connectionFault } from './faults.js';
import { GopDecoder } from './gop-decoder.js';
import { GopRing } from './gop-ring.js';
import { VideoOnDemand } from './lazy-video.js';
import {
  AVERROR_EAGAIN, AVERROR_EOF, AV_NOPTS_VALUE, NativeError, clonePacket, freePacket, newPacket,
  type Packet,
} from './native.js';
import { Permits } from './permits.js';
import type { ConnectSpec, MediaBatch } from './protocol.js';
import { Scaler } from './scaler.js';
import type { ClipAnswer, ClipRequest, FrameAnswer, FrameRequest, MediaInfo } from './types.js';

/** Where a connection's output goes. */
export interface ConnectionEvents {
  opened(info: MediaInfo): void;
  media(batch: Omit<MediaBatch, 't' | 'c'>): void;
  /** The end: of a recording, or by a fault. Nothing follows. */
  ended(fault: Fault | undefined): void;
}

/** A read that took longer than this found nothing waiting: the reader has caught up [ms]. */
const CAUGHT_UP_MS = 4;
/** The packet that completes a segment comes up to its own length after the segment's end [ms]. */
const PACKET_MS = 45;
/** Reads done in one go before requests for pictures get the thread. */
const READS_IN_A_ROW = 64;
/** A recording that ends this much before its stated duration was cut off [µs]. */
const CUT_OFF_US = 1_500_000;

interface VideoSide {
  readonly track: Track;
  readonly clock: TrackClock;
  readonly ring: GopRing<Packet>;
  readonly decoder: GopDecoder;
  readonly scaler: Scaler;
  readonly demand: VideoOnDemand;
}

interface AudioSide {
  readonly track: Track;
  readonly clock: TrackClock;
  readonly decoder: AudioDecoder;
}

/** A source being read. */
export class Connection {
  readonly #spec: ConnectSpec;
  readonly #events: ConnectionEvents;
  readonly #permits = new Permits();
  readonly #batch = new Batch();
  #closed = false;
  #wake: (() => void) | undefined;
  #audio: AudioSide | undefined;
  #video: VideoSide | undefined;
  #highUs = 0;
  /** Where the segments are counted from: the connection's beginning, or the last jump [µs]. */
  #originUs = 0;
  readonly #done: Promise<void>;
  readonly #closing: Promise<void>;
  #close: () => void = () => undefined;

  /**
   * @param spec what to connect to
   * @param events where to report
   */
  constructor(spec: ConnectSpec, events: ConnectionEvents) {
    this.#spec = spec;
    this.#events = events;
    this.#closing = new Promise((resolve) => {
      this.#close = resolve;
    });
    // Not at once: opening blocks, and its caller should hold this object before it hears from it.
    this.#done = Promise.resolve().then(async () => this.#run());
  }

  /** Lets the reader go on to this media time [µs]. */
  permit(untilUs: number): void {
    this.#permits.extend(untilUs);
  }

  /** See {@link VideoOnDemand.frameAt}. */
  async frameAt(request: FrameRequest, cancelled: () => boolean): Promise<FrameAnswer> {
    return this.#video === undefined ? { reason: 'no-video', cost: NOTHING } : this.#video.demand.frameAt(request, () => this.#closed || cancelled());
  }

  /** See {@link VideoOnDemand.clip}. */
  async clip(request: ClipRequest, cancelled: () => boolean): Promise<ClipAnswer> {
    return this.#video === undefined ? { pictures: [], reason: 'no-video', cost: NOTHING } : this.#video.demand.clip(request, () => this.#closed || cancelled());
  }

  /** Packets sent to the video decoder and frames that came out of it. */
  get videoDecoded(): { readonly packets: number; readonly frames: number } {
    const counts = this.#video?.decoder.counts;
    return { packets: counts?.packetsSent ?? 0, frames: counts?.framesDecoded ?? 0 };
  }

  /** Ends the reading, and resolves when every native object is freed. A read that blocks ends with libav's time-out. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#permits.end();
    this.#wake?.();
    this.#close();
    await this.#done;
  }

  async #run(): Promise<void> {
    try {
      const demuxer = openDemuxer(this.#spec);
      try {
        this.#begin(demuxer);
        const fault = await this.#read(demuxer);
        this.#flush();
        this.#end(fault);
        // The listener may still want pictures of the last seconds; it closes the connection when it has done with them.
        await this.#closing;
      } finally {
        await this.#finish(demuxer);
      }
    } catch (error) {
      this.#end(error instanceof NativeError ? connectionFault(error, this.#spec.name) : asFault(error, 'media'));
    }
  }

  #end(fault: Fault | undefined): void {
    if (!this.#closed) this.#events.ended(fault);
  }

  #begin({ audio, video, info, startUs }: Demuxer): void {
    const spec = this.#spec;
    const clock = new MediaClock({ startUs: spec.startUs, ...(startUs === undefined ? {} : { originUs: startUs }) });
    this.#highUs = spec.startUs;
    this.#originUs = spec.startUs;
    if (audio !== undefined) this.#audio = { track: audio, clock: clock.track(audio.base), decoder: new AudioDecoder(audio.parameters) };
    if (video !== undefined) {
      const ring = new GopRing<Packet>(spec.ring, freePacket);
      const decoder = new GopDecoder(video.parameters, spec.keptFrameBytes);
      const scaler = new Scaler();
      const demand = new VideoOnDemand({ ring, decoder, scaler, clock: this.#permits.videoClock });
      this.#video = { track: video, clock: clock.track(video.base), ring, decoder, scaler, demand };
    }
    this.#permits.begin({ live: info.live, audio: audio !== undefined, video: video !== undefined }, spec.startUs);
    this.#events.opened(info);
  }

  async #finish(demuxer: Demuxer): Promise<void> {
    this.#permits.end();
    // A request may still be decoding; its pictures are native memory that must outlive it.
    await this.#video?.demand.settled();
    this.#audio?.decoder[Symbol.dispose]();
    this.#video?.ring[Symbol.dispose]();
    this.#video?.decoder[Symbol.dispose]();
    this.#video?.scaler[Symbol.dispose]();
    demuxer.close();
  }

  /** Reads until the end; returns why it ended, if that is a fault. */
  async #read(demuxer: Demuxer): Promise<Fault | undefined> {
    const packet = newPacket();
    const { live } = demuxer.info;
    try {
      for (let reads = 1; !this.#closed; reads += 1) {
        if (!live && this.#permits.exhausted) {
          this.#flush();
          await this.#permits.more();
          continue;
        }
        const startMs = performance.now();
        // Synchronous: this thread is the camera's own, and a trip through the thread pool costs more than the read.
        const result = demuxer.context.readFrameSync(packet);
        if (result < 0 && result !== AVERROR_EAGAIN) return this.#ended(result, demuxer.info);
        if (result >= 0) {
          this.#route(packet);
          packet.unref();
        }
        if (this.#batch.full) this.#flush();
        if (live && (result === AVERROR_EAGAIN || performance.now() - startMs > CAUGHT_UP_MS)) await this.#rest();
        else if (reads % READS_IN_A_ROW === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      return undefined;
    } finally {
      freePacket(packet);
    }
  }

  /**
   * A live source with nothing waiting: tell what there is, and let packets gather until the next segment is complete.
   * Waking for each packet costs several times as much, and nobody could use it sooner.
   */
  async #rest(): Promise<void> {
    this.#flush();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#untilNextSegmentMs());
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** A live source moves on by one media second a second, so what is missing from the next segment is also how long it takes. */
  #untilNextSegmentMs(): number {
    const { windowUs, hopUs } = this.#spec.rhythm;
    const sinceUs = (this.#permits.reachedUs ?? this.#originUs) - this.#originUs;
    const hops = Math.max(0, Math.floor((sinceUs - windowUs) / hopUs) + 1);
    const missingUs = Math.min(windowUs + hops * hopUs - sinceUs, hopUs);
    return missingUs / 1000 + PACKET_MS;
  }

  #route(packet: Packet): void {
    if (packet.streamIndex === this.#audio?.track.index) this.#hear(packet, this.#audio);
    else if (packet.streamIndex === this.#video?.track.index) this.#keep(packet, this.#video);
  }

  /** Replaces the packet's times by media time, so that decoded frames carry it. */
  #stamp(packet: Packet, side: AudioSide | VideoSide): { timeUs: number; dtsUs: number; discontinuity: boolean } {
    const { pts, dts } = packet;
    const ticks = pts === AV_NOPTS_VALUE ? dts : pts;
    const { timeUs, discontinuity } = side.clock.read(ticks === AV_NOPTS_VALUE ? undefined : ticks, performance.now() * 1000);
    const behindUs = pts === AV_NOPTS_VALUE || dts === AV_NOPTS_VALUE ? 0 : ticksToUs(pts - dts, side.track.base);
    packet.pts = BigInt(timeUs);
    packet.dts = BigInt(timeUs - behindUs);
    if (discontinuity) this.#originUs = Math.max(timeUs, this.#highUs);
    this.#highUs = Math.max(this.#highUs, timeUs);
    return { timeUs, dtsUs: timeUs - behindUs, discontinuity };
  }

  #hear(packet: Packet, side: AudioSide): void {
    const { timeUs, discontinuity } = this.#stamp(packet, side);
    for (const { startUs, samples } of side.decoder.decode(packet)) {
      if (this.#permits.live && this.#permits.isBeyond(startUs)) this.#batch.drop(startUs, samples.length);
      else this.#batch.audio(startUs, samples, discontinuity);
    }
    this.#permits.heard(timeUs);
  }

  #keep(packet: Packet, side: VideoSide): void {
    const { timeUs, dtsUs, discontinuity } = this.#stamp(packet, side);
    const key = packet.isKeyframe;
    const bytes = packet.size;
    // Frames on both sides of a jump do not belong together: what came before it can no longer be asked for.
    if (discontinuity) side.ring.clear();
    const pushed = side.ring.push({ ptsUs: timeUs, key, bytes, packet: clonePacket(packet) });
    this.#permits.seen(dtsUs);
    this.#batch.video({ untilUs: dtsUs, bytes, ...(key ? { keyUs: timeUs } : {}), dropped: pushed !== 'kept', discontinuity });
  }

  #flush(): void {
    const batch = this.#batch.take();
    if (batch !== undefined) this.#events.media(batch);
  }

  #ended(result: number, info: MediaInfo): Fault | undefined {
    this.#permits.end();
    this.#batch.reach(this.#highUs);
    const { name } = this.#spec;
    if (info.live) {
      return result === AVERROR_EOF
        ? new Fault('media', 'source-lost', `${name} closed the connection.`, { remedy: 'It is tried again.' })
        : connectionFault(new NativeError(result, 'av_read_frame'), name);
    }
    const missingUs = (info.durationUs ?? 0) - (this.#highUs - this.#spec.startUs);
    if (result !== AVERROR_EOF || missingUs > CUT_OFF_US) {
      return new Fault('media', 'source-damaged', `${name} is cut off or damaged ${(this.#highUs / 1e6).toFixed(1)} s after its beginning.`, {
        remedy: 'What could be read was used; copy the recording again from where it came from.',
      });
    }
    const damaged = this.#audio?.decoder.damaged ?? 0;
    return damaged === 0 ? undefined : new Fault('media', 'source-damaged', `${name} has ${damaged} damaged packets of sound.`, { remedy: 'What could be decoded was used.' });
  }
}

const NOTHING = { decodedFrames: 0, decodeMs: 0, scaleMs: 0, waitMs: 0 };

/**
 * One connection, on a thread of its own inside the media process: reads the source, decodes its sound, keeps its pictures compressed
 * in the ring and serves them on demand. It owns every native object of its camera.
 */
import { Fault, asFault } from '../faults.js';
import { MediaClock, ticksToUs, type TrackClock } from './clock.js';
import { openDemuxer, type Demuxer, type Track } from './demuxer.js';
import { connectionFault } from './faults.js';
import { Intake, type PacketTime } from './intake.js';
import { AVERROR_EAGAIN, AVERROR_EOF, AV_NOPTS_VALUE, NativeError, freePacket, newPacket, type Packet } from './native.js';
import { sizeInKeyFrame } from './key-frame-size.js';
import { Pace } from './pace.js';
import type { ConnectSpec } from './protocol.js';
import type { ConnectionEvents, ThreadConnection } from './thread-connection.js';
import type { ClipAnswer, ClipRequest, FrameAnswer, FrameRequest, MediaInfo, StillAnswer, StillRequest } from './types.js';

/** A read that took longer than this may have found nothing waiting [ms]. */
const SLOW_MS = 4;
/** A source that says at once that nothing is there is asked again after this [ms]. */
const ASK_AGAIN_MS = 10;
/** A camera that does not say how large its pictures are is opened when a key frame has said it, at the latest after this [ms]. */
const SIZE_WITHIN_MS = 1_500;
/** Reads done in one go before requests for pictures get the thread. */
const READS_IN_A_ROW = 64;
/** A recording that ends this much before its stated duration was cut off [µs]. */
const CUT_OFF_US = 1_500_000;

/** Lets requests for pictures have the thread. */
const breath = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Side {
  readonly track: Track;
  readonly clock: TrackClock;
}

/** A source being read. */
export class Connection implements ThreadConnection {
  readonly #spec: ConnectSpec;
  readonly #events: ConnectionEvents;
  readonly #intake: Intake;
  readonly #pace = new Pace();
  #closed = false;
  #wake: (() => void) | undefined;
  #audio: Side | undefined;
  #video: Side | undefined;
  /** What was opened and not told yet, since the size of its pictures is not known; and since when [ms]. */
  #untold: { readonly info: MediaInfo; readonly sinceMs: number } | undefined;
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
    this.#intake = new Intake(spec, (batch) => {
      events.media(batch);
    });
    this.#closing = new Promise((resolve) => {
      this.#close = resolve;
    });
    // Not at once: opening blocks, and its caller should hold this object before it hears from it.
    this.#done = Promise.resolve().then(async () => this.#run());
  }

  /** See {@link ThreadConnection.permit}. */
  permit(untilUs: number, endUs?: number): void {
    this.#intake.permit(untilUs, endUs);
  }

  /** See {@link ThreadConnection.frameAt}. */
  async frameAt(request: FrameRequest, cancelled: () => boolean): Promise<FrameAnswer> {
    return this.#intake.frameAt(request, cancelled);
  }

  /** See {@link ThreadConnection.clip}. */
  async clip(request: ClipRequest, cancelled: () => boolean): Promise<ClipAnswer> {
    return this.#intake.clip(request, cancelled);
  }

  /** See {@link ThreadConnection.still}. */
  still(request: StillRequest): StillAnswer {
    return this.#intake.still(request);
  }

  /** See {@link ThreadConnection.videoDecoded}. */
  get videoDecoded(): { readonly packets: number; readonly frames: number } {
    return this.#intake.videoDecoded;
  }

  /** Ends the reading, and resolves when every native object is freed. A read that blocks ends with libav's time-out. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#intake.abandon();
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
        if (this.#untold !== undefined) this.#tellOpened(this.#untold);
        this.#intake.flush();
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
    if (audio !== undefined) this.#audio = { track: audio, clock: clock.track(audio.base) };
    if (video !== undefined) this.#video = { track: video, clock: clock.track(video.base) };
    this.#intake.begin({
      live: info.live,
      ...(audio === undefined ? {} : { audio: audio.parameters }),
      ...(video === undefined ? {} : { video: video.parameters }),
    });
    if (info.live && info.video !== undefined && info.video.width === undefined) this.#untold = { info, sinceMs: performance.now() };
    else this.#events.opened(info);
  }

  /** Tells of the opening that waited for the size of the pictures. */
  #tellOpened({ info }: { readonly info: MediaInfo }, size?: { readonly width: number; readonly height: number }): void {
    this.#untold = undefined;
    const { startUs } = this.#spec;
    this.#events.opened(info.video === undefined ? info : { ...info, video: { ...info.video, ...size } }, { startUs, nowUs: Math.max(startUs, this.#intake.highUs) });
  }

  /** A packet has come while the size of the pictures is not known. */
  #learnSize(untold: { readonly info: MediaInfo; readonly sinceMs: number }, packet: Packet): void {
    const isKey = packet.isKeyframe && packet.streamIndex === this.#video?.track.index;
    const size = isKey && this.#video !== undefined ? sizeInKeyFrame(this.#video.track.parameters, packet.data) : undefined;
    if (size !== undefined || performance.now() - untold.sinceMs > SIZE_WITHIN_MS) this.#tellOpened(untold, size);
  }

  async #finish(demuxer: Demuxer): Promise<void> {
    await this.#intake.close();
    demuxer.close();
  }

  /** Reads until the end; returns why it ended, if that is a fault. */
  async #read(demuxer: Demuxer): Promise<Fault | undefined> {
    const packet = newPacket();
    const { live } = demuxer.info;
    try {
      for (let reads = 1; !this.#closed; reads += 1) {
        if (!live && this.#intake.permits.exhausted) {
          this.#intake.flush();
          await this.#intake.permits.more();
          continue;
        }
        const startMs = performance.now();
        // Synchronous: this thread is the camera's own, and a trip through the thread pool costs more than the read.
        const result = demuxer.context.readFrameSync(packet);
        if (result < 0 && result !== AVERROR_EAGAIN) return this.#ended(result, demuxer.info);
        if (result >= 0) {
          this.#route(packet);
          if (this.#untold !== undefined) this.#learnSize(this.#untold, packet);
          packet.unref();
        }
        if (this.#untold !== undefined) {
          await breath();
          continue;
        }
        if (this.#intake.full || (live && this.#intake.progress.complete)) this.#intake.flush();
        const nowMs = performance.now();
        if (live) this.#pace.note(nowMs, this.#intake.progress.reachedUs);
        if (live && (result === AVERROR_EAGAIN || nowMs - startMs > SLOW_MS)) await this.#rest(nowMs, result === AVERROR_EAGAIN ? ASK_AGAIN_MS : 0);
        else if (reads % READS_IN_A_ROW === 0) await breath();
      }
      return undefined;
    } finally {
      freePacket(packet);
    }
  }

  /**
   * A live source with perhaps nothing waiting: lets packets gather until the next segment should be there.
   * Waking for each packet costs several times as much, and nobody could use it sooner. What is there already is told then.
   */
  async #rest(nowMs: number, leastMs: number): Promise<void> {
    const restMs = Math.max(leastMs, this.#pace.restMs(nowMs, this.#intake.progress.endUs, this.#spec.rhythm.hopUs / 1000));
    if (restMs === 0) {
      await breath();
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, restMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  #route(packet: Packet): void {
    if (packet.streamIndex === this.#audio?.track.index) this.#intake.hear(packet, this.#timeOf(packet, this.#audio));
    else if (packet.streamIndex === this.#video?.track.index) this.#intake.keep(packet, this.#timeOf(packet, this.#video));
  }

  #timeOf({ pts, dts }: Packet, { clock, track }: Side): PacketTime {
    const ticks = pts === AV_NOPTS_VALUE ? dts : pts;
    const { timeUs, discontinuity } = clock.read(ticks === AV_NOPTS_VALUE ? undefined : ticks, performance.now() * 1000);
    const behindUs = pts === AV_NOPTS_VALUE || dts === AV_NOPTS_VALUE ? 0 : ticksToUs(pts - dts, track.base);
    return { timeUs, dtsUs: timeUs - behindUs, discontinuity };
  }

  #ended(result: number, info: MediaInfo): Fault | undefined {
    this.#intake.end();
    const { name } = this.#spec;
    if (info.live) {
      return result === AVERROR_EOF
        ? new Fault('media', 'source-lost', `${name} closed the connection.`, { remedy: 'It is tried again.' })
        : connectionFault(new NativeError(result, 'av_read_frame'), name);
    }
    const missingUs = (info.durationUs ?? 0) - (this.#intake.highUs - this.#spec.startUs);
    if (result !== AVERROR_EOF || missingUs > CUT_OFF_US) {
      return new Fault('media', 'source-damaged', `${name} is cut off or damaged ${(this.#intake.highUs / 1e6).toFixed(1)} s after its beginning.`, {
        remedy: 'What could be read was used; copy the recording again from where it came from.',
      });
    }
    const damaged = this.#intake.damagedAudio;
    return damaged === 0 ? undefined : new Fault('media', 'source-damaged', `${name} has ${damaged} damaged packets of sound.`, { remedy: 'What could be decoded was used.' });
  }
}

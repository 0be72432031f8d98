import { SampleClock } from './clock.js';
import { SAMPLE_RATE_HZ, type AudioChunk, type VideoProgress } from './types.js';
import type { DroppedSpan, MediaBatch } from './protocol.js';

/** One video packet that was read. */
export interface ReadPacket {
  /** All frames up to here have been read [µs]. */
  readonly untilUs: number;
  readonly bytes: number;
  /** Set for a key frame: when it is shown [µs]. */
  readonly keyUs?: number;
  readonly dropped: boolean;
  readonly discontinuity: boolean;
}

/** Samples gathered before a batch is sent without waiting for the end of the stride: one second. */
const ENOUGH_SAMPLES = SAMPLE_RATE_HZ;
/** Packets gathered before a batch is worth sending, for sources without sound. */
const ENOUGH_PACKETS = 32;
/** Chunks whose times differ by less than this are one run of samples [µs]: containers round to a millisecond, RTP jitters. */
const CONTIGUOUS_US = 10_000;

interface Run {
  readonly startUs: number;
  readonly parts: Float32Array[];
  count: number;
  readonly discontinuity: boolean;
}

const join = ({ startUs, parts, count, discontinuity }: Run): AudioChunk => {
  const samples = new Float32Array(count);
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return { kind: 'audio', startUs, samples, ...(discontinuity ? { discontinuity } : {}) };
};

const emptyVideo = () => ({ kind: 'video' as const, untilUs: -Infinity, packets: 0, bytes: 0, keyFrames: 0, keyTimesUs: [] as number[], dropped: 0, discontinuity: false });

/** Gathers what one stride of reading brought, so that one message carries it. */
export class Batch {
  #runs: Run[] = [];
  #dropped: DroppedSpan[] = [];
  #samples = 0;
  #video = emptyVideo();
  #untilUs = -Infinity;
  /** Counts as the listener will, which believes its count of samples more than timestamps. */
  readonly #count = new SampleClock(SAMPLE_RATE_HZ);

  /** Adds decoded sound; contiguous sound becomes one chunk. */
  audio(startUs: number, samples: Float32Array, discontinuity: boolean): void {
    const run = this.#runs.at(-1);
    const expectedUs = run === undefined ? NaN : run.startUs + (run.count / SAMPLE_RATE_HZ) * 1e6;
    const follows = run !== undefined && !discontinuity && Math.abs(startUs - expectedUs) < CONTIGUOUS_US;
    if (!follows) this.#settle(discontinuity);
    if (follows) {
      run.parts.push(samples);
      run.count += samples.length;
    } else {
      this.#runs.push({ startUs, parts: [samples], count: samples.length, discontinuity });
    }
    this.#samples += samples.length;
  }

  /** How far sound reaches for who takes the batches: by the count of samples, not by the times that packets say [µs]. */
  get heardUs(): number {
    const run = this.#runs.at(-1);
    const next = run === undefined ? this.#count.next : this.#count.after(run.startUs, run.count);
    return next === undefined ? -Infinity : (next / SAMPLE_RATE_HZ) * 1e6;
  }

  /** Notes sound that nobody took. */
  drop(startUs: number, samples: number): void {
    const endUs = startUs + (samples / SAMPLE_RATE_HZ) * 1e6;
    const last = this.#dropped.at(-1);
    if (last !== undefined && startUs - last.endUs < CONTIGUOUS_US) this.#dropped[this.#dropped.length - 1] = { ...last, endUs };
    else this.#dropped.push({ startUs, endUs });
  }

  /** Adds a video packet. */
  video({ untilUs, bytes, keyUs, dropped, discontinuity }: ReadPacket): void {
    const video = this.#video;
    this.#untilUs = discontinuity ? untilUs : Math.max(this.#untilUs, untilUs);
    video.packets += 1;
    video.bytes += bytes;
    video.dropped += dropped ? 1 : 0;
    video.discontinuity ||= discontinuity;
    if (keyUs === undefined) return;
    video.keyFrames += 1;
    video.keyTimesUs.push(keyUs);
  }

  /** At the end of a recording: the last frames have no successor that would prove them read. */
  reach(timeUs: number): void {
    if (this.#untilUs > -Infinity) this.#untilUs = Math.max(this.#untilUs, timeUs);
  }

  /** Whether it is worth sending. */
  get full(): boolean {
    return this.#samples >= ENOUGH_SAMPLES || (this.#samples === 0 && this.#video.packets >= ENOUGH_PACKETS);
  }

  /** Hands over what was gathered, if anything, and begins anew. */
  take(): Omit<MediaBatch, 't' | 'c'> | undefined {
    const { packets, discontinuity, ...rest } = this.#video;
    const moved = this.#untilUs > -Infinity && (packets > 0 || this.#runs.length > 0);
    if (this.#runs.length === 0 && this.#dropped.length === 0 && !moved) return undefined;
    const video: VideoProgress | undefined = moved ? { ...rest, packets, untilUs: this.#untilUs, ...(discontinuity ? { discontinuity } : {}) } : undefined;
    const batch = { audio: this.#runs.map(join), dropped: this.#dropped, ...(video === undefined ? {} : { video }) };
    this.#settle(false);
    this.#runs = [];
    this.#dropped = [];
    this.#samples = 0;
    this.#video = emptyVideo();
    return batch;
  }

  /** The last run is whole: it counts as one chunk. */
  #settle(beforeJump: boolean): void {
    const run = this.#runs.at(-1);
    if (run !== undefined) this.#count.place(run.startUs, run.count);
    if (beforeJump) this.#count.reset();
  }
}

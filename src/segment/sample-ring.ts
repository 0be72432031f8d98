import { SAMPLE_RATE_HZ } from '../media/types.js';
import type { SegmentAudio, Span } from './types.js';

/** A sample index as media time [µs]. One sample is 62.5 µs. */
export const sampleToUs = (sample: number): number => sample * 1e6 / SAMPLE_RATE_HZ;
/** The sample index nearest to a media time. */
export const usToSample = (us: number): number => Math.round(us * SAMPLE_RATE_HZ / 1e6);

/** The last few seconds of sound, at fixed places, with a record of which places were ever written. Never grows. */
export class SampleRing {
  readonly #data: Float32Array;
  /** Written ranges `[from, to)` at or after the base, ascending and apart. */
  #written: { from: number; to: number }[] = [];
  #base = 0;

  /** @param capacity samples that it holds */
  constructor(capacity: number) {
    this.#data = new Float32Array(capacity);
  }

  /** Index of the oldest sample still held. */
  get base(): number {
    return this.#base;
  }

  /** Samples that it holds at most. */
  get capacity(): number {
    return this.#data.length;
  }

  /** Forgets everything before `sample`; going back forgets all. */
  moveTo(sample: number): void {
    if (sample < this.#base) this.#written = [];
    this.#base = sample;
    this.#written = this.#written.filter(({ to }) => to > sample);
  }

  /** Puts samples at `at`; what lies before the base is left out. Ends must not be past base + capacity, nor go back. */
  write(at: number, samples: Float32Array): void {
    const from = Math.max(at, this.#base);
    const to = at + samples.length;
    if (from >= to) return;
    const fresh = samples.subarray(from - at);
    const begin = from % this.capacity;
    const head = Math.min(fresh.length, this.capacity - begin);
    this.#data.set(fresh.subarray(0, head), begin);
    this.#data.set(fresh.subarray(head), 0);
    const last = this.#written.at(-1);
    if (last?.to === from) last.to = to;
    else this.#written.push({ from, to });
  }

  /** A copy of `[from, to)`, zero where nothing was written, which `missing` says; undefined if all of it is missing. */
  read(from: number, to: number): SegmentAudio | undefined {
    const samples = new Float32Array(to - from);
    const missing: Span[] = [];
    let next = from;
    for (const written of this.#written) {
      const start = Math.max(written.from, from);
      const end = Math.min(written.to, to);
      if (start >= end) continue;
      if (start > next) missing.push({ startUs: sampleToUs(next), endUs: sampleToUs(start) });
      this.#copy(start, end, samples.subarray(start - from));
      next = end;
    }
    if (next === from) return undefined;
    if (next < to) missing.push({ startUs: sampleToUs(next), endUs: sampleToUs(to) });
    return { samples, missing };
  }

  #copy(from: number, to: number, target: Float32Array): void {
    const begin = from % this.capacity;
    const head = Math.min(to - from, this.capacity - begin);
    target.set(this.#data.subarray(begin, begin + head));
    target.set(this.#data.subarray(0, to - from - head), head);
  }
}

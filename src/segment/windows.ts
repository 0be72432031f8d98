import { SampleClock } from '../media/clock.js';
import { SAMPLE_RATE_HZ, type AudioChunk, type LazyVideo } from '../media/types.js';
import type { Opened } from '../ingest/types.js';
import type { SegmentSpec } from './spec.js';
import { SampleRing, sampleToUs, usToSample } from './sample-ring.js';
import type { Segment } from './types.js';

/** A segment before somebody owns it. */
export type Cut = Omit<Segment, 'release'>;

type Track = 'audio' | 'video';

/** What the windows belong to: one connection of the source. */
interface Connection {
  readonly originEpochMs: number;
  readonly hasAudio: boolean;
  readonly video: LazyVideo | undefined;
}

/** A pause longer than this on all tracks, or a flagged jump, begins a new era [µs]. */
const JUMP_US = 10_000_000;

/**
 * Windows over one media clock: sound goes in as it comes, windows come out in order, each once. An era is a stretch
 * without a jump; windows are laid from its beginning, one per hop, and none reaches over its end. Holes, lateness and
 * ends are marked. Sound that comes twice, or from before the oldest window that is still open, is left out.
 */
export class Windows {
  readonly #window: number;
  readonly #hop: number;
  readonly #lateness: number;
  readonly #ring: SampleRing;
  readonly #sound: SampleClock;
  #connection: Connection | undefined;
  #index = 0;
  #era = 0;
  #eraStart = 0;
  /** Tracks that have reached into this era. */
  #joined = new Set<Track>();
  #fresh = false;
  /** Sound has come, or is known to be lost, up to here; likewise pictures. */
  #heard = 0;
  #seen = 0;

  /** @param aheadUs how far beyond a window and its lateness sound may be kept [µs] */
  constructor(spec: SegmentSpec, aheadUs: number) {
    this.#window = usToSample(spec.windowUs);
    this.#hop = usToSample(spec.hopUs);
    this.#lateness = usToSample(spec.latenessUs);
    this.#ring = new SampleRing(this.#window + this.#lateness + usToSample(aheadUs));
    this.#sound = new SampleClock(SAMPLE_RATE_HZ);
  }

  /** Start of the next window [µs]. */
  get nextStartUs(): number {
    return sampleToUs(this.#ring.base);
  }

  /** End of the next window [µs]. */
  get nextEndUs(): number {
    return sampleToUs(this.#ring.base + this.#window);
  }

  /** Counts the stretches without a jump. */
  get era(): number {
    return this.#era;
  }

  /** The latest media time seen on any track [µs]. */
  get highUs(): number {
    return sampleToUs(this.#high);
  }

  /** Sound up to this media time fits without pushing a window out [µs]. */
  get roomUntilUs(): number {
    return sampleToUs(this.#ring.base + this.#ring.capacity);
  }

  get #high(): number {
    return Math.max(this.#heard, this.#seen);
  }

  /** Takes over from here with a new connection. The windows before it must have been flushed. */
  open(opened: Opened): void {
    this.#connection = {
      originEpochMs: opened.originEpochMs,
      hasAudio: opened.info.audio !== undefined,
      video: opened.video,
    };
    if (opened.connection > 1) this.jump(opened.startUs ?? this.highUs);
  }

  /** Whether this event belongs to a new era, so that the old one must be flushed and {@link jump} called first. */
  jumps(track: Track, timeUs: number, flagged: boolean): boolean {
    return (flagged && this.#joined.has(track)) || usToSample(timeUs) > this.#high + usToSample(JUMP_US);
  }

  /** Begins a new era at this time, or at the end of the old one if that is later. */
  jump(timeUs: number): void {
    this.#begin(Math.max(usToSample(timeUs), this.#high));
  }

  /** Where sound goes and what of it is new; nothing of what lies wholly before this era. */
  place({ startUs, samples }: AudioChunk): { readonly at: number; readonly samples: Float32Array } {
    if (usToSample(startUs) + samples.length <= this.#eraStart) return { at: this.#eraStart, samples: new Float32Array(0) };
    this.#joined.add('audio');
    const { at, skip } = this.#sound.place(startUs, samples.length);
    return { at, samples: samples.subarray(skip) };
  }

  /** Whether sound up to this sample is more than there is room for: take windows until it is not. */
  overflows(end: number): boolean {
    return end > this.#ring.base + this.#ring.capacity;
  }

  /** Takes sound in, as {@link place} placed it. */
  hear(at: number, samples: Float32Array): void {
    this.#ring.write(at, samples);
    this.#heard = Math.max(this.#heard, at + samples.length);
  }

  /** Notes that sound up to here was lost: it is not waited for. */
  lose(untilUs: number): void {
    this.#heard = Math.max(this.#heard, usToSample(untilUs));
  }

  /** Notes that pictures up to here are in the ring. */
  see(untilUs: number): void {
    if (usToSample(untilUs) > this.#eraStart) this.#joined.add('video');
    this.#seen = Math.max(this.#seen, usToSample(untilUs));
  }

  /** The next window, if all that belongs to it has come, or is too late. */
  take(): Cut | undefined {
    const { hasAudio = false, video } = this.#connection ?? {};
    const end = this.#ring.base + this.#window;
    const late = this.#high >= end + this.#lateness;
    const complete = (!hasAudio || this.#heard >= end) && (video === undefined || this.#seen >= end);
    return (complete && this.#high >= end) || late ? this.cut() : undefined;
  }

  /**
   * The next window of an era that is over: any of which the era reaches at least half a hop into the part that no
   * window before it held. What is shorter is not worth a run of the net, and is left out.
   */
  flush(): Cut | undefined {
    const end = this.#ring.base + this.#window;
    const from = this.#ring.base === this.#eraStart ? this.#eraStart : end - this.#hop;
    return this.#high >= from + this.#hop / 2 ? this.cut() : undefined;
  }

  /** The next window as it is now. */
  cut(): Cut {
    const start = this.#ring.base;
    const audio = this.#ring.read(start, start + this.#window);
    this.#ring.moveTo(start + this.#hop);
    const discontinuity = this.#fresh;
    this.#fresh = false;
    const { originEpochMs = 0, video } = this.#connection ?? {};
    return {
      index: this.#index++,
      startUs: sampleToUs(start),
      endUs: sampleToUs(start + this.#window),
      startEpochMs: originEpochMs + sampleToUs(start) / 1e3,
      era: this.#era,
      discontinuity,
      ...(audio === undefined ? {} : { audio }),
      ...(video === undefined ? {} : { video }),
    };
  }

  /** Windows start on whole microseconds: every second sample. */
  #begin(sample: number): void {
    this.#era += 1;
    this.#fresh = true;
    this.#joined = new Set();
    this.#sound.reset();
    this.#eraStart = 2 * Math.ceil(sample / 2);
    this.#heard = this.#eraStart;
    this.#seen = this.#eraStart;
    this.#ring.moveTo(this.#eraStart);
  }
}

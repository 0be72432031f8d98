import type { LazyVideo } from '../media/types.js';

/** A span of media time [µs], end exclusive. */
export interface Span {
  readonly startUs: number;
  readonly endUs: number;
}

/** The sound of one segment. */
export interface SegmentAudio {
  /** Samples, `[windowSamples]`, 16 kHz mono; 0 where `missing` says so. */
  readonly samples: Float32Array;
  /** What is not there: late, lost, or before the track began. Marked, never invented. */
  readonly missing: readonly Span[];
}

/** One step of the stream: a window of sound, and the pictures of the same time, still compressed. */
export interface Segment extends Span {
  readonly index: number;
  /** Unix epoch of `startUs` [ms]. */
  readonly startEpochMs: number;
  /** Absent when the source has no sound track or none of the window arrived. */
  readonly audio?: SegmentAudio;
  /** Absent when the source has no video track. */
  readonly video?: LazyVideo;
  /** True on the first segment after a jump, a reconnection or a loss: earlier state may not carry over. */
  readonly discontinuity: boolean;
  /** Counts the discontinuities so far, so that one is noticed even when its first segment was dropped. */
  readonly era: number;
  /** Gives the segment's media back; a recording reads on only as its segments are released. Idempotent. */
  release(): void;
}

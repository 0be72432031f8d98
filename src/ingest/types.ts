import type { Fault } from '../faults.js';
import type { AudioChunk, LazyVideo, MediaInfo, SourceState, VideoProgress } from '../media/types.js';

/** A connection was made. The first, or one after a loss; media time goes on across connections. */
export interface Opened {
  readonly kind: 'opened';
  /** 1 for the first connection, then counting. */
  readonly connection: number;
  readonly info: MediaInfo;
  /** Media time at which this connection begins [µs]. Default: where the one before ended; 0 for the first. */
  readonly startUs?: number;
  /** Unix epoch of media time 0 [ms]. */
  readonly originEpochMs: number;
  /** Absent when the source has no video track. */
  readonly video?: LazyVideo;
  /**
   * Lets the reader go on to this media time [µs]. A recording stops there until told more, so nothing is
   * lost however slow the listener; a live source goes on, and what nobody permitted is dropped and counted.
   * With it goes where a segment ends that is still to come [µs]: a live source is read when one is complete.
   */
  readonly permit: (untilUs: number, endUs?: number) => void;
}

/** The source changed its state. */
export interface StateChanged {
  readonly kind: 'state';
  readonly state: SourceState;
  /** What happened, for `stalled` and `failed`. */
  readonly fault?: Fault;
  /** When the next attempt is made [ms from now], while reconnecting. */
  readonly retryInMs?: number;
}

/** Sound that arrived but was dropped because nobody took it in time (live sources only). */
export interface AudioDropped {
  readonly kind: 'audio-dropped';
  readonly startUs: number;
  readonly endUs: number;
}

/** Everything that comes from one source, in order. Completes after `ended`; errors with a Fault when it gives up. */
export type SourceEvent = Opened | StateChanged | AudioChunk | AudioDropped | VideoProgress;

/** How far a connection has come, counted as its listener counts it: so the reader knows when a segment is complete over there. */
import type { Rhythm } from './protocol.js';

/** How long one track waits for the other where nobody says [µs]. */
const LATENESS_US = 500_000;
/** Sample indices are rounded on their way: an end counts as reached only when it is passed by this [µs]. */
const ROUNDING_US = 1_000;

/** Follows the tracks of one connection, and the segments that are cut from them. */
export class Progress {
  readonly #rhythm: Rhythm;
  readonly #startUs: number;
  /** How far each track has come [µs]. */
  readonly #tracks = new Map<'audio' | 'video', number>();
  #endUs: number;

  /**
   * @param rhythm in which segments end
   * @param startUs where the connection begins [µs of media time]
   */
  constructor(rhythm: Rhythm, startUs: number) {
    this.#rhythm = rhythm;
    this.#startUs = startUs;
    this.#endUs = startUs + rhythm.windowUs;
  }

  /** Which tracks there are; one that there is not is waited for by nobody. */
  begin({ audio, video }: { readonly audio: boolean; readonly video: boolean }): void {
    if (audio) this.#tracks.set('audio', -Infinity);
    if (video) this.#tracks.set('video', -Infinity);
  }

  /** A track has come up to here, or what is missing of it is known to be lost [µs]. */
  reach(track: 'audio' | 'video', untilUs: number): void {
    this.#tracks.set(track, Math.max(this.#tracks.get(track) ?? -Infinity, untilUs));
  }

  /** What all tracks have reached, or would have if one that is too late were not waited for [µs]. */
  get reachedUs(): number {
    const untilUs = [...this.#tracks.values()];
    if (untilUs.length === 0) return this.#startUs;
    return Math.max(this.#startUs, Math.min(...untilUs), Math.max(...untilUs) - (this.#rhythm.latenessUs ?? LATENESS_US));
  }

  /** Where the next segment ends that was not told yet [µs]. */
  get endUs(): number {
    return this.#endUs;
  }

  /** Whether what has come completes a segment that was not told yet. */
  get complete(): boolean {
    return this.reachedUs >= this.#endUs + ROUNDING_US;
  }

  /** All that has come was told: the next segment is one that it does not complete. */
  told(): void {
    this.align(this.#endUs);
  }

  /** The listener says where one of its segments ends [µs]; after a jump of the clock it counts anew. */
  align(endUs: number): void {
    const { hopUs } = this.#rhythm;
    const hops = Math.floor((this.reachedUs - ROUNDING_US - endUs) / hopUs) + 1;
    this.#endUs = endUs + Math.max(0, hops) * hopUs;
  }
}

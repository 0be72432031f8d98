/** When a live source is looked into again. */

/** The last packet of a segment comes up to its own length later than the quickest did [ms]. */
const PACKET_MS = 45;
/** How long the quickest arrival is remembered: a camera's clock drifts, and networks change [ms]. */
const REMEMBERED_MS = 10_000;

/**
 * Knows how long after its own time a source's media arrives at the soonest, and from that when a segment will be there.
 * A read that took its time says little: on a busy machine a thread is put aside in the midst of what waits for it.
 */
export class Pace {
  #soonestMs = Infinity;
  #soonestBeforeMs = Infinity;
  #sinceMs = -Infinity;

  /** At this moment [ms] the source had come this far [µs of media time]. */
  note(nowMs: number, reachedUs: number): void {
    if (nowMs - this.#sinceMs >= REMEMBERED_MS) {
      this.#soonestBeforeMs = this.#soonestMs;
      this.#soonestMs = Infinity;
      this.#sinceMs = nowMs;
    }
    this.#soonestMs = Math.min(this.#soonestMs, nowMs - reachedUs / 1000);
  }

  /**
   * How long it is until a segment that ends here will have come [ms]; 0 when it should be there, so that reading on finds it,
   * now or as soon as it comes.
   * @param nowMs by the same clock as {@link Pace.note}
   * @param endUs where the segment ends [µs of media time]
   * @param mostMs the longest rest: what is farther ahead is a jump that nobody has told yet
   */
  restMs(nowMs: number, endUs: number, mostMs: number): number {
    const dueMs = endUs / 1000 + Math.min(this.#soonestMs, this.#soonestBeforeMs) + PACKET_MS;
    return Math.max(0, Math.min(dueMs - nowMs, mostMs + PACKET_MS));
  }
}

/** How many messages may come: so many a second in the long run, and so many at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Counts messages against a {@link Rate}: a bucket of `burst` tokens that refills with `perSecond`. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #timeMs: number;

  /**
   * @param rate what is allowed
   * @param nowMs the time now, of any clock that does not run backwards [ms]
   */
  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#timeMs = nowMs;
  }

  /** Takes tokens; false when there are not so many, and then none is taken. */
  take(nowMs: number, count = 1): boolean {
    const refilled = this.#tokens + (Math.max(0, nowMs - this.#timeMs) / 1000) * this.#rate.perSecond;
    this.#timeMs = nowMs;
    this.#tokens = Math.min(this.#rate.burst, refilled);
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }
}

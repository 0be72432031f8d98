/** Tells a source that catches up from a listener that does not follow. */

/** Silence shorter than this is the rhythm in which sources are read [ms]. */
const SILENCE_MS = 1_500;

/**
 * What a source held back while it was silent (a camera that froze, a network that was away) comes in one burst, faster than
 * anybody works. For as long as the silence was, being behind it is nobody's slowness; after that it is.
 */
export class Backlog {
  #heardMs: number | undefined;
  #explainedUntilMs = -Infinity;

  /** Media came [ms, on a clock that goes on]. */
  heard(nowMs: number): void {
    const silentMs = nowMs - (this.#heardMs ?? nowMs);
    if (silentMs >= SILENCE_MS) this.#explainedUntilMs = nowMs + silentMs;
    this.#heardMs = nowMs;
  }

  /** Another connection holds nothing back. */
  forget(): void {
    this.#heardMs = undefined;
    this.#explainedUntilMs = -Infinity;
  }

  /** Whether being behind at this moment is explained by what the source held back. */
  explains(nowMs: number): boolean {
    return nowMs < this.#explainedUntilMs;
  }
}

import type { KeyFrameSource } from '../../media/lazy-video.js';

/** A gate waits this long for the key frame that it asked for, unless told otherwise [ms]. */
export const KEY_FRAME_WAIT_MS = 1_000;
/** Requests come at least this far apart [ms]: a key frame is ten times as large as what it replaces. */
const LEAST_APART_MS = 500;
/** After so many requests in a row that nobody answered in time, a gate that has an older frame waits no more. */
const PATIENCE = 2;
/** How long clips keep key frames coming, and how often [ms]. */
const ARMED_MS = 10_000;
const ARMED_EVERY_MS = 2_000;
/** While nothing can be decoded the request is repeated this often [ms]. */
const REPEAT_MS = 1_000;

/**
 * Decides when a publisher is asked for a key frame (Picture Loss Indication, RFC 4585, section 6.3.1): when a gate wants to
 * look and there is none that is recent, after a loss, and every two seconds while clips are being looked at.
 */
export class KeyFrames implements KeyFrameSource {
  readonly #send: () => void;
  readonly #nowMs: () => number;
  readonly #waitMs: number;
  #askedMs = -Infinity;
  #cameMs = -Infinity;
  #armedUntilMs = -Infinity;
  #unanswered = 0;
  #requests = 0;
  /** Time from each request to the key frame that followed it [ms], the newest last. */
  readonly #answeredMs: number[] = [];

  /**
   * @param send asks the publisher
   * @param nowMs a clock that does not run backwards [ms]
   * @param waitMs how long an answer is worth waiting for [ms]
   */
  constructor(send: () => void, nowMs: () => number, waitMs = KEY_FRAME_WAIT_MS) {
    this.#send = send;
    this.#nowMs = nowMs;
    this.#waitMs = waitMs;
  }

  /** Requests that were sent. */
  get requests(): number {
    return this.#requests;
  }

  /** How long the last answers took [ms], oldest first; at most 100. */
  get answeredMs(): readonly number[] {
    return this.#answeredMs;
  }

  /** See {@link KeyFrameSource.request}. */
  request(dispensable: boolean): number {
    this.#ask();
    return dispensable && this.#unanswered > PATIENCE ? 0 : this.#waitMs;
  }

  /** See {@link KeyFrameSource.arm}. */
  arm(): void {
    this.#armedUntilMs = this.#nowMs() + ARMED_MS;
    this.tick(false);
  }

  /** A key frame has come. */
  came(): void {
    const nowMs = this.#nowMs();
    if (this.#askedMs > this.#cameMs) {
      this.#answeredMs.push(nowMs - this.#askedMs);
      if (this.#answeredMs.length > 100) this.#answeredMs.shift();
    }
    this.#cameMs = nowMs;
    this.#unanswered = 0;
  }

  /** To be called a few times a second. @param broken nothing can be decoded before the next key frame */
  tick(broken: boolean): void {
    const nowMs = this.#nowMs();
    const dueMs = broken ? this.#askedMs + REPEAT_MS : nowMs < this.#armedUntilMs ? Math.max(this.#cameMs, this.#askedMs) + ARMED_EVERY_MS : Infinity;
    if (nowMs >= dueMs) this.#ask();
  }

  #ask(): void {
    const nowMs = this.#nowMs();
    if (nowMs - this.#askedMs < LEAST_APART_MS) return;
    if (this.#askedMs > this.#cameMs) this.#unanswered += 1;
    this.#askedMs = nowMs;
    this.#requests += 1;
    this.#send();
  }
}

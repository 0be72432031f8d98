import { randomBytes } from 'node:crypto';
import type { Identity } from './tokens.js';

/** How long a ticket lives and how many may wait for use. */
export interface TicketLimits {
  readonly lifeMs: number;
  readonly waiting: number;
}

/** Tickets that open one connection each, for browsers, which cannot send a header with a WebSocket. */
export class Tickets {
  readonly #limits: TicketLimits;
  readonly #nowMs: () => number;
  /** Unused tickets: when each ends [ms], and for whom it stands; in the order of issue. */
  readonly #waiting = new Map<string, { readonly endMs: number; readonly who: Identity }>();

  /**
   * @param limits how long a ticket lives and how many may wait
   * @param nowMs a clock that does not run backwards [ms]
   */
  constructor(limits: TicketLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Makes a ticket for somebody; when too many wait, the oldest is void. */
  issue(who: Identity): string {
    const ticket = randomBytes(32).toString('base64url');
    this.#waiting.set(ticket, { endMs: this.#nowMs() + this.#limits.lifeMs, who });
    while (this.#waiting.size > this.#limits.waiting) {
      const [oldest] = this.#waiting.keys();
      if (oldest === undefined) break;
      this.#waiting.delete(oldest);
    }
    return ticket;
  }

  /** Takes a ticket and says whose it was; once, and only while it lives. */
  redeem(ticket: string): Identity | undefined {
    const found = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    return found !== undefined && this.#nowMs() < found.endMs ? found.who : undefined;
  }
}

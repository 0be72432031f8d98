/** Watches an account from outside: what it books, added up exactly over every window that ends with a booking. */
import type { Amount } from '../../src/budget/amount.js';

interface Entry {
  readonly atUs: number;
  gmacs: number;
  ms: number;
}

/** Sums over the last `lengthS` seconds, to the microsecond, and counts when they are more than allowed. */
export class Watchdog {
  /** Windows in which more was booked than the cap gives. */
  violations = 0;
  /** The fullest window, as a part of the allowance. */
  fullest = 0;
  readonly #entries: Entry[] = [];
  #first = 0;
  #gmacs = 0;
  #ms = 0;

  constructor(private readonly allowed: Amount, private readonly lengthS: number) {}

  /** Something was booked at a time; times do not run back. The entry can be corrected. */
  booked(atUs: number, { gmacs, ms }: Amount): Entry {
    const entry: Entry = { atUs, gmacs, ms };
    this.#entries.push(entry);
    this.#gmacs += gmacs;
    this.#ms += ms;
    for (let gone = this.#entries[this.#first]; gone !== undefined && gone.atUs <= atUs - this.lengthS * 1e6; gone = this.#entries[this.#first]) {
      this.#gmacs -= gone.gmacs;
      this.#ms -= gone.ms;
      this.#first += 1;
    }
    if (this.#first > 100_000) this.#forget();
    const part = Math.max(this.#gmacs / this.allowed.gmacs, this.#ms / this.allowed.ms);
    this.fullest = Math.max(this.fullest, part);
    // Sums of floating-point numbers in another order differ in the last digits.
    if (part > 1 + 1e-9) this.violations += 1;
    return entry;
  }

  /** A part of an entry was given back. */
  refunded(entry: Entry, { gmacs, ms }: Amount): void {
    entry.gmacs -= gmacs;
    entry.ms -= ms;
    const [first] = this.#entries.slice(this.#first, this.#first + 1);
    if (first === undefined || entry.atUs < first.atUs) return;
    this.#gmacs -= gmacs;
    this.#ms -= ms;
  }

  /** Lets go of what has left the window, and adds up anew, so that rounding does not pile up. */
  #forget(): void {
    this.#entries.splice(0, this.#first);
    this.#first = 0;
    this.#gmacs = this.#entries.reduce((sum, { gmacs }) => sum + gmacs, 0);
    this.#ms = this.#entries.reduce((sum, { ms }) => sum + ms, 0);
  }
}

/** Puts RTP packets back into order, waits a little for those that are missing, and says which to ask for again. Pure: time is given. */
import { unwrap } from '../../media/clock.js';

/** How long a gap is waited for. */
export interface JitterLimits {
  /** A packet that is missing this long after its successor came is given up [ms]. */
  readonly holdMs: number;
  /** Packets that may wait behind a gap; one more gives the gap up. */
  readonly maxPackets: number;
}

/** A packet in its turn. */
export interface InOrder<P> {
  readonly packet: P;
  /** How many packets before it never came. */
  readonly lostBefore: number;
}

/** What became of the packets so far. */
export interface JitterCounts {
  readonly received: number;
  /** Came twice, or after they had been given up. */
  readonly useless: number;
  /** Came after a later one, in time. */
  readonly reordered: number;
  readonly lost: number;
}

interface Waiting<P> {
  readonly packet: P;
  readonly arrivedMs: number;
}

interface Asked {
  times: number;
  atMs: number;
}

/** A distance in sequence numbers that no loss explains: the sender began anew. */
const JUMP = 3_000;
/** Reordering is given this long before a packet is asked for again [ms]. */
const FIRST_ASK_MS = 8;
/** A packet is asked for again this often, so many times [ms]: about the round trip of a bad Wi-Fi. */
const ASK_EVERY_MS = 35;
const MOST_ASKS = 8;
/** Sequence numbers in one request. */
const MOST_MISSING = 64;

/** One RTP stream's packets in order (RFC 3550, section 5.1: 16 bits that wrap). In-order packets pass without delay. */
export class JitterBuffer<P> {
  readonly #limits: JitterLimits;
  readonly #waiting = new Map<number, Waiting<P>>();
  readonly #asked = new Map<number, Asked>();
  /** The number expected next, unwrapped. */
  #next: number | undefined;
  #high = 0;
  readonly #counts = { received: 0, useless: 0, reordered: 0, lost: 0 };

  /** @param limits how long a gap is waited for */
  constructor(limits: JitterLimits) {
    this.#limits = limits;
  }

  /** What became of the packets so far. */
  get counts(): JitterCounts {
    return { ...this.#counts };
  }

  /** Packets that wait behind a gap. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes a packet with its 16-bit sequence number; gives what is in order now. */
  push(sequence: number, packet: P, nowMs: number): InOrder<P>[] {
    this.#counts.received += 1;
    const number = Number(unwrap(BigInt(sequence), BigInt(this.#next ?? sequence), 16));
    this.#next ??= number;
    if (Math.abs(number - this.#next) > JUMP) return this.#restart(number, packet);
    if (number < this.#next || this.#waiting.has(number)) {
      this.#counts.useless += 1;
      return [];
    }
    if (number < this.#high) this.#counts.reordered += 1;
    this.#high = Math.max(this.#high, number);
    this.#waiting.set(number, { packet, arrivedMs: nowMs });
    this.#asked.delete(number);
    const ordered = this.#drain(0);
    return this.#waiting.size > this.#limits.maxPackets ? [...ordered, ...this.#giveUp()] : ordered;
  }

  /** Gives up gaps that were waited for long enough; gives what stands behind them. */
  expire(nowMs: number): InOrder<P>[] {
    const ordered: InOrder<P>[] = [];
    while (this.#waiting.size > 0) {
      const first = this.#waiting.get(this.#firstWaiting());
      if (first === undefined || nowMs - first.arrivedMs < this.#limits.holdMs) break;
      ordered.push(...this.#giveUp());
    }
    return ordered;
  }

  /** The 16-bit numbers of packets to be asked for now (RFC 4585, generic NACK). */
  missing(nowMs: number): number[] {
    if (this.#next === undefined || this.#waiting.size === 0) return [];
    const numbers: number[] = [];
    for (let number = this.#next; number < this.#high && numbers.length < MOST_MISSING; number += 1) {
      if (this.#waiting.has(number)) continue;
      const asked = this.#asked.get(number);
      if (asked === undefined) this.#asked.set(number, { times: 0, atMs: nowMs + FIRST_ASK_MS });
      else if (asked.times < MOST_ASKS && nowMs >= asked.atMs) {
        asked.times += 1;
        asked.atMs = nowMs + ASK_EVERY_MS;
        numbers.push(number & 0xffff);
      }
    }
    return numbers;
  }

  #firstWaiting(): number {
    return Math.min(...this.#waiting.keys());
  }

  #drain(lostBefore: number): InOrder<P>[] {
    const ordered: InOrder<P>[] = [];
    let lost = lostBefore;
    for (;;) {
      const next = this.#next ?? 0;
      const waiting = this.#waiting.get(next);
      if (waiting === undefined) return ordered;
      this.#waiting.delete(next);
      this.#next = next + 1;
      ordered.push({ packet: waiting.packet, lostBefore: lost });
      lost = 0;
    }
  }

  /** Goes on behind the first gap. */
  #giveUp(): InOrder<P>[] {
    const first = this.#firstWaiting();
    const lost = first - (this.#next ?? first);
    this.#counts.lost += lost;
    this.#next = first;
    for (const number of [...this.#asked.keys()]) if (number < first) this.#asked.delete(number);
    return this.#drain(lost);
  }

  /** The sender has begun anew: what waited is out of date. */
  #restart(number: number, packet: P): InOrder<P>[] {
    this.#waiting.clear();
    this.#asked.clear();
    this.#next = number + 1;
    this.#high = number;
    // How many were lost nobody knows; that some were is what matters.
    this.#counts.lost += 1;
    return [{ packet, lostBefore: 1 }];
  }
}

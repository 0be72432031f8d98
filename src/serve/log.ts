import { KINDS, type Kind, type Replay } from './protocol.js';
import type { Publication } from './publication.js';

/** How much of each kind is kept. */
export interface LogLimits {
  /** Messages, at least 1. */
  readonly messages: number;
  /** Bytes of text; the newest message stays even when it alone is more. */
  readonly bytes: number;
}

/** Messages of one kind in order of their numbers; the oldest leave when there are too many or they are too big. */
class Ring {
  readonly #limits: LogLimits;
  #kept: (Publication | undefined)[] = [];
  /** Where in `#kept` the oldest one is, with empty places before it: moving it is cheaper than moving them. */
  #head = 0;
  #bytes = 0;
  /** Number of the last one that left; 0 before any has. */
  lastGone = 0;

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  get oldest(): Publication | undefined {
    return this.#kept[this.#head];
  }

  append(publication: Publication): Publication[] {
    this.#kept.push(publication);
    this.#bytes += publication.bytes;
    const gone: Publication[] = [];
    while (this.#kept.length - this.#head > Math.max(1, this.#limits.messages) || this.#bytes > this.#limits.bytes) {
      const { oldest } = this;
      if (oldest === undefined || oldest === publication) break;
      gone.push(oldest);
      // Its place stays for a while; it must not, or twice the limit would be held in memory.
      this.#kept[this.#head] = undefined;
      this.#head += 1;
      this.#bytes -= oldest.bytes;
      this.lastGone = oldest.seq;
    }
    if (this.#head > this.#kept.length / 2) {
      this.#kept = this.#kept.slice(this.#head);
      this.#head = 0;
    }
    return gone;
  }

  /** The first one behind a number, by bisection. */
  after(seq: number): Publication | undefined {
    let low = this.#head;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#kept[middle]?.seq ?? Infinity) > seq) high = middle;
      else low = middle + 1;
    }
    return this.#kept[low];
  }
}

/**
 * What was published last, bounded in messages and bytes. Each kind has bounds of its own, so that the many segments do
 * not push the few events out. Slow clients read from here too: nobody has a queue of their own that could grow.
 */
export class PublicationLog {
  readonly #rings: Readonly<Record<Kind, Ring>>;
  #seq = 0;

  /** @param limits how much of each kind is kept */
  constructor(limits: LogLimits) {
    this.#rings = { event: new Ring(limits), segment: new Ring(limits), gate: new Ring(limits), state: new Ring(limits), answer: new Ring(limits) };
  }

  /** The last number given out; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Keeps a message under the next number and says which ones had to leave for it. */
  append(make: (seq: number) => Publication): Publication[] {
    this.#seq += 1;
    const publication = make(this.#seq);
    return this.#rings[publication.kind].append(publication);
  }

  /** The first message of these kinds behind a number. */
  after(seq: number, kinds: readonly Kind[]): Publication | undefined {
    let first: Publication | undefined;
    for (const kind of kinds) {
      const candidate = this.#rings[kind].after(seq);
      if (candidate !== undefined && (first === undefined || candidate.seq < first.seq)) first = candidate;
    }
    return first;
  }

  /** Whether all that followed a number is still here, and what the oldest of these kinds is. */
  replay(sinceSeq: number, kinds: readonly Kind[] = KINDS): Replay {
    const rings = kinds.map((kind) => this.#rings[kind]);
    const oldest = rings.flatMap((ring) => ring.oldest?.seq ?? []);
    return {
      // A number that was never given out comes from another run of the server: then nothing is known to be complete.
      complete: sinceSeq <= this.#seq && rings.every((ring) => ring.lastGone <= sinceSeq),
      oldest_seq: oldest.length === 0 ? null : Math.min(...oldest),
    };
  }
}

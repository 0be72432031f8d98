/** Texts handed over, or looks into the log without a find, in one turn of the event loop; a long replay lets others have theirs. */
const STEPS_PER_TURN = 64;

/** Where texts go, and where they come from. */
export interface Pumped {
  /** Bytes handed over that have not left yet. */
  readonly bufferedBytes: number;
  /** The next text; undefined when a look found none and another one may; null when there is nothing more. */
  next(): string | undefined | null;
  send(text: string): void;
}

/** Hands texts to one client as fast as its socket takes them, and no faster: what waits, waits where it came from. */
export class Pump {
  readonly #pumped: Pumped;
  readonly #mostBytes: number;
  #yielding = false;
  #stopped = false;

  /**
   * @param pumped from where to where
   * @param mostBytes handed over before waiting for the socket [bytes]
   */
  constructor(pumped: Pumped, mostBytes: number) {
    this.#pumped = pumped;
    this.#mostBytes = mostBytes;
  }

  /** Whether it was stopped. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Sends what there is to send, as far as the socket has room. */
  run(): void {
    if (this.#yielding) return;
    for (let steps = 0; !this.#stopped && this.#pumped.bufferedBytes < this.#mostBytes; steps++) {
      if (steps === STEPS_PER_TURN) {
        this.#yield();
        return;
      }
      const text = this.#pumped.next();
      if (text === null) return;
      if (text !== undefined) this.#pumped.send(text);
    }
  }

  /** Sends nothing more. Idempotent. */
  stop(): void {
    this.#stopped = true;
  }

  #yield(): void {
    this.#yielding = true;
    setImmediate(() => {
      this.#yielding = false;
      this.run();
    });
  }
}

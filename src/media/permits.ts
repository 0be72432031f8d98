/** How far a reader may go, and how far it has come: the agreement between a reader and its listener. */
import type { VideoClock } from './lazy-video.js';

/** Which tracks a connection has, and whether it can wait. */
export interface Reading {
  readonly live: boolean;
  readonly audio: boolean;
  readonly video: boolean;
}

/** Tracks are interleaved: one may run ahead of the other by this much before the reader waits anyway [µs]. */
const INTERLEAVE_US = 2_000_000;
/** In a live source a request waits this long for video that has not arrived yet [ms]. A recording's is read in any case. */
const MOST_WAIT_MS = 600;

/** What a live source may send before anybody answers [µs]. */
const FIRST_PERMIT_US = 5_000_000;

interface Waiter {
  readonly timeUs: number;
  readonly wake: () => void;
}

/** Counts media time against what was permitted, and wakes who waits for either. */
export class Permits {
  #reading: Reading = { live: false, audio: false, video: false };
  #untilUs = -Infinity;
  #heardUs = -Infinity;
  #seenUs = -Infinity;
  #over = false;
  #readers: (() => void)[] = [];
  #viewers: Waiter[] = [];

  /** The source is open, has these tracks, and begins at `startUs`. */
  begin(reading: Reading, startUs: number): void {
    this.#reading = reading;
    // A live source does not wait for its first permit to come back from the service.
    if (reading.live) this.extend(startUs + FIRST_PERMIT_US);
  }

  /** Whether the source is live. */
  get live(): boolean {
    return this.#reading.live;
  }

  /** The listener lets the reader go on to this media time [µs]; it never takes a permit back. */
  extend(untilUs: number): void {
    this.#untilUs = Math.max(this.#untilUs, untilUs);
    this.#wakeReaders();
  }

  /** Sound has been read up to here [µs]. */
  heard(timeUs: number): void {
    this.#heardUs = Math.max(this.#heardUs, timeUs);
  }

  /** All frames shown up to here have been read [µs]. */
  seen(timeUs: number): void {
    if (timeUs <= this.#seenUs) return;
    this.#seenUs = timeUs;
    this.#wakeViewers((waiter) => waiter.timeUs <= timeUs);
  }

  /** Whether everything permitted has been read. */
  get exhausted(): boolean {
    const tracks = [...(this.#reading.audio ? [this.#heardUs] : []), ...(this.#reading.video ? [this.#seenUs] : [])];
    return Math.min(...tracks) >= this.#untilUs || Math.max(...tracks) >= this.#untilUs + INTERLEAVE_US;
  }

  /** Whether a time lies beyond what was permitted [µs]. */
  isBeyond(timeUs: number): boolean {
    return timeUs >= this.#untilUs;
  }

  /** Resolves when more is permitted, or at the end. */
  async more(): Promise<void> {
    if (this.#over) return;
    // Whoever waits for pictures must not wait for a reader that waits itself.
    this.#wakeViewers(() => true);
    await new Promise<void>((resolve) => this.#readers.push(resolve));
  }

  /** The source has ended, or the connection is being closed: nobody waits any more. */
  end(): void {
    this.#over = true;
    this.#wakeReaders();
    this.#wakeViewers(() => true);
  }

  /** The video clock for requests. */
  readonly videoClock: VideoClock = {
    reached: async (timeUs) => {
      const waiting = this.#readers.length > 0;
      if (this.#over || waiting || this.#seenUs >= timeUs) return;
      await new Promise<void>((resolve) => {
        const timer = this.#reading.live ? setTimeout(resolve, MOST_WAIT_MS) : undefined;
        this.#viewers.push({
          timeUs,
          wake: () => {
            clearTimeout(timer);
            resolve();
          },
        });
      });
    },
  };

  #wakeReaders(): void {
    for (const wake of this.#readers.splice(0)) wake();
  }

  #wakeViewers(which: (waiter: Waiter) => boolean): void {
    const [now, later] = [this.#viewers.filter(which), this.#viewers.filter((waiter) => !which(waiter))];
    this.#viewers = later;
    for (const { wake } of now) wake();
  }
}

import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { asFault } from '../faults.js';
import { SAMPLE_RATE_HZ, type AudioChunk } from '../media/types.js';
import type { Opened, SourceEvent } from '../ingest/types.js';
import type { SegmentSpec } from './spec.js';
import type { Segment } from './types.js';
import { Windows, type Cut } from './windows.js';

/** How far the source may run ahead. */
export interface SegmentOptions {
  /**
   * Segments of a recording that may be out and not yet released: the one in the step, and those that the stage after
   * this one lets wait. One more and that stage would drop it; one less and the step would idle. Default 2.
   */
  readonly outstanding?: number;
  /** How far a recording may be read beyond the oldest open window and its lateness [µs]. Default 4 s. */
  readonly aheadUs?: number;
  /** The same for a live source, which drops what nobody permitted [µs]. Default 10 s. */
  readonly liveAheadUs?: number;
}

/**
 * Cuts a source into segments: overlapping windows of sound on one media clock, each with the pictures of its time.
 *
 * A segment goes out when every track has reached its end, or when one of them is `latenessUs` past it; then what the
 * other has not brought is marked `missing`, zero, and never invented. Waiting for the pictures too costs little
 * latency and makes a recording give the same segments on every run. A new connection, a jump or a pause of more
 * than 10 s begins a new era, which no window reaches into. A source without sound is driven by its pictures.
 * At the end of an era a window that is not full goes out if half a hop of it is new; a shorter rest is left out.
 *
 * A recording reads on only as its segments are released, so it is never dropped and never waits in memory.
 * @example open(source, stop).pipe(segmentEvery(segmentSpec(pack.sense('audio').input.from, 500_000)))
 * @param spec window, hop and lateness [µs]
 * @param options how far the source may run ahead
 */
export const segmentEvery = (spec: SegmentSpec, options: SegmentOptions = {}): OperatorFunction<SourceEvent, Segment> =>
  (source) => new Observable((subscriber) => {
    const cutter = new Cutter(spec, options, subscriber);
    subscriber.add(() => { cutter.close(); });
    subscriber.add(source.subscribe({
      next: (event) => { cutter.push(event); },
      // The end and a fault wait their turn behind what was read before them.
      error: (error: unknown) => { cutter.push({ kind: 'end', notify: () => { subscriber.error(error); } }); },
      complete: () => { cutter.push({ kind: 'end', notify: () => { subscriber.complete(); } }); },
    }));
  });

type Input = SourceEvent | { readonly kind: 'end'; readonly notify: () => void };

/** Pulls windows out of the events, one at a time, while somebody has room for them. */
class Cutter {
  readonly #windows: Windows;
  readonly #hop: number;
  readonly #outstandingLimit: number;
  readonly #aheadUs: number;
  readonly #liveAheadUs: number;
  readonly #subscriber: Subscriber<Segment>;
  /** Events not yet cut: what a recording was permitted to read while its segments are out. */
  readonly #inbox: Input[] = [];
  #cuts: Iterator<Cut> | undefined;
  #source: Opened | undefined;
  #permittedUs = 0;
  /** The era that was told to the reader with a permit. */
  #toldEra = -1;
  /** What was permitted when the reader said that it is blocked. */
  #blockedAtUs: number | undefined;
  #outstanding = 0;
  #busy = false;
  #closed = false;

  constructor(spec: SegmentSpec, options: SegmentOptions, subscriber: Subscriber<Segment>) {
    this.#outstandingLimit = options.outstanding ?? 2;
    this.#aheadUs = options.aheadUs ?? 4_000_000;
    this.#liveAheadUs = options.liveAheadUs ?? 10_000_000;
    this.#windows = new Windows(spec, this.#aheadUs);
    this.#hop = Math.round(spec.hopUs * SAMPLE_RATE_HZ / 1e6);
    this.#subscriber = subscriber;
  }

  push(input: Input): void {
    this.#note(input);
    this.#inbox.push(input);
    this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#inbox.length = 0;
    this.#cuts = undefined;
  }

  /** Goes on until there is nothing to cut or no room. What comes in meanwhile waits in the inbox: no recursion. */
  #run(): void {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (!this.#closed && this.#hasRoom() && this.#advance()) this.#permit();
    } catch (error) {
      this.#subscriber.error(asFault(error, 'segment'));
    } finally {
      this.#busy = false;
    }
    this.#unblock();
  }

  #hasRoom(): boolean {
    return this.#source?.info.live === true || this.#outstanding < this.#outstandingLimit;
  }

  #advance(): boolean {
    if (this.#cuts === undefined) {
      const input = this.#inbox.shift();
      if (input === undefined) return false;
      this.#cuts = this.#cut(input);
    }
    const { done, value } = this.#cuts.next() as IteratorResult<Cut, undefined>;
    if (done === true) this.#cuts = undefined;
    else this.#send(value);
    return true;
  }

  #send(cut: Cut): void {
    let released = false;
    this.#outstanding += 1;
    this.#subscriber.next({
      ...cut,
      release: () => {
        if (released) return;
        released = true;
        this.#outstanding -= 1;
        this.#run();
      },
    });
  }

  /** The windows that an event completes. Nothing is done before the first is asked for. */
  *#cut(input: Input): Generator<Cut, undefined> {
    if (input.kind === 'end') {
      yield* this.#flush();
      input.notify();
    } else if (input.kind === 'opened') {
      if (input.connection > 1) yield* this.#flush();
      this.#windows.open(input);
      this.#source = input;
      this.#permittedUs = 0;
      this.#toldEra = -1;
    } else if (input.kind === 'audio') {
      yield* this.#hear(input);
    } else if (input.kind === 'video') {
      if (this.#windows.jumps('video', input.untilUs, input.discontinuity === true)) yield* this.#jump(input.untilUs);
      this.#windows.see(input.untilUs);
    } else if (input.kind === 'audio-dropped') {
      if (this.#windows.jumps('audio', input.startUs, false)) yield* this.#jump(input.startUs);
      this.#windows.lose(input.endUs);
    }
    yield* this.#ready();
  }

  *#hear(chunk: AudioChunk): Generator<Cut, undefined> {
    if (this.#windows.jumps('audio', chunk.startUs, chunk.discontinuity === true)) yield* this.#jump(chunk.startUs);
    const { at, samples } = this.#windows.place(chunk);
    for (let from = 0; from < samples.length; from += this.#hop) {
      const piece = samples.subarray(from, from + this.#hop);
      while (this.#windows.overflows(at + from + piece.length)) yield this.#windows.cut();
      this.#windows.hear(at + from, piece);
      yield* this.#ready();
    }
  }

  *#ready(): Generator<Cut, undefined> {
    for (let cut = this.#windows.take(); cut !== undefined; cut = this.#windows.take()) yield cut;
  }

  *#flush(): Generator<Cut, undefined> {
    for (let cut = this.#windows.flush(); cut !== undefined; cut = this.#windows.flush()) yield cut;
  }

  *#jump(timeUs: number): Generator<Cut, undefined> {
    yield* this.#flush();
    this.#windows.jump(timeUs);
  }

  /**
   * A recording may fill the room for sound; a live source is kept well ahead of its own clock. In steps of half the
   * way ahead: each permit wakes two processes, and with nothing left to cut there is always room for a step.
   */
  #permit(): void {
    if (this.#source === undefined || this.#closed) return;
    const { live } = this.#source.info;
    const wantedUs = live ? this.#windows.highUs + this.#liveAheadUs : this.#windows.roomUntilUs;
    const stepUs = (live ? this.#liveAheadUs : this.#aheadUs) / 2;
    if (wantedUs > this.#permittedUs + stepUs || (live && this.#toldEra !== this.#windows.era)) this.#grant(wantedUs);
  }

  #grant(untilUs: number): void {
    this.#permittedUs = untilUs;
    this.#toldEra = this.#windows.era;
    this.#source?.permit(untilUs, this.#windows.nextEndUs);
  }

  #note(event: Input): void {
    if (event.kind !== 'state') this.#blockedAtUs = undefined;
    else if (event.state === 'blocked') this.#blockedAtUs = this.#permittedUs;
  }

  /** The reader stopped at its permit and yet nothing is left to cut: its next packet lies farther ahead. */
  #unblock(): void {
    const starving = this.#blockedAtUs === this.#permittedUs && this.#outstanding === 0 && this.#inbox.length === 0;
    if (!starving || this.#cuts !== undefined || this.#closed) return;
    this.#blockedAtUs = undefined;
    this.#grant(this.#permittedUs + this.#liveAheadUs);
  }
}

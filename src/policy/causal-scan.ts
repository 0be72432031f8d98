import { defer, Observable, Subject, takeUntil, type OperatorFunction, type Subscriber } from 'rxjs';
import type { Step } from './types.js';

/** Why an item was not stepped on: a newer one took its place, or the stream was left or failed while it waited. */
export type DropReason = 'overtaken' | 'left';

/** How much work may be under way: one step in flight, and `waiting` items behind it. */
export interface CausalScanOptions<T> {
  /**
   * Items that may wait. Each adds at most one step of latency and forgives one slow step; 0 drops whatever comes during
   * a step. An integer, 0 or more.
   */
  readonly waiting: number;
  /** Gets every item that never began, once, so that it can be released, and counted if it was overtaken. */
  readonly onDrop: (item: T, reason: DropReason) => void;
}

/**
 * Steps through a live source with a memory: one step at a time, each given the memory that the one before it left.
 *
 * What `mergeScan(…, 1)` does, with a bound: while a step is in flight the newest `waiting` items wait, and an older
 * one that they overtake is dropped and handed to `onDrop`. Every output of a step goes out; its last memory stays; a step
 * without output leaves the memory as it was. The end of the source, or its fault, waits for the step in flight and
 * for what waits; a fault in a step ends everything at once. Leaving cancels the step in flight.
 * A step may make its source emit before it returns: such items wait their turn, without recursion.
 * @example segments.pipe(causalScan(step, policy.rest, { waiting: 1, onDrop: (segment) => { segment.release(); } }))
 * @param step what to do with one item; an Observable that completes
 * @param rest the memory before the first step
 * @param options the two bounds, and where dropped items go
 */
export const causalScan = <T, M, O>(
  step: (memory: M, item: T) => Observable<Step<M, O>>,
  rest: M,
  options: CausalScanOptions<T>,
): OperatorFunction<T, O> => (source) => new Observable((subscriber) => {
  const line = new Line(step, rest, options, subscriber);
  subscriber.add(() => { line.leave(); });
  source.pipe(takeUntil(line.left)).subscribe({
    next: (item) => { line.take(item); },
    error: (error: unknown) => { line.end(() => { subscriber.error(error); }); },
    complete: () => { line.end(() => { subscriber.complete(); }); },
  });
});

/** One step in flight and the items behind it. */
class Line<T, M, O> {
  /** Says once that all is over. The source listens first, so that nothing comes in while the rest is cleared away. */
  readonly left = new Subject<void>();
  readonly #step: (memory: M, item: T) => Observable<Step<M, O>>;
  readonly #options: CausalScanOptions<T>;
  readonly #subscriber: Subscriber<O>;
  readonly #queue: T[] = [];
  #memory: M;
  #stepping = false;
  #draining = false;
  #end: (() => void) | undefined;

  constructor(step: (memory: M, item: T) => Observable<Step<M, O>>, rest: M, options: CausalScanOptions<T>, subscriber: Subscriber<O>) {
    this.#step = step;
    this.#memory = rest;
    this.#options = options;
    this.#subscriber = subscriber;
  }

  take(item: T): void {
    this.#queue.push(item);
    // Between two steps one more has its place: that of the step about to begin.
    if (this.#queue.length > this.#options.waiting + (this.#stepping ? 0 : 1)) {
      this.#options.onDrop(this.#queue.shift() as T, 'overtaken');
    }
    this.#drain();
  }

  end(notify: () => void): void {
    this.#end = notify;
    this.#drain();
  }

  leave(): void {
    this.left.next();
    for (const item of this.#queue.splice(0)) this.#options.onDrop(item, 'left');
  }

  #begin(item: T): void {
    this.#stepping = true;
    defer(() => this.#step(this.#memory, item)).pipe(takeUntil(this.left)).subscribe({
      next: ({ memory, output }) => {
        this.#memory = memory;
        this.#subscriber.next(output);
      },
      error: (error: unknown) => { this.#subscriber.error(error); },
      complete: () => {
        this.#stepping = false;
        this.#drain();
      },
    });
  }

  /** Steps on until one takes its time. A step that ends, or brings items, while this runs is seen by the loop. */
  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    while (!this.#stepping && !this.#subscriber.closed && this.#queue.length > 0) this.#begin(this.#queue.shift() as T);
    this.#draining = false;
    if (!this.#stepping && !this.#subscriber.closed) this.#end?.();
  }
}

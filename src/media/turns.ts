/** Work that would only get in its own way if all of it were done at once. */
import { Observable, type Subscription } from 'rxjs';

/**
 * Lets so much of it go on at a time, first come, first served. Eight clips decoded at once on two cores are all ready when
 * the last one is; in turns the first is ready after a quarter of that, and whoever only listens is not held up by eight threads.
 * Who waits is bounded by who asks: a camera has one step in flight.
 */
export class Turns {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #working = 0;

  /** @param limit how many at a time; at least 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Work that begins when its turn comes, and whose turn is over when it is, or when it is left. Cold.
   * @param work is told how long it has waited [ms]
   */
  take<T>(work: (waitedMs: number) => Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      const askedMs = performance.now();
      let inner: Subscription | undefined;
      const begin = (): void => {
        this.#working += 1;
        inner = work(performance.now() - askedMs).subscribe(subscriber);
        inner.add(() => { this.#end(); });
      };
      if (this.#working < this.#limit) begin();
      else this.#waiting.push(begin);
      return () => {
        const at = this.#waiting.indexOf(begin);
        if (at >= 0) this.#waiting.splice(at, 1);
        inner?.unsubscribe();
      };
    });
  }

  #end(): void {
    this.#working -= 1;
    this.#waiting.shift()?.();
  }
}

import { Observable } from 'rxjs';
import { Fault } from '../faults.js';

/** Work done one at a time, in the order in which it was asked for. */
export interface SerialQueue {
  /**
   * A task. Cold: it joins the queue at subscription. Unsubscribing before it began takes it out; unsubscribing
   * while it runs drops its result. Errors with a Fault `inference-failed` when `limit` tasks wait already.
   */
  readonly add: <T>(task: () => Promise<T>) => Observable<T>;
  /** Resolves when nothing runs and nothing waits. */
  readonly idle: () => Promise<void>;
}

/**
 * An empty queue.
 *
 * @param limit tasks that may wait besides the one that runs; each caller has one in flight, so this bounds callers
 */
export const serialQueue = (limit: number): SerialQueue => {
  const waiting: (() => Promise<void>)[] = [];
  let listeners: (() => void)[] = [];
  let running = false;
  const rest = (): void => {
    const heard = listeners;
    listeners = [];
    for (const listener of heard) listener();
  };
  const next = (): void => {
    const job = waiting.shift();
    running = job !== undefined;
    if (job === undefined) rest();
    else void job().finally(next);
  };
  return {
    add: <T>(task: () => Promise<T>) => new Observable<T>((subscriber) => {
      if (waiting.length >= limit) {
        subscriber.error(new Fault('inference', 'inference-failed', `More than ${limit} runs wait for one net.`, { remedy: 'Give fewer cameras to this net.' }));
        return undefined;
      }
      const done = (value: T): void => {
        subscriber.next(value);
        subscriber.complete();
      };
      const job = (): Promise<void> => task().then(done, (error: unknown) => { subscriber.error(error); });
      waiting.push(job);
      if (!running) next();
      return () => {
        const at = waiting.indexOf(job);
        if (at >= 0) waiting.splice(at, 1);
      };
    }),
    idle: () => new Promise((resolve) => {
      if (running || waiting.length > 0) listeners.push(resolve);
      else resolve();
    }),
  };
};

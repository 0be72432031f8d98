import { parentPort, workerData } from 'node:worker_threads';
import { asFault, faultToRecord } from '../faults.js';
import type { FaultRecord } from '../faults.js';
import type { TensorSpec } from './manifest.js';
import { openRunner } from './runner.js';
import type { Runner, RunnerOptions, Tensors } from './runner.js';

/** The thread of one net: loads it, then answers one message per run, in order, until `close`. */

/** What a thread is given when it begins. */
export interface ThreadData extends RunnerOptions {
  /** One number: 1 while native code runs, or is about to; see `threaded-runner.ts`. */
  readonly busy: Int32Array<SharedArrayBuffer>;
}

/** What the thread is told. */
export type Order = { readonly feeds: Tensors } | 'close';
/** What it answers. */
export type Answer =
  | { readonly inputs: readonly TensorSpec[]; readonly outputs: readonly TensorSpec[] }
  | { readonly results: Tensors }
  | { readonly fault: FaultRecord };

const { busy, ...options } = workerData as ThreadData;

/** Idle first, then the answer: whoever gets it may say "busy" again at once. */
const answer = (message: Answer): void => {
  Atomics.store(busy, 0, 0);
  Atomics.notify(busy, 0);
  parentPort?.postMessage(message);
};
const fail = (error: unknown): void => { answer({ fault: faultToRecord(asFault(error, 'inference')) }); };

const serve = (runner: Runner): void => {
  parentPort?.on('message', (order: Order) => {
    if (order === 'close') {
      void runner.close().catch(fail).finally(() => parentPort?.close());
      return;
    }
    runner.run(order.feeds).then((results) => { answer({ results }); }, fail);
  });
  answer({ inputs: runner.inputs, outputs: runner.outputs });
};

openRunner(options).then(serve, fail);

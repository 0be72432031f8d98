import { Worker } from 'node:worker_threads';
import { Fault, faultFromRecord } from '../faults.js';
import type { Runner, RunnerOptions, Tensors } from './runner.js';
import type { Answer, Order, ThreadData } from './runner-worker.js';

/**
 * A net on a thread of its own. onnxruntime-node runs on the thread that calls it, so that a net of ten
 * milliseconds would hold the event loop for ten milliseconds; here it does not. Crossing over and back
 * costs about 0.08 ms.
 */

/** Longest that an ending process waits for a run [ms]. */
const EXIT_WAIT_MS = 5000;

/**
 * A process that ends while ONNX Runtime works in another thread is aborted (exit code 134 instead of ours):
 * the native code cannot give back its result. So the end waits until that thread is out of native code.
 */
const guardExit = (worker: Worker, busy: Int32Array<SharedArrayBuffer>): void => {
  const wait = (): void => { Atomics.wait(busy, 0, 1, EXIT_WAIT_MS); };
  process.on('exit', wait);
  worker.once('exit', () => { process.off('exit', wait); });
};

/** A thread that is asked one thing at a time. */
interface Correspondent {
  /** Sends an order, if any, and waits for the next answer; a thread that has died, or dies meanwhile, rejects. */
  readonly ask: (order?: Order, transfer?: ArrayBuffer[]) => Promise<Exclude<Answer, { readonly fault: unknown }>>;
  /** Tells the thread to free its net, and waits until it has ended. */
  readonly end: () => Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: Exclude<Answer, { readonly fault: unknown }>) => void;
  readonly reject: (fault: Fault) => void;
}

const threadEnded = (file: string, cause: unknown): Fault => new Fault('inference', 'inference-failed', `The thread that ran ${file} ended.`,
  { remedy: 'Start again; if it repeats, the model or the memory is at fault.', cause });

const correspond = (worker: Worker, file: string, busy: Int32Array<SharedArrayBuffer>): Correspondent => {
  let waiting: Waiting | undefined;
  let cause: unknown;
  let dead = false;
  /** The process stays alive for an answer, not for an idle net. */
  const settle = (how: (who: Waiting) => void): void => {
    const who = waiting;
    waiting = undefined;
    worker.unref();
    if (who !== undefined) how(who);
  };
  worker.on('error', (error) => { cause = error; });
  worker.on('exit', () => {
    dead = true;
    settle(({ reject }) => { reject(threadEnded(file, cause)); });
  });
  worker.on('message', (answer: Answer) => {
    settle(({ resolve, reject }) => { if ('fault' in answer) reject(faultFromRecord(answer.fault)); else resolve(answer); });
  });
  return {
    ask: (order, transfer) => new Promise((resolve, reject) => {
      if (dead) {
        reject(threadEnded(file, cause));
        return;
      }
      waiting = { resolve, reject };
      worker.ref();
      Atomics.store(busy, 0, 1);
      if (order !== undefined) worker.postMessage(order, transfer);
    }),
    end: () => new Promise((resolve) => {
      if (dead) {
        resolve();
        return;
      }
      worker.once('exit', () => { resolve(); });
      worker.ref();
      worker.postMessage('close' satisfies Order);
    }),
  };
};

const buffersOf = (feeds: Tensors): ArrayBuffer[] =>
  Object.values(feeds).map(({ data }) => data.buffer).filter((buffer) => buffer instanceof ArrayBuffer);

/** Loads a net in a thread of its own; run one at a time (see `serialQueue`). The arrays of a run's feeds are given away. */
export const openThreadedRunner = async (options: RunnerOptions): Promise<Runner> => {
  const model = options.model.slice();
  const busy = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./runner-worker.js', import.meta.url), {
    name: `hearken ${options.file}`, workerData: { ...options, model, busy } satisfies ThreadData, transferList: [model.buffer],
    // Flags of the command line are the main program's, and some of them stop a thread from starting.
    execArgv: [],
  });
  guardExit(worker, busy);
  const { ask, end } = correspond(worker, options.file, busy);
  const expectKind = <K extends 'inputs' | 'results'>(answer: Exclude<Answer, { fault: unknown }>, kind: K): Extract<Answer, Record<K, unknown>> => {
    if (kind in answer) return answer as Extract<Answer, Record<K, unknown>>;
    throw new Fault('inference', 'internal', `The thread that runs ${options.file} gave an answer out of turn.`);
  };
  try {
    const { inputs, outputs } = expectKind(await ask(), 'inputs');
    return { inputs, outputs, close: end, run: async (feeds) => expectKind(await ask({ feeds }, buffersOf(feeds)), 'results').results };
  } catch (error) {
    await worker.terminate();
    throw error;
  }
};

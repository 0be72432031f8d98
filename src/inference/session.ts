import { defer, throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import { Fault } from '../faults.js';
import type { TensorSpec } from './manifest.js';
import { openRunner } from './runner.js';
import type { Runner, Tensors } from './runner.js';
import { serialQueue } from './serial-queue.js';
import type { SerialQueue } from './serial-queue.js';
import { openThreadedRunner } from './threaded-runner.js';
import type { Session } from './types.js';

/** What to open. */
export interface SessionOptions {
  /** Bytes of the `.onnx` file. */
  readonly model: Uint8Array;
  /** Their sha-256: with `threads` it tells whether the net is loaded already. */
  readonly sha256: string;
  /** Named in errors. */
  readonly file: string;
  /** Multiply-accumulates of one run. */
  readonly macs: number;
  /** Threads inside one operator; default 1. */
  readonly threads?: number;
  /** What the caller relies on; a net with other shapes is refused at once. */
  readonly expect?: { readonly inputs: readonly TensorSpec[]; readonly outputs: readonly TensorSpec[] };
}

/**
 * Below this many multiply-accumulates a run takes less than a millisecond, and a thread of its own would
 * only add its crossing (0.08 ms) to it.
 */
const SMALL_MACS = 10_000_000;
/** Runs that may wait for one net: one for each of so many streams. */
const MAX_WAITING = 256;

interface Loaded {
  readonly runner: Runner;
  readonly queue: SerialQueue;
}

/** Nets that are loaded, and by how many sessions each is held: weights are in memory once, whatever the number of cameras. */
const shared = new Map<string, { users: number; readonly loaded: Promise<Loaded> }>();

const acquire = async (key: string, options: SessionOptions): Promise<Loaded> => {
  const { model, file, threads = 1, macs } = options;
  const open = macs < SMALL_MACS ? openRunner : openThreadedRunner;
  const held = shared.get(key) ?? {
    users: 0, loaded: open({ model, file, threads }).then((runner) => ({ runner, queue: serialQueue(MAX_WAITING) })),
  };
  held.users += 1;
  shared.set(key, held);
  try {
    return await held.loaded;
  } catch (error) {
    if (shared.get(key) === held) shared.delete(key);
    throw error;
  }
};

const release = async (key: string): Promise<void> => {
  const held = shared.get(key);
  if (held === undefined) return;
  held.users -= 1;
  if (held.users > 0) return;
  shared.delete(key);
  const { runner, queue } = await held.loaded;
  await queue.idle();
  await runner.close();
};

const list = (dims: readonly number[]): string => `[${dims.join(', ')}]`;
const fits = (dims: readonly number[], wanted: readonly number[]): boolean =>
  dims.length === wanted.length && dims.every((d, i) => d === wanted[i] || wanted[i] === -1 || d === -1);

const expectTensor = (file: string, role: string, wanted: TensorSpec, there: readonly TensorSpec[]): void => {
  const found = there.find(({ name }) => name === wanted.name);
  if (found !== undefined && fits(found.dims, wanted.dims)) return;
  const has = found === undefined ? there.map(({ name, dims }) => `${name} ${list(dims)}`).join(', ') : list(found.dims);
  throw new Fault('inference', 'model-wrong-shape', `The manifest says that ${file} has the ${role} ${wanted.name} ${list(wanted.dims)}, but the file has ${has}.`,
    { remedy: 'Correct the manifest or put in the right file.' });
};

const checkFeeds = (file: string, inputs: readonly TensorSpec[], feeds: Tensors): void => {
  for (const { name, dims } of inputs) {
    const feed = feeds[name];
    const right = feed !== undefined && fits(feed.dims, dims) && feed.data.length === feed.dims.reduce((a, b) => a * b, 1);
    if (!right) {
      throw new Fault('inference', 'model-wrong-shape',
        `${file} wants ${name} ${list(dims)} and was given ${feed === undefined ? 'none' : `${list(feed.dims)} with ${feed.data.length} values`}.`);
    }
  }
};

/** The caller may reuse its arrays as soon as it has subscribed. Only the net's own inputs are taken. */
const copyOf = (inputs: readonly TensorSpec[], feeds: Tensors): Tensors =>
  Object.fromEntries(inputs.flatMap(({ name }) => {
    const feed = feeds[name];
    return feed === undefined ? [] : [[name, { data: feed.data.slice(), dims: feed.dims }]];
  }));

/**
 * Opens a net. The same file with the same options is loaded once and shared; it is freed when the last
 * session that holds it is closed.
 *
 * @throws Fault `model-unreadable` or `model-unsupported` when ONNX Runtime refuses it,
 *   `model-wrong-shape` when it is not what `expect` says
 */
export const openSession = async (options: SessionOptions): Promise<Session> => {
  const { file, macs, expect } = options;
  const key = `${options.sha256} ${options.threads ?? 1}`;
  const { runner, queue } = await acquire(key, options);
  let closing: Promise<void> | undefined;
  const { inputs, outputs } = runner;
  const run = (feeds: Tensors): Observable<Tensors> => defer(() => {
    if (closing !== undefined) return throwError(() => new Fault('inference', 'inference-failed', `${file} was asked after it was closed.`));
    checkFeeds(file, inputs, feeds);
    const copy = copyOf(inputs, feeds);
    return queue.add(() => runner.run(copy));
  });
  // Runs that wait still get their answer: the last holder frees the net only when its queue is empty.
  const close = (): Promise<void> => (closing ??= release(key));
  const session: Session = { inputs, outputs, macs, run, close };
  try {
    if (expect !== undefined) {
      for (const input of expect.inputs) expectTensor(file, 'input', input, inputs);
      for (const output of expect.outputs) expectTensor(file, 'output', output, outputs);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return session;
};

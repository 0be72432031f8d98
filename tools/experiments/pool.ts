/** Child processes that compute cells, a few at a time: one that dies costs its cell, not the run. */
import { fork, type ChildProcess } from 'node:child_process';

/** A cell's end. */
export interface Done {
  readonly key: string;
  readonly seconds: number;
  /** In words, when it failed. */
  readonly error?: string;
}

/** How cells are computed. */
export interface PoolOptions {
  /** The module of the child, and its arguments. It answers each key it is sent with a {@link Done}. */
  readonly module: string;
  readonly args: readonly string[];
  readonly jobs: number;
  readonly onDone: (done: Done) => void;
}

/** Hands keys to a child one by one until none is left. A child that dies is replaced. */
const serve = async (queue: string[], { module, args, onDone }: PoolOptions): Promise<void> => {
  let child: ChildProcess | undefined;
  for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
    const at = key;
    child ??= fork(module, [...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const worker = child;
    const started = performance.now();
    const done = await new Promise<Done>((resolve) => {
      const died = (code: number | null): void => {
        resolve({ key: at, seconds: (performance.now() - started) / 1000, error: `its process ended with ${code === null ? 'a signal' : `code ${code}`}` });
      };
      worker.once('exit', died);
      worker.once('message', (message) => {
        worker.off('exit', died);
        resolve(message as Done);
      });
      worker.send(at);
    });
    if (worker.exitCode !== null || worker.signalCode !== null || done.error?.startsWith('its process') === true) child = undefined;
    onDone(done);
  }
  child?.disconnect();
};

/** Computes all keys, `jobs` at a time, in their order. Resolves when the last is done; failures are told, not thrown. */
export const computeAll = async (keys: readonly string[], options: PoolOptions): Promise<void> => {
  const queue = [...keys];
  await Promise.all(Array.from({ length: Math.max(1, Math.min(options.jobs, keys.length)) }, () => serve(queue, options)));
};

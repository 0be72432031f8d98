/** The loop of a child process that computes cells: each key that it is sent is computed, kept, and answered. */
import type { Done } from './pool.js';
import type { Store } from './store.js';

/** Computes every cell that the parent names, from data that are loaded once. A failure is an answer too. */
export const serveCells = <C extends { readonly key: string }, D>(cells: readonly C[], store: Store, data: Promise<D>, computeOne: (cell: C, data: D) => Promise<unknown>): void => {
  const byKey = new Map(cells.map((cell) => [cell.key, cell]));
  const compute = async (key: string): Promise<Done> => {
    const started = performance.now();
    const seconds = (): number => (performance.now() - started) / 1000;
    try {
      const cell = byKey.get(key);
      if (cell === undefined) throw new RangeError(`there is no cell ${key}`);
      store.put(key, await computeOne(cell, await data));
      return { key, seconds: seconds() };
    } catch (error) {
      return { key, seconds: seconds(), error: error instanceof Error ? error.message : String(error) };
    }
  };
  process.on('message', (key: string) => {
    void compute(key).then((done) => process.send?.(done));
  });
};

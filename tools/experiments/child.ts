/** A child process of the experiments: loads its world once, then computes each cell that it is sent. */
import { computeCell } from './cell.js';
import { cellsOf } from './cells.js';
import type { Done } from './pool.js';
import { openStore } from './store.js';
import { resultsFolder, worldNamed } from './worlds.js';

const [name = '', results = resultsFolder(name)] = process.argv.slice(2);
const world = worldNamed(name);
const cells = new Map(cellsOf(world.settings).map((cell) => [cell.key, cell]));
const store = openStore(results);
const data = world.load();

const compute = async (key: string): Promise<Done> => {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  try {
    const cell = cells.get(key);
    if (cell === undefined) throw new RangeError(`${name} has no cell ${key}`);
    store.put(key, await computeCell(cell, await data));
    return { key, seconds: seconds() };
  } catch (error) {
    return { key, seconds: seconds(), error: error instanceof Error ? error.message : String(error) };
  }
};

process.on('message', (key: string) => {
  void compute(key).then((done) => process.send?.(done));
});

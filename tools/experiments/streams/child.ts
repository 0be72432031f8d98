/** A child process for S3's cells: loads the streams once, then computes each cell that it is sent. */
import type { Done } from '../pool.js';
import { openStore } from '../store.js';
import { resultsFolder } from '../worlds.js';
import { computeStreamCell } from './cell.js';
import { streamCells } from './cells.js';
import { loadStreamsWorld, S3 } from './command.js';

/** More than any report asks for. */
const MOST_SEEDS = 20;

const cells = new Map(streamCells(MOST_SEEDS).map((cell) => [cell.key, cell]));
const store = openStore(resultsFolder(S3));
const world = loadStreamsWorld();

const compute = async (key: string): Promise<Done> => {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  try {
    const cell = cells.get(key);
    if (cell === undefined) throw new RangeError(`there is no cell ${key}`);
    store.put(key, await computeStreamCell(cell, await world));
    return { key, seconds: seconds() };
  } catch (error) {
    return { key, seconds: seconds(), error: error instanceof Error ? error.message : String(error) };
  }
};

process.on('message', (key: string) => {
  void compute(key).then((done) => process.send?.(done));
});

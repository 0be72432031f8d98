/** A child process of the experiments: loads its world once, then computes each cell that it is sent. */
import { computeCell } from './cell.js';
import { cellsOf } from './cells.js';
import { serveCells } from './serve-cells.js';
import { openStore } from './store.js';
import { resultsFolder, worldNamed } from './worlds.js';

const [name = '', results = resultsFolder(name)] = process.argv.slice(2);
const world = worldNamed(name);
serveCells(cellsOf(world.settings), openStore(results), world.load(), computeCell);

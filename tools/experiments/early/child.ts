/** A child process for cells of early answers: loads the clips once, then computes each cell that it is sent. */
import { serveCells } from '../serve-cells.js';
import { openStore } from '../store.js';
import { resultsFolder } from '../worlds.js';
import { computeEarlyCell, loadEarlyWorld } from './cell.js';
import { EARLY, earlyCells } from './cells.js';

/** More than any report asks for. */
const MOST_SEEDS = 20;

serveCells(earlyCells(MOST_SEEDS), openStore(resultsFolder(EARLY)), loadEarlyWorld(), computeEarlyCell);

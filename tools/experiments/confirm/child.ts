/** A child process for cells of confirmation: loads the streams once, then computes each cell that it is sent. */
import { serveCells } from '../serve-cells.js';
import { openStore } from '../store.js';
import { resultsFolder } from '../worlds.js';
import { computeConfirmCell, loadConfirmWorld } from './cell.js';
import { CONFIRM, confirmCells } from './cells.js';

/** More than any report asks for. */
const MOST_SEEDS = 20;

serveCells(confirmCells(MOST_SEEDS), openStore(resultsFolder(CONFIRM)), loadConfirmWorld(), computeConfirmCell);

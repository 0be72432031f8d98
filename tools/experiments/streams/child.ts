/** A child process for S3's cells: loads the streams once, then computes each cell that it is sent. */
import { serveCells } from '../serve-cells.js';
import { openStore } from '../store.js';
import { resultsFolder } from '../worlds.js';
import { computeStreamCell } from './cell.js';
import { streamCells } from './cells.js';
import { loadStreamsWorld, S3 } from './command.js';

/** More than any report asks for. */
const MOST_SEEDS = 20;

serveCells(streamCells(MOST_SEEDS), openStore(resultsFolder(S3)), loadStreamsWorld(), computeStreamCell);

/** `npm run experiments -- confirm`: S3's policies get a rule for confirming events, shown on streams that trained nothing. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { computeMissing, resultsByJob, type ExperimentOptions } from '../compute.js';
import { writeReport } from '../report.js';
import { s2 } from '../s2.js';
import { openStore } from '../store.js';
import { S3, writeLivePack } from '../streams/command.js';
import { extractStreams } from '../streams/world.js';
import { resultsFolder } from '../worlds.js';
import type { ConfirmResult } from './cell.js';
import { calibrationStreams, CONFIRM, confirmCells } from './cells.js';
import { confirmFigures, ruleOf } from './figures.js';
import { confirmPage } from './report.js';

const writePage = async (seeds: number, pack: boolean): Promise<void> => {
  const results = resultsByJob<ConfirmResult>(confirmCells(seeds), openStore(resultsFolder(CONFIRM)));
  const figures = [...results.values()].map(confirmFigures), page = confirmPage(figures, seeds);
  const metrics = figures.map(({ rows, ...rest }) => ({ ...rest, rows: rows.map((row) => ({ ...row, byShare: Object.fromEntries(row.byShare) })) }));
  writeReport({ files: new Map([['metrics.json', `${JSON.stringify(metrics, undefined, 1)}\n`], ['report.md', `${page}\n`]]) }, resultsFolder(CONFIRM));
  if (!pack) return;
  const to = await writeLivePack(seeds, (name, seed) => {
    const shipped = results.get(name)?.find((one) => one.seed === seed);
    const found = shipped === undefined ? { why: 'it has not followed the streams for calibration' } : ruleOf(shipped);
    if ('why' in found) process.stderr.write(`${S3}: no rule for ${name}, training ${seed}: ${found.why}\n`);
    return { ...('rule' in found ? { confirmation: found.rule } : {}), page };
  });
  process.stderr.write(`${to}\n`);
};

/** Computes what is missing, and writes the report and the pack where they are wanted. Returns how many cells failed. */
export const runConfirm = async ({ seeds, jobs, only, extract, report, pack }: ExperimentOptions): Promise<number> => {
  if (extract || !existsSync(calibrationStreams.features)) await extractStreams(calibrationStreams, (await s2.load()).train);
  const failed = await computeMissing(confirmCells(seeds), { name: CONFIRM, store: openStore(resultsFolder(CONFIRM)), only, jobs, module: fileURLToPath(new URL('child.js', import.meta.url)) });
  if (report) await writePage(seeds, pack);
  return failed;
};

/** `npm run experiments -- s3`: streams are rendered beforehand, extracted once, followed by every model. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { computeMissing, resultsByJob, type ExperimentOptions } from '../compute.js';
import { openStore } from '../store.js';
import { writeWorldPack } from '../pack.js';
import { writeReport } from '../report.js';
import { s2 } from '../s2.js';
import { resultsFolder } from '../worlds.js';
import type { StreamResult, StreamsWorld } from './cell.js';
import { s3Folder, streamCells } from './cells.js';
import { streamRow, type StreamFacts } from './figures.js';
import { streamPage, summariseStreams } from './report.js';
import { extractStreams, loadStreams } from './world.js';

/** The name of the world. */
export const S3 = 's3';

/** The streams, in the labels of S2, whose events they hold. */
export const loadStreamsWorld = async (): Promise<StreamsWorld> => ({ like: (await s2.load()).train, streams: loadStreams(s3Folder) });

/** The seed that follows the validation part best; the test part chooses nothing. */
const bestOf = (results: readonly StreamResult[], facts: StreamFacts): StreamResult => {
  const [best] = results.map((result) => ({ result, right: streamRow('', { results: [result], policy: 'own' }, facts, 'val').accuracy.value })).sort((a, b) => b.right - a.right);
  if (best === undefined) throw new RangeError('nothing was trained');
  return best.result;
};

const writePage = async (seeds: number, folder: string, pack: boolean): Promise<void> => {
  const store = openStore(folder);
  const results = resultsByJob<StreamResult>(streamCells(seeds), store);
  const { train, pictureAt } = await s2.load();
  const facts: StreamFacts = { labels: train.labels, background: new Set(train.background.map((label) => train.labels.indexOf(label))), stepUs: train.stepUs, pictureAt };
  const summary = summariseStreams(results, facts);
  writeReport({ files: new Map([['metrics.json', `${JSON.stringify(summary, undefined, 1)}\n`], ['report.md', `${streamPage(summary)}\n`]]) }, folder);
  if (!pack) return;
  const words = { description: 'Follows the rendered streams of S3; for trying and timing.', origin: 'npm run experiments -- s3 --report --pack' };
  await writeWorldPack(bestOf(results.get(summary.chosen) ?? [], facts), train, s3Folder.packs, words, join(folder, 'playground-live'), new Map([['README.md', streamPage(summary)]]));
};

/** Computes what is missing, and writes the report where it is wanted. Returns how many cells failed. */
export const runStreams = async ({ seeds, jobs, only, extract, report, pack }: ExperimentOptions): Promise<number> => {
  if (extract || !existsSync(s3Folder.features)) await extractStreams(s3Folder, (await s2.load()).train);
  const folder = resultsFolder(S3);
  const failed = await computeMissing(streamCells(seeds), { name: S3, store: openStore(folder), only, jobs, module: fileURLToPath(new URL('child.js', import.meta.url)) });
  if (report) await writePage(seeds, folder, pack);
  return failed;
};

/** `npm run experiments -- s3`: streams are rendered beforehand, extracted once, followed by every model. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfirmationRule } from '../../../src/inference/manifest.js';
import type { FeatureSet } from '../../../src/learn/types.js';
import { computeMissing, resultsByJob, type ExperimentOptions } from '../compute.js';
import { openStore } from '../store.js';
import { writeWorldPack } from '../pack.js';
import { writeReport } from '../report.js';
import { s2 } from '../s2.js';
import { resultsFolder } from '../worlds.js';
import type { StreamResult, StreamsWorld } from './cell.js';
import { s3Folder, streamCells } from './cells.js';
import { streamRow, type StreamFacts } from './figures.js';
import { streamPage, summariseStreams, type StreamResults, type StreamSummary } from './report.js';
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

/** What came of S3, and what is needed to tell. */
interface Told {
  readonly results: StreamResults;
  readonly facts: StreamFacts;
  readonly summary: StreamSummary;
  readonly train: FeatureSet;
}

const told = async (seeds: number): Promise<Told> => {
  const results = resultsByJob<StreamResult>(streamCells(seeds), openStore(resultsFolder(S3)));
  const { train, pictureAt } = await s2.load();
  const facts: StreamFacts = { labels: train.labels, background: new Set(train.background.map((label) => train.labels.indexOf(label))), stepUs: train.stepUs, pictureAt };
  return { results, facts, train, summary: summariseStreams(results, facts) };
};

/** What else a pack gets: a rule for confirming events, and what is to be read of it. */
export interface LiveExtras {
  readonly confirmation?: ConfirmationRule;
  readonly page?: string;
}

/**
 * Writes the chosen policy as the pack `playground-live`.
 * @param extrasOf what else it gets, by the name of the chosen job and its seed
 * @returns its folder
 */
export const writeLivePack = async (seeds: number, extrasOf: (name: string, seed: number) => LiveExtras = () => ({})): Promise<string> => {
  const { results, facts, summary, train } = await told(seeds);
  const shipped = bestOf(results.get(summary.chosen) ?? [], facts), { page, ...more } = extrasOf(shipped.name, shipped.seed), to = join(resultsFolder(S3), 'playground-live');
  const words = { description: 'Follows the rendered streams of S3; for trying and timing.', origin: `npm run experiments -- ${page === undefined ? S3 : 'confirm'} --report --pack` };
  await writeWorldPack({ ...shipped, ...more }, train, s3Folder.packs, words, to, new Map([['README.md', [streamPage(summary), ...(page === undefined ? [] : [page])].join('\n\n')]]));
  return to;
};

const writePage = async (seeds: number, pack: boolean): Promise<void> => {
  const { summary } = await told(seeds);
  writeReport({ files: new Map([['metrics.json', `${JSON.stringify(summary, undefined, 1)}\n`], ['report.md', `${streamPage(summary)}\n`]]) }, resultsFolder(S3));
  if (pack) await writeLivePack(seeds);
};

/** Computes what is missing, and writes the report where it is wanted. Returns how many cells failed. */
export const runStreams = async ({ seeds, jobs, only, extract, report, pack }: ExperimentOptions): Promise<number> => {
  if (extract || !existsSync(s3Folder.features)) await extractStreams(s3Folder, (await s2.load()).train);
  const failed = await computeMissing(streamCells(seeds), { name: S3, store: openStore(resultsFolder(S3)), only, jobs, module: fileURLToPath(new URL('child.js', import.meta.url)) });
  if (report) await writePage(seeds, pack);
  return failed;
};

/** `npm run experiments -- early`: trains what answers early, shows what that loses, and packs it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { computeMissing, resultsByJob, type ExperimentOptions } from '../compute.js';
import { openStore } from '../store.js';
import { resultsFolder } from '../worlds.js';
import { writeWorldPack } from '../pack.js';
import { writeReport } from '../report.js';
import { s2, s2Folder } from '../s2.js';
import { repositoryRoot } from '../../pretrain/places.js';
import { extractWorld, readLines, WINDOW_S } from '../clips-world.js';
import { firstStep } from '../../world/scenes/latents.js';
import { loadEarlyWorld, type EarlyResult } from './cell.js';
import { calibrationFolder, EARLY, earlyCells, EVERYTHING } from './cells.js';
import { earlyFigures, type EarlyFacts, type EarlyFigures } from './figures.js';
import { earlyPage, earlyPlot, type EarlySummary } from './report.js';
import { worthFigures, type WorthFigures } from './worth.js';
import { PLAYGROUND_EARLY } from '../cards.js';

/** What a line of S2's `clips.jsonl` says of when its class can be told. */
interface TellingLine {
  readonly path: string;
  readonly group: string;
  readonly informative: Readonly<Record<'audio' | 'appearance' | 'motion', readonly number[]>>;
}

/** The senses that a group needs, all of them; the classes of `either` need one, and the background can only be told at the end. */
const NEEDS: Readonly<Record<string, readonly ('audio' | 'appearance' | 'motion')[]>> = {
  'audio': ['audio'], 'appearance': ['appearance'], 'motion': ['motion'], 'sound-and-look': ['audio', 'appearance'], 'sound-and-motion': ['audio', 'motion'],
};

const tellingStep = ({ group, informative }: TellingLine): number => {
  const first = (sense: keyof TellingLine['informative']): number => firstStep(Uint8Array.from(informative[sense]));
  if (group === 'either') return Math.min(first('audio'), first('appearance'));
  const needs = NEEDS[group];
  return needs === undefined ? informative.audio.length - 1 : Math.max(...needs.map(first));
};

const factsOf = async (): Promise<EarlyFacts> => {
  const { train } = await s2.load();
  const lines = readLines(join(s2Folder.folder, 'clips.jsonl')) as readonly TellingLine[];
  return {
    classes: train.labels.length, background: new Set(train.background.map((label) => train.labels.indexOf(label))),
    stepS: train.stepUs / 1e6, windowS: WINDOW_S, tellingStep: new Map(lines.map((line) => [line.path, tellingStep(line)])),
  };
};

/** Right answers at the last step of the validation part, 0…1. */
const valAccuracy = ({ val }: EarlyResult): number => val.filter(({ answers, targets }) => answers.at(-1) === targets.at(-1)).length / val.length;

const best = <T>(list: readonly T[], of: (one: T) => number): T => {
  const [first] = list;
  if (first === undefined) throw new RangeError('nothing was trained');
  return list.reduce((a, b) => (of(b) > of(a) ? b : a), first);
};

const summarise = async (results: ReadonlyMap<string, readonly EarlyResult[]>, facts: EarlyFacts): Promise<EarlySummary & { readonly worth: WorthFigures }> => {
  const hms = [...results].filter(([name]) => name !== EVERYTHING);
  const [chosen] = best(hms, ([, list]) => list.reduce((sum, one) => sum + valAccuracy(one), 0) / list.length);
  const of = (list: readonly EarlyResult[]): EarlyFigures => earlyFigures(list, facts);
  return { seeds: results.get(chosen)?.length ?? 0, chosen, reason: 'the most accurate on the validation part', figures: hms.map(([, list]) => of(list)), everything: of(results.get(EVERYTHING) ?? []), worth: await worthFigures(results.get(chosen) ?? [], await loadEarlyWorld()) };
};

const writePage = async (seeds: number, pack: boolean): Promise<void> => {
  const results = resultsByJob<EarlyResult>(earlyCells(seeds), openStore(resultsFolder(EARLY)));
  const facts = await factsOf();
  const summary = await summarise(results, facts);
  const files = new Map([['metrics.json', `${JSON.stringify(summary, undefined, 1)}\n`], ['early.svg', await earlyPlot(summary, facts)]]);
  const page = earlyPage(summary, facts);
  if (!pack) {
    writeReport({ files: new Map([...files, ['report.md', `${page}\n`]]) }, resultsFolder(EARLY));
    return;
  }
  const list = results.get(summary.chosen) ?? [];
  const shipped = best(list, valAccuracy);
  const rule = summary.figures.find(({ name }) => name === summary.chosen)?.rules[list.indexOf(shipped)];
  const worth = summary.worth.worths[list.indexOf(shipped)];
  const { name, words, card } = PLAYGROUND_EARLY;
  await writeWorldPack({ ...shipped, ...(rule === undefined ? {} : { stopping: rule }), ...(worth === undefined ? {} : { worth }) }, (await s2.load()).train, s2Folder.packs, words, join(repositoryRoot(), 'models', name), new Map([...files, ['README.md', `${card}\n\n${page}\n`]]));
};

/** Computes what is missing, and writes the report where it is wanted. Returns how many cells failed. */
export const runEarly = async ({ seeds, jobs, only, extract, report, pack }: ExperimentOptions): Promise<number> => {
  if (extract || !existsSync(calibrationFolder.features)) for (const remark of await extractWorld(calibrationFolder)) process.stderr.write(`${remark}\n`);
  const failed = await computeMissing(earlyCells(seeds), { name: EARLY, store: openStore(resultsFolder(EARLY)), only, jobs, module: fileURLToPath(new URL('child.js', import.meta.url)) });
  if (report) await writePage(seeds, pack);
  return failed;
};

/** Writes what came out: figures as metrics.json, tables as a page, plots as SVG. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellsOf, sensesName, sweepName } from './cells.js';
import type { CellResult } from './cell.js';
import { figuresOf } from './figures.js';
import type { Facts } from './numbers.js';
import type { Store } from './store.js';
import { summarise, type Results, type Summary } from './summary.js';
import { ablationTable, aimsOf, aimTable, budgetTable, calibrationText, earlyText, fixedTable, groupTable, interval, mainTable, sweepTable } from './tables.js';
import { needsOf, type World, type WorldData } from './world.js';

/** What there is of a world's results, by the name of the job. */
export const resultsIn = (world: World, store: Store, seeds: number): Results => {
  const results = new Map<string, CellResult[]>();
  for (const { key, seed, job } of cellsOf(world.settings)) {
    if (seed > seeds || !store.has(key)) continue;
    results.set(job.name, [...(results.get(job.name) ?? []), store.get(key) as CellResult]);
  }
  return results;
};

/** What the report knows of a world's data. */
export const factsOf = ({ test, groups, pictureAt }: WorldData): Facts => {
  const sources = new Map(test.sequences.map(({ id, source }) => [id, source ?? id]));
  return {
    labels: test.labels, groups, pictureAt, stepS: test.stepUs / 1e6, steps: Math.max(...test.sequences.map(({ steps }) => steps)),
    sourceOf: (id) => sources.get(id) ?? id,
  };
};

/** Times measured by `time.js`, where they are: how many times less time than with all gates open. */
const speedUpIn = (folder: string): number | undefined => {
  const path = join(folder, 'time.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { readonly speedUp: number }).speedUp : undefined;
};

/** A section, unless it has nothing to show. */
const section = (title: string, there: boolean, ...parts: readonly string[]): readonly string[] => (there ? [`### ${title}`, ...parts] : []);

/** The page of figures, between a card's own words. */
export const pageOf = (s: Summary, world: Pick<World, 'about' | 'aims'>, speedUp: number | undefined): string => [
  `${s.seeds} training seeds; intervals are 95 %, over seeds and clips. The world: ${world.about}.`,
  `Shipped is ${s.chosen.name}, seed ${s.chosen.seed}: ${s.chosen.reason}. The test part had no part in this choice.`,
  mainTable(s),
  `Mean average precision ${(s.map.hms * 100).toFixed(1)} % (HMS), ${(s.map.always * 100).toFixed(1)} % (always everything).${Number.isNaN(s.area.hms) ? '' : ` Mean accuracy over log-compute: ${(s.area.hms * 100).toFixed(1)} % (HMS), ${(s.area.random * 100).toFixed(1)} % (random at the same rates), ${(s.area.fixed * 100).toFixed(1)} % (fixed policies).`}`,
  ...(s.soundAlone === undefined ? [] : [`Sound alone, on the classes that sound can tell apart: ${interval(s.soundAlone)} %.`]),
  ...section('Aims', true, aimTable(aimsOf(s, { speedUp, aims: world.aims })), '![Accuracy against compute](curve.svg)'),
  ...section('By what the classes need', true, groupTable(s), '![Usage by class](usage-by-class.svg)', '![When the gates open](gates.svg)'),
  ...section('Senses that are always read', true, `One LSTM over the concatenated senses (early fusion)${s.strides.length > 0 ? ', and all senses at every n-th step, counted back from the last' : ''}.`, fixedTable(s)),
  ...section('Skip targets', s.sweep.length > 1, sweepTable(s)),
  ...section('A budget at run time', true, 'Left: the answer is given when the budget is consumed. Right: the sound is paid for to the end, and a gate opens only while all of its cost is left.', budgetTable(s)),
  ...section('What was changed', s.ablations.length > 0, ablationTable(s)),
  ...section('Calibration', true, calibrationText(s), earlyText(s), '![Reliability](reliability.svg)', '![Confusion](confusion.svg)'),
].join('\n\n');

const put = (path: string, text: string): void => {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
};

/** Numbers with five digits, so that a file changes only when a figure does. */
const rounded = (_: string, value: unknown): unknown => (typeof value === 'number' ? (Number.isFinite(value) ? Number(value.toPrecision(5)) : null) : value);

/** A report's files by name, with the summary they were made from and the result that ships. */
export interface Report {
  readonly files: ReadonlyMap<string, string>;
  readonly summary: Summary;
  readonly shipped: CellResult;
  readonly data: WorldData;
}

/** Makes the report of a world. */
export const makeReport = async (world: World, store: Store, to: string, seeds: number): Promise<Report> => {
  const data = await world.load();
  const facts = factsOf(data);
  const { middle, senses } = world.settings;
  const results = resultsIn(world, store, seeds);
  const summary = summarise(results, needsOf(data), facts, { allSenses: `fusion-${sensesName(senses)}`, middle: sweepName(middle), ...(world.soundClass === undefined ? {} : { soundClass: world.soundClass }) });
  const shipped = results.get(summary.chosen.name)?.find(({ seed }) => seed === summary.chosen.seed);
  if (shipped === undefined) throw new RangeError('nothing was chosen');
  return {
    summary, shipped, data,
    files: new Map([
      ...await figuresOf(summary, facts, world.name),
      ['metrics.json', `${JSON.stringify({ made_by: `npm run experiments -- ${world.name} --report`, ...summary }, rounded, 1)}\n`],
      ['report.md', `${pageOf(summary, world, speedUpIn(to))}\n`],
    ]),
  };
};

/** Another world's main figures, to stand beside a card; empty where it was not run. */
export const beside = async (world: World, store: Store, seeds: number): Promise<string> => {
  const allSenses = `fusion-${sensesName(world.settings.senses)}`;
  if (!resultsIn(world, store, seeds).has(allSenses)) return '';
  const { summary: s } = await makeReport(world, store, '', seeds);
  const heard = s.soundAlone === undefined ? '' : `\n\nSound alone, on the classes that sound can tell apart: ${interval(s.soundAlone)} %.`;
  return `### The reference: ${world.name}\n\nThe same heads on the same clips: ${world.about.split('; ')[1]?.split('. ')[0] ?? world.about}. ${s.seeds === 1 ? 'One training.' : `${s.seeds} trainings.`}\n\n${mainTable(s)}\n\n${fixedTable(s)}${heard}`;
};

/** What a report says, in a sentence. */
export const inShort = ({ summary: { hms, macsShare, always } }: Report): string =>
  `HMS ${(hms.accuracy.value * 100).toFixed(1)} % at ${(macsShare * 100).toFixed(1)} % of the cost of always-everything (${(always.accuracy.value * 100).toFixed(1)} %)`;

/** Writes the files of a report into a folder. */
export const writeReport = ({ files }: Pick<Report, 'files'>, to: string): void => {
  mkdirSync(to, { recursive: true });
  for (const [name, text] of files) put(join(to, name), text);
};

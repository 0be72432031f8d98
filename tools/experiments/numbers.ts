/** From what cells left behind to the figures of a report. Pure: no disk, no clock. */
import { bootstrapOverSeeds, type Estimate } from '../../src/evaluate/intervals.js';
import { mean } from '../../src/evaluate/order.js';
import { sequenceGmacs } from '../../src/evaluate/cost.js';
import { shareOfTheWay } from '../../src/evaluate/compare.js';
import { seeded } from '../../src/learn/random.js';
import type { Openings } from '../../src/learn/types.js';
import type { CellResult, PolicyName } from './cell.js';
import type { ClipOutcome } from './outcome.js';
import { billed } from './world.js';

/** What a report must know of the data besides the results. */
export interface Facts {
  readonly labels: readonly string[];
  readonly groups: readonly string[];
  readonly pictureAt: (step: number) => number;
  /** From one step to the next [s]. */
  readonly stepS: number;
  /** Steps of a clip. */
  readonly steps: number;
  /** Clips with the same source are not independent. */
  readonly sourceOf: (id: string) => string;
}

/** One policy of one job over all its seeds. */
export interface Entry {
  readonly results: readonly CellResult[];
  readonly policy: PolicyName;
}

/** A line of a table. */
export interface Row {
  readonly accuracy: Estimate;
  /** Share of the clip's steps. */
  readonly appearance: number;
  readonly motion: number;
  /** Of one second of video. */
  readonly gmacsPerS: number;
}

const DRAW_SEED = 1;

/** Whether a clip's last answer is right, 1 or 0. */
export const hit = ({ answers, targets }: ClipOutcome): number => (answers.at(-1) === targets.at(-1) ? 1 : 0);

const openingsOf = ({ looked, watched }: ClipOutcome): Openings => ({ appearance: Uint8Array.from(looked, Number), motion: Uint8Array.from(watched, Number) });

/** Cost of one clip [GMAC]: a look at a picture that was looked at before is free. */
export const clipGmacs = (outcome: ClipOutcome, { prices, every }: Pick<CellResult, 'prices' | 'every'>, { pictureAt, steps }: Pick<Facts, 'pictureAt' | 'steps'>): number => {
  const picture = (i: number): number => pictureAt(steps - 1 - (outcome.targets.length - 1 - i) * every);
  return sequenceGmacs({ targets: Int32Array.from(outcome.targets), opened: billed(openingsOf(outcome), picture) }, prices);
};

/** Clips of one source, taken together; the same sources in the same order for every seed. */
export interface Cluster {
  /** Of each clip, for each list that was given. */
  readonly members: readonly (readonly number[])[];
}

/** Puts values of clips together by source. */
export const clusters = (ids: readonly string[], lists: readonly (readonly number[])[], sourceOf: Facts['sourceOf']): Cluster[] => {
  const bySource = new Map<string, number[][]>();
  ids.forEach((id, i) => {
    const source = sourceOf(id);
    const members = bySource.get(source) ?? [];
    members.push(lists.map((list) => list[i] ?? Number.NaN));
    bySource.set(source, members);
  });
  return [...bySource.values()].map((members) => ({ members }));
};

const columnMean = (some: readonly Cluster[], column: number): number => {
  let [sum, n] = [0, 0];
  for (const { members } of some) for (const member of members) { sum += member[column] ?? 0; n += 1; }
  return sum / n;
};

/** A statistic of lists of values a clip, with 95 % over seeds and sources. */
export const overSeeds = (seeds: readonly { readonly ids: readonly string[]; readonly lists: readonly (readonly number[])[] }[], statistic: (column: (i: number) => number) => number, sourceOf: Facts['sourceOf']): Estimate =>
  bootstrapOverSeeds(seeds.map(({ ids, lists }) => clusters(ids, lists, sourceOf)), (some) => statistic((i) => columnMean(some, i)), seeded(DRAW_SEED));

const outcomesOf = ({ results, policy }: Entry, part: 'val' | 'test'): readonly (readonly ClipOutcome[])[] => results.map((result) => result[part][policy] ?? []);

/** Mean accuracy over seeds on one part, 0…1, without an interval. */
export const plainAccuracy = (entry: Entry, part: 'val' | 'test'): number => mean(outcomesOf(entry, part).map((clips) => mean(clips.map(hit))));

/** Mean cost of a second of video over seeds on one part [GMAC/s]. */
export const gmacsPerS = (entry: Entry, part: 'val' | 'test', facts: Facts): number => mean(entry.results.map((result) =>
  mean((result[part][entry.policy] ?? []).map((clip) => clipGmacs(clip, result, facts))) / (facts.steps * facts.stepS)));

const share = (clips: readonly ClipOutcome[], key: 'looked' | 'watched'): number => mean(clips.map((clip) => mean(Array.from(clip[key], Number))));

/** The line of one entry, on the test part. */
export const rowOf = (entry: Entry, facts: Facts): Row => {
  const seeds = outcomesOf(entry, 'test');
  return {
    accuracy: overSeeds(seeds.map((clips) => ({ ids: clips.map(({ id }) => id), lists: [clips.map(hit)] })), (column) => column(0), facts.sourceOf),
    appearance: mean(seeds.map((clips) => share(clips, 'looked'))), motion: mean(seeds.map((clips) => share(clips, 'watched'))),
    gmacsPerS: gmacsPerS(entry, 'test', facts),
  };
};

/** How much more accurate ours is than theirs, clip by clip: seeds paired by place. */
export const above = (ours: Entry, theirs: Entry, facts: Facts): Estimate => {
  const [a, b] = [outcomesOf(ours, 'test'), outcomesOf(theirs, 'test')];
  return overSeeds(a.slice(0, b.length).map((clips, i) => ({ ids: clips.map(({ id }) => id), lists: [clips.map(hit), (b[i] ?? []).map(hit)] })), (column) => column(0) - column(1), facts.sourceOf);
};

/** The policies of random openings. */
export const RANDOM: readonly PolicyName[] = ['random-1', 'random-2', 'random-3'];

/** Of the way from random openings at the same rates (0) to the oracle's (1), how far the model's own gates have come. */
export const wayToOracle = (results: readonly CellResult[], facts: Facts): Estimate => overSeeds(results.map(({ test }) => {
  const hits = (policy: PolicyName): number[] => (test[policy] ?? []).map(hit);
  const random = RANDOM.map(hits);
  const own = test.own ?? [];
  return { ids: own.map(({ id }) => id), lists: [own.map((_, i) => mean(random.map((draw) => draw[i] ?? 0))), own.map(hit), hits('oracle')] };
}), (column) => shareOfTheWay({ random: column(0), ours: column(1), oracle: column(2) }), facts.sourceOf);

/** A random policy's line: the mean over its draws. */
export const randomRow = (results: readonly CellResult[], facts: Facts): Row => {
  const rows = RANDOM.map((policy) => rowOf({ results, policy }, facts));
  const accuracy = overSeeds(results.map(({ test }) => {
    const ids = (test[RANDOM[0] ?? 'own'] ?? []).map(({ id }) => id);
    return { ids, lists: [ids.map((_, i) => mean(RANDOM.map((policy) => { const clip = test[policy]?.[i]; return clip === undefined ? 0 : hit(clip); })))] };
  }), (column) => column(0), facts.sourceOf);
  return { accuracy, appearance: mean(rows.map((row) => row.appearance)), motion: mean(rows.map((row) => row.motion)), gmacsPerS: mean(rows.map((row) => row.gmacsPerS)) };
};

/** Share of steps by class in which each gate is open, with 95 % over seeds and sources; undefined for a class without clips. */
export const usageOf = (entry: Entry, facts: Facts, of: (target: number) => boolean): { readonly appearance: Estimate; readonly motion: Estimate } | undefined => {
  const seeds = outcomesOf(entry, 'test').map((clips) => clips.filter(({ targets }) => of(targets.at(-1) ?? -1)));
  if (seeds.every((clips) => clips.length === 0)) return undefined;
  const one = (key: 'looked' | 'watched'): Estimate => overSeeds(
    seeds.map((clips) => ({ ids: clips.map(({ id }) => id), lists: [clips.map((clip) => mean(Array.from(clip[key], Number)))] })), (column) => column(0), facts.sourceOf);
  return { appearance: one('looked'), motion: one('watched') };
};

/** From what cells left behind to the figures of S3's report. Pure. */
import { shareOfTheWay } from '../../../src/evaluate/compare.js';
import { sequenceGmacs } from '../../../src/evaluate/cost.js';
import { bootstrapOverSeeds, type Estimate } from '../../../src/evaluate/intervals.js';
import { mean } from '../../../src/evaluate/order.js';
import { followEvents, type DetectOptions } from '../../../src/evaluate/streaming.js';
import { seeded } from '../../../src/learn/random.js';
import { runOf, type ClipOutcome } from '../outcome.js';
import { billed } from '../world.js';
import type { StreamPolicy, StreamResult } from './cell.js';

/** What the report knows of the streams. */
export interface StreamFacts {
  readonly labels: readonly string[];
  readonly background: ReadonlySet<number>;
  readonly stepUs: number;
  readonly pictureAt: (step: number) => number;
}

/** When an answer is said aloud: fixed beforehand, as the product's own defaults. */
const SAID = { threshold: 0.5, hold: 2 } as const;

/** One stream, counted. */
export interface Counts {
  readonly steps: number;
  readonly right: number;
  readonly eventSteps: number;
  readonly eventRight: number;
  readonly events: number;
  readonly hits: number;
  readonly firstUs: number;
  readonly onsetUs: number;
  readonly falseAlarms: number;
  readonly looked: number;
  readonly watched: number;
  readonly gmacs: number;
}

const ones = (text: string): number => Array.from(text).filter((one) => one === '1').length;

/** Counts one stream. */
export const countsOf = (outcome: ClipOutcome, { prices }: Pick<StreamResult, 'prices'>, { labels, background, stepUs, pictureAt }: StreamFacts): Counts => {
  const run = runOf(outcome, labels.length);
  const { targets, answers } = outcome;
  const isEvent = (step: number): boolean => !background.has(targets[step] ?? -1);
  const right = answers.map((answer, step) => (answer === targets[step] ? 1 : 0));
  const options: DetectOptions = { background, ...SAID };
  const { events, hits, firstCorrectUs, onsetErrorUs, falseAlarms } = followEvents([run], stepUs, options);
  return {
    steps: targets.length, right: right.filter((one) => one === 1).length,
    eventSteps: targets.filter((_, step) => isEvent(step)).length, eventRight: right.filter((one, step) => one === 1 && isEvent(step)).length,
    events, hits, firstUs: hits === 0 ? 0 : firstCorrectUs * hits, onsetUs: hits === 0 ? 0 : onsetErrorUs * hits, falseAlarms,
    looked: ones(outcome.looked), watched: ones(outcome.watched),
    gmacs: sequenceGmacs({ targets: run.targets, opened: billed(run.opened, pictureAt) }, prices),
  };
};

/** Streams together. */
const total = (some: readonly Counts[], of: keyof Counts): number => some.reduce((sum, counts) => sum + counts[of], 0);
const ratio = (over: keyof Counts, under: keyof Counts) => (some: readonly Counts[]): number => total(some, over) / total(some, under);

/** A line of the report. */
export interface StreamRow {
  readonly name: string;
  readonly accuracy: Estimate;
  readonly eventAccuracy: Estimate;
  readonly map: number;
  readonly calibratedMap: number;
  readonly hits: Estimate;
  readonly firstS: number;
  readonly onsetS: number;
  readonly falseAlarmsPerHour: Estimate;
  readonly looked: number;
  readonly watched: number;
  readonly gmacsPerS: number;
}

/** One policy of one job over its seeds. */
export interface StreamEntry {
  readonly results: readonly StreamResult[];
  readonly policy: StreamPolicy;
}

const DRAW_SEED = 1;

const seedsOf = ({ results, policy }: StreamEntry, part: 'val' | 'test', facts: StreamFacts): Counts[][] =>
  results.map((result) => (result[part][policy]?.streams ?? []).map((outcome) => countsOf(outcome, result, facts)));

/** The line of an entry on one part. */
export const streamRow = (name: string, entry: StreamEntry, facts: StreamFacts, part: 'val' | 'test' = 'test'): StreamRow => {
  const seeds = seedsOf(entry, part, facts);
  const all = seeds.flat();
  const estimate = (statistic: (some: readonly Counts[]) => number): Estimate => bootstrapOverSeeds(seeds, statistic, seeded(DRAW_SEED));
  const seconds = total(all, 'steps') * facts.stepUs / 1e6;
  const figure = (of: 'map' | 'calibratedMap'): number => mean(entry.results.map((result) => result[part][entry.policy]?.[of] ?? Number.NaN));
  return {
    name, accuracy: estimate(ratio('right', 'steps')), eventAccuracy: estimate(ratio('eventRight', 'eventSteps')),
    map: figure('map'), calibratedMap: figure('calibratedMap'), hits: estimate(ratio('hits', 'events')),
    firstS: total(all, 'firstUs') / total(all, 'hits') / 1e6, onsetS: total(all, 'onsetUs') / total(all, 'hits') / 1e6,
    falseAlarmsPerHour: estimate((some) => total(some, 'falseAlarms') / (total(some, 'steps') * facts.stepUs / 3.6e9)),
    looked: total(all, 'looked') / total(all, 'steps'), watched: total(all, 'watched') / total(all, 'steps'), gmacsPerS: total(all, 'gmacs') / seconds,
  };
};

/** Ours less theirs, in accuracy over all steps, stream by stream and seed by seed. */
export const streamDifference = (ours: StreamEntry, theirs: StreamEntry, facts: StreamFacts): Estimate => {
  const [a, b] = [seedsOf(ours, 'test', facts), seedsOf(theirs, 'test', facts)];
  const pairs = a.slice(0, b.length).map((streams, seed) => streams.flatMap((mine, i) => { const other = b[seed]?.[i]; return other === undefined ? [] : [[mine, other] as const]; }));
  const accuracy = ratio('right', 'steps');
  return bootstrapOverSeeds(pairs, (some) => accuracy(some.map(([mine]) => mine)) - accuracy(some.map(([, other]) => other)), seeded(DRAW_SEED));
};

/** Of the way from random openings at the same rates to all gates open, how far a model's own gates have come, in accuracy over all steps. */
export const wayToOpen = (results: readonly StreamResult[], facts: StreamFacts): Estimate => {
  const [random, ours, open] = (['random', 'own', 'open'] as const).map((policy) => seedsOf({ results, policy }, 'test', facts));
  const triples = (ours ?? []).map((streams, seed) => streams.flatMap((mine, i) => {
    const [low, high] = [random?.[seed]?.[i], open?.[seed]?.[i]];
    return low === undefined || high === undefined ? [] : [{ low, mine, high }];
  }));
  const accuracy = ratio('right', 'steps');
  return bootstrapOverSeeds(triples, (some) => shareOfTheWay({
    random: accuracy(some.map(({ low }) => low)), ours: accuracy(some.map(({ mine }) => mine)), oracle: accuracy(some.map(({ high }) => high)),
  }), seeded(DRAW_SEED));
};

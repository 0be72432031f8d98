/** Trains one cell's model and lets every policy that the report compares run on it. */
import { fitTemperatures, applyTemperatures } from '../../src/learn/calibrate.js';
import { mean } from '../../src/evaluate/order.js';
import { clipMap } from '../../src/evaluate/precision.js';
import { constant, randomLike, uniform } from '../../src/evaluate/schedules.js';
import { usage } from '../../src/evaluate/usage.js';
import { sequenceGmacs, type Prices } from '../../src/evaluate/cost.js';
import { countHeadMacs } from '../../src/learn/model/macs.js';
import { run } from '../../src/learn/model/run.js';
import { train } from '../../src/learn/train/train.js';
import type { Temperatures } from '../../src/inference/manifest.js';
import type { FeatureSequence, FusionModel, HmsModel, Openings, SequenceRun } from '../../src/learn/types.js';
import { packModel } from './store.js';
import { outcomeOf, type ClipOutcome } from './outcome.js';
import { everyNth, withShuffledAudio, type WorldData } from './world.js';
import type { Cell } from './cells.js';

/** How gates were opened: by the model, or by force. */
export type PolicyName = 'own' | 'open' | 'shut' | 'uniform' | 'uniform-end' | 'oracle' | 'random-1' | 'random-2' | 'random-3' | `budget-${string}`;

/** What is kept of a cell. */
export interface CellResult {
  readonly name: string;
  readonly seed: number;
  readonly trainS: number;
  /** Every n-th step was read, counted back from the last. */
  readonly every: number;
  /** One reading of each sense with its part of the heads, and what every step costs. */
  readonly prices: Prices;
  readonly temperatures: Temperatures;
  /** Mean average precision of the last step on the test part, 0…1. */
  readonly map: number;
  readonly val: Readonly<Partial<Record<PolicyName, readonly ClipOutcome[]>>>;
  readonly test: Readonly<Partial<Record<PolicyName, readonly ClipOutcome[]>>>;
  readonly model?: unknown;
}

/** Test-time budgets, as shares of what everything costs: the paper's Table 2. */
export const BUDGETS = [0.02, 0.05, 0.1, 0.2, 0.5] as const;

/** Seeds of the random openings; three, so that their luck averages out. */
const RANDOM_SEEDS = [1, 2, 3] as const;

/** Prices of a model: a gated sense pays for its part of the heads only when its gate is open. */
export const pricesOf = (model: HmsModel | FusionModel, gmacs: Prices['gmacs']): Prices => {
  if (model.kind === 'hms') {
    const heads = countHeadMacs(model);
    return { gmacs: { audio: gmacs.audio, appearance: gmacs.appearance + heads.appearance / 1e9, motion: gmacs.motion + heads.motion / 1e9 }, headGmacs: (heads.audio + heads.decide) / 1e9 };
  }
  const { senses, dims, projected, hidden, classes } = model;
  const inputs = senses.reduce((sum, sense) => sum + projected[sense], 0);
  const heads = senses.reduce((sum, sense) => sum + dims[sense] * projected[sense], 0) + (inputs + hidden) * 4 * hidden + hidden * classes;
  const used = (sense: keyof Prices['gmacs']): number => (senses.includes(sense) ? gmacs[sense] : 0);
  return { gmacs: { audio: used('audio'), appearance: used('appearance'), motion: used('motion') }, headGmacs: heads / 1e9 };
};

/** The openings that each policy forces, given what the model itself did. */
const forced = (data: WorldData, sequences: readonly FeatureSequence[], own: readonly SequenceRun[], nested: boolean): [PolicyName, (Openings | undefined)[]][] => {
  const rates = usage(own);
  const each = (of: (sequence: FeatureSequence) => Openings | undefined): (Openings | undefined)[] => sequences.map(of);
  return [
    ['shut', each(({ steps }) => constant(steps, { appearance: false, motion: false }))],
    ['uniform', each(({ steps }) => uniform(steps, rates))],
    ['uniform-end', each(({ steps }) => uniform(steps, rates, 0))],
    ['oracle', each(({ id }) => data.oracle.get(id))],
    ...RANDOM_SEEDS.map((seed): [PolicyName, (Openings | undefined)[]] => {
      const drawn = randomLike(own, seed, { nested });
      return [`random-${seed}` as PolicyName, each(({ id }) => drawn.get(id))];
    }),
  ];
};

const everything = (steps: number): Openings => constant(steps, { appearance: true, motion: true });

const hmsOutcomes = async (model: HmsModel, data: WorldData, prices: Prices, temperatures: (runs: readonly SequenceRun[]) => readonly SequenceRun[]) => {
  const of = async (sequences: readonly FeatureSequence[], openings?: readonly (Openings | undefined)[]): Promise<ClipOutcome[]> =>
    temperatures(await run(model, sequences, openings === undefined ? {} : { openings })).map(outcomeOf);
  const { val, test } = data;
  const own = await run(model, test.sequences);
  const outcomes: Partial<Record<PolicyName, readonly ClipOutcome[]>> = { own: temperatures(own).map(outcomeOf) };
  for (const [policy, openings] of forced(data, test.sequences, own, model.shape.unseen === 'nested')) outcomes[policy] = await of(test.sequences, openings);
  outcomes.open = await of(test.sequences, test.sequences.map(({ steps }) => everything(steps)));
  const heads = prices.headGmacs ?? 0;
  for (const share of BUDGETS) {
    const full = mean(test.sequences.map(({ steps, targets }) => sequenceGmacs({ opened: everything(steps), targets }, prices)));
    const costs = { ...prices.gmacs, audio: prices.gmacs.audio + heads };
    outcomes[`budget-${share}`] = temperatures(await run(model, test.sequences, { budget: { gmacs: full * share, costs } })).map(outcomeOf);
  }
  return {
    test: outcomes, ownRuns: own,
    val: { own: await of(val.sequences), open: await of(val.sequences, val.sequences.map(({ steps }) => everything(steps))) },
  };
};

/** Computes a cell. Deterministic but for `trainS`. */
export const computeCell = async ({ seed, job }: Cell, world: WorldData): Promise<CellResult> => {
  const prepare = (part: 'train' | 'val' | 'test', salt: number) => everyNth(job.shuffledAudio ? withShuffledAudio(world[part], salt) : world[part], job.every);
  const data: WorldData = { ...world, train: prepare('train', 11), val: prepare('val', 12), test: prepare('test', 13) };
  const started = performance.now();
  const { model } = await train(data.train, job.spec, { seed });
  const trainS = (performance.now() - started) / 1000;
  const prices = pricesOf(model, data.train.gmacs);
  const fitted = fitTemperatures(await run(model, data.val.sequences), { on: job.spec.supervision, doubt: 0 });
  const calibrated = (runs: readonly SequenceRun[]): readonly SequenceRun[] => runs.map((one) => applyTemperatures(one, fitted));
  const base = { name: job.name, seed, trainS, every: job.every, prices, temperatures: fitted };
  if (model.kind === 'hms') {
    const { val, test, ownRuns } = await hmsOutcomes(model, data, prices, calibrated);
    return { ...base, map: clipMap(ownRuns), val, test, model: packModel(model) };
  }
  const [val, test] = [await run(model, data.val.sequences), await run(model, data.test.sequences)];
  return { ...base, map: clipMap(test), val: { own: calibrated(val).map(outcomeOf) }, test: { own: calibrated(test).map(outcomeOf) }, model: packModel(model) };
};

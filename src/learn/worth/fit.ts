/** What looks are worth to one answer for a recording, and what they must be worth under a budget: fitted on recordings that trained nothing. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Temperatures, Worth } from '../../inference/manifest.js';
import type { FeatureSequence, HmsModel } from '../types.js';
import { branchesOf } from './branches.js';
import { fitLookWorth, tryLooks, type Trial } from './estimate.js';
import type { LookCosts } from './follow.js';
import { fitPrice, type Branched } from './price.js';

/** What is fitted, and on what. */
export interface WorthOptions {
  readonly model: HmsModel;
  readonly temperatures: Temperatures;
  /** Classes that mean "nothing in particular". */
  readonly background: ReadonlySet<number>;
  /** A reading of each sense with the heads that run for it [10⁹ multiply-accumulates]. */
  readonly costs: LookCosts;
  /** The last step that an answer may take. */
  readonly horizonSteps: number;
  readonly signal?: AbortSignal | undefined;
}

/** Fewer recordings would fit their own luck: on S2 the price from 100 or 200 is worse under some budgets than none, that from 400 hardly ever. */
export const FEWEST_RECORDINGS = 400;
/** More would only take longer. */
const MOST_RECORDINGS = 1000;
/** How often each recording is gone through: to try looks, and under budgets. */
const TRIAL_ROUNDS = 2;
const BUDGET_ROUNDS = 3;
const SEED = 1;

/** So many, evenly from all of them. */
const some = <T>(list: readonly T[], most: number): T[] => (list.length <= most ? [...list] : Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)]).filter((one) => one !== undefined));

const estimateOf = (trials: readonly Trial[]): ReturnType<typeof fitLookWorth> | undefined => (trials.length === 0 ? undefined : fitLookWorth(trials));

/** A recording's branches up to the horizon. */
const branched = (options: WorthOptions, sequence: FeatureSequence): Branched => {
  const steps = Math.min(sequence.steps, options.horizonSteps);
  return { first: branchesOf(options, { ...sequence, steps }), steps };
};

/**
 * Fits the worth of looks, then the price of them. Deterministic.
 * @param sequences recordings that trained nothing
 * @returns undefined where there are too few, or nothing to look at
 * @throws the signal's reason when it is aborted
 */
export const fitWorth = async (sequences: readonly FeatureSequence[], options: WorthOptions): Promise<Worth | undefined> => {
  if (sequences.length < FEWEST_RECORDINGS) return undefined;
  const { costs, horizonSteps, signal } = options;
  const recordings = some(sequences, MOST_RECORDINGS).map((sequence) => branched(options, sequence));
  const trials = tryLooks(recordings, { costs, rounds: TRIAL_ROUNDS, seed: SEED });
  await nextTurn();
  signal?.throwIfAborted();
  const [appearance, motion] = [estimateOf(trials.appearance), estimateOf(trials.motion)];
  if (appearance === undefined && motion === undefined) return undefined;
  const recording = fitPrice(recordings, { estimates: { appearance, motion }, costs, horizonSteps, rounds: BUDGET_ROUNDS, seed: SEED + 1 });
  return { ...(appearance === undefined ? {} : { appearance }), ...(motion === undefined ? {} : { motion }), recording, recordings: recordings.length };
};

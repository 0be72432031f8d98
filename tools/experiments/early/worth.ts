/** What looks are worth under budgets for a recording: fitted on the clips for calibration, measured on the test part, over training seeds. */
import { countHeadMacs } from '../../../src/learn/model/macs.js';
import { bootstrapOverSeeds, type Estimate } from '../../../src/evaluate/intervals.js';
import { mean } from '../../../src/evaluate/order.js';
import type { Worth } from '../../../src/inference/manifest.js';
import { seeded } from '../../../src/learn/random.js';
import type { FeatureSequence, HmsModel } from '../../../src/learn/types.js';
import { branchesOf, type BranchesOptions, type Ending, type Question } from '../../../src/learn/worth/branches.js';
import { tryLooks } from '../../../src/learn/worth/estimate.js';
import { fitWorth } from '../../../src/learn/worth/fit.js';
import { byPrice, bySpreading, ending, followed, worthsOf, type Decide, type LookCosts } from '../../../src/learn/worth/follow.js';
import { coefficientsOf, worthFrom } from '../../../src/policy/hms/worth.js';
import { unpackModel } from '../store.js';
import type { EarlyResult, EarlyWorld } from './cell.js';

/** One budget, over all trainings. */
export interface WorthRow {
  /** Of always everything, 0…1. */
  readonly share: number;
  /** Looks that are worth their price; looks of gates that open, spread over the steps; and of doubt above a threshold, spread. */
  readonly priced: Estimate;
  readonly spread: Estimate;
  readonly threshold: Estimate;
  /** By how much the first is more often right than the second (paired). */
  readonly gain: Estimate;
  /** Spent of the budget, 0…1. */
  readonly used: number;
  readonly usedSpread: number;
}

/** A tenth of all trials, by what was expected of them [bit]. */
export interface WorthDecile {
  readonly expected: number;
  readonly realised: number;
}

/** What comes of it. */
export interface WorthFigures {
  /** Of each seed. */
  readonly worths: readonly Worth[];
  readonly rows: readonly WorthRow[];
  /** Mean over the budgets, which are evenly spaced in their logarithm: the area under accuracy against log budget. */
  readonly area: Readonly<Record<'priced' | 'spread' | 'threshold' | 'gain', Estimate>>;
  readonly deciles: Readonly<Record<'appearance' | 'motion', readonly WorthDecile[]>>;
}

/** From hearing alone to always everything, evenly in the logarithm. */
const SHARES = Array.from({ length: 9 }, (_, i) => 0.04 * 25 ** (i / 8));
/** Doubt above which the threshold looks [bit]. */
const DOUBTS = [0.1, 0.3, 0.6, 1, 1.5, 2, 3];
const SEED = 11;

interface Seen {
  readonly right: boolean;
  /** Spent on looks, of what was there for them [10⁹ multiply-accumulates]. */
  readonly spent: number;
}

/** What one clip came to under each budget. */
interface Clip {
  readonly priced: readonly Seen[];
  readonly spread: readonly Seen[];
  readonly threshold: readonly Seen[];
}

interface Setting {
  readonly options: BranchesOptions;
  readonly costs: LookCosts;
  readonly hearing: number;
  readonly steps: number;
}

const forLooks = ({ costs, hearing, steps }: Setting, share: number): number => share * steps * (hearing + costs.appearance + costs.motion) - steps * hearing;

const spreadByDoubt = (setting: Setting, left: number, doubt: number): Decide => {
  const gates = bySpreading(left, setting.steps, setting.costs);
  // The spreading asks the gate, which is told to open above the threshold.
  return (question, now) => gates({ ...question, logits: [doubt, question.doubt] }, now);
};

const rightOf = (recordings: readonly (Question | Ending)[], setting: Setting, doubt: number): number => mean(SHARES.map((share) => {
  const left = forLooks(setting, share), decide = spreadByDoubt(setting, left, doubt);
  return mean(recordings.map((first) => Number(ending(first, left, setting.costs, decide).right)));
}));

const settingOf = (result: EarlyResult, { train }: EarlyWorld): Setting & { readonly model: HmsModel } => {
  const model = unpackModel(result.model);
  if (model.kind !== 'hms') throw new RangeError(`${result.name} is no policy`);
  const { gmacs, headGmacs = 0 } = result.prices;
  const classifier = (countHeadMacs(model).decide) / 1e9;
  return {
    model, options: { model, temperatures: result.temperatures, background: new Set(train.background.map((label) => train.labels.indexOf(label))) },
    costs: { appearance: gmacs.appearance + classifier, motion: gmacs.motion + classifier }, hearing: gmacs.audio + headGmacs, steps: Math.max(...train.sequences.map(({ steps }) => steps)),
  };
};

const clipOf = (sequence: FeatureSequence, setting: Setting, worth: Worth, doubt: number): Clip => {
  const { costs, steps } = setting, first = branchesOf(setting.options, sequence), worthOfLook = worthsOf(worth);
  const under = (decide: (left: number) => Decide): Seen[] => SHARES.map((share) => {
    const left = forLooks(setting, share);
    const { end, leftGmacs } = followed(first, left, costs, decide(left));
    return { right: end.right, spent: left - leftGmacs };
  });
  return { priced: under(() => byPrice(worthOfLook, worth.recording, steps, costs)), spread: under((left) => bySpreading(left, steps, costs)), threshold: under((left) => spreadByDoubt(setting, left, doubt)) };
};

type Tried = Readonly<Record<'appearance' | 'motion', { readonly expected: number; readonly drop: number }[]>>;

const tried = (sequences: readonly FeatureSequence[], setting: Setting, worth: Worth): Tried => {
  const trials = tryLooks(sequences.map((sequence) => ({ first: branchesOf(setting.options, sequence), steps: sequence.steps })), { costs: setting.costs, rounds: 1, seed: SEED });
  const of = (sense: 'appearance' | 'motion'): Tried['appearance'] => {
    const estimate = worth[sense], coefficients = estimate === undefined ? [] : coefficientsOf(estimate);
    return trials[sense].map(({ terms, drop }) => ({ expected: worthFrom(coefficients, terms), drop }));
  };
  return { appearance: of('appearance'), motion: of('motion') };
};

const decilesOf = (all: Tried['appearance']): WorthDecile[] => {
  const sorted = [...all].sort((a, b) => a.expected - b.expected);
  return Array.from({ length: 10 }, (_, i) => {
    const part = sorted.slice(Math.floor((i * sorted.length) / 10), Math.floor(((i + 1) * sorted.length) / 10));
    return { expected: mean(part.map(({ expected }) => expected)), realised: mean(part.map(({ drop }) => drop)) };
  });
};

/** Fits the worth of looks for each training, and measures it on the test part. Deterministic. */
export const worthFigures = async (results: readonly EarlyResult[], world: EarlyWorld): Promise<WorthFigures> => {
  const worths: Worth[] = [], clips: Clip[][] = [], trials: Tried[] = [], shares: number[] = [];
  for (const result of results) {
    const setting = settingOf(result, world);
    const worth = await fitWorth(world.cal.sequences, { ...setting.options, costs: setting.costs, horizonSteps: setting.steps });
    if (worth === undefined) throw new RangeError('there are too few clips to fit the worth of looks on');
    const heard = world.val.sequences.map((sequence) => branchesOf(setting.options, sequence));
    const doubt = DOUBTS.reduce((a, b) => (rightOf(heard, setting, b) > rightOf(heard, setting, a) ? b : a));
    worths.push(worth);
    clips.push(world.test.sequences.map((sequence) => clipOf(sequence, setting, worth, doubt)));
    trials.push(tried(world.test.sequences, setting, worth));
    shares.splice(0, shares.length, ...SHARES.map((share) => forLooks(setting, share)));
  }
  const over = (statistic: (some: readonly Clip[]) => number): Estimate => bootstrapOverSeeds(clips, statistic, seeded(SEED));
  const right = (of: keyof Clip, i: number) => (some: readonly Clip[]): number => mean(some.map((clip) => Number(clip[of][i]?.right === true)));
  const gain = (i: number) => (some: readonly Clip[]): number => right('priced', i)(some) - right('spread', i)(some);
  const used = (of: keyof Clip, i: number): number => mean(clips.flat().map((clip) => clip[of][i]?.spent ?? 0)) / Math.max(1e-9, shares[i] ?? 0);
  const area = (of: (i: number) => (some: readonly Clip[]) => number): Estimate => over((some) => mean(SHARES.map((_, i) => of(i)(some))));
  return {
    worths,
    rows: SHARES.map((share, i) => ({
      share, priced: over(right('priced', i)), spread: over(right('spread', i)), threshold: over(right('threshold', i)), gain: over(gain(i)), used: used('priced', i), usedSpread: used('spread', i),
    })),
    area: { priced: area((i) => right('priced', i)), spread: area((i) => right('spread', i)), threshold: area((i) => right('threshold', i)), gain: area(gain) },
    deciles: { appearance: decilesOf(trials.flatMap(({ appearance }) => appearance)), motion: decilesOf(trials.flatMap(({ motion }) => motion)) },
  };
};

/** What was learned and how well: the figures of a report, from runs over clips that trained nothing. */
import type { Temperatures } from '../../inference/manifest.js';
import { applyTemperatures } from '../../learn/calibrate.js';
import { seeded } from '../../learn/random.js';
import type { BySense, SequenceRun } from '../../learn/types.js';
import { confusionMatrix, recalls } from '../accuracy.js';
import { expectedCalibrationError, reliability, type Bin } from '../calibration.js';
import { gmacsPerSecond } from '../cost.js';
import { bootstrap, wilson, type Estimate } from '../intervals.js';
import { answersOf, answersOfAllSteps } from '../runs.js';
import { usage, type Looks } from '../usage.js';

/** The same clips under forced gates: what each class can be told by. */
export type Leaning = 'heard' | 'looked' | 'watched' | 'all';

/** Forced gates of each leaning: sound is always heard. */
export const LEANINGS: Readonly<Record<Leaning, Looks<boolean>>> = {
  heard: { appearance: false, motion: false },
  looked: { appearance: true, motion: false },
  watched: { appearance: false, motion: true },
  all: { appearance: true, motion: true },
};

/** What figures are made from. */
export interface Judged {
  readonly labels: readonly string[];
  /** Runs of the clips that are reported on, as the gates decided, before calibration. */
  readonly runs: readonly SequenceRun[];
  /** The same clips under forced gates. */
  readonly forced: Readonly<Record<Leaning, readonly SequenceRun[]>>;
  readonly temperatures: Temperatures;
  /** From one step to the next [µs]. */
  readonly stepUs: number;
  /** One reading of each sense, and the heads on one step [10⁹ multiply-accumulates]. */
  readonly gmacs: BySense;
  readonly headGmacs: number;
}

/** One class's row of the report. */
export interface ClassFigures {
  readonly label: string;
  readonly clips: number;
  /** Share of its clips that were recognised, with the Wilson interval. */
  readonly recall: Estimate;
  /** Share of its steps on which each gate was open, with the bootstrap over its clips. */
  readonly usage: Looks<Estimate>;
  /** Share recognised under forced gates, 0…1. */
  readonly leaning: Readonly<Record<Leaning, number>>;
}

/** What the report says in numbers. */
export interface Figures {
  readonly clips: number;
  /** Right at the last step, with the Wilson interval. */
  readonly accuracy: Estimate;
  /** Always answering the most frequent class. */
  readonly majority: number;
  /** Right at any step, with the bootstrap over clips. */
  readonly everyStep: Estimate;
  /** `[labels][labels]`, truth by answer, at the last step. */
  readonly confusion: readonly (readonly number[])[];
  readonly classes: readonly ClassFigures[];
  readonly usage: Looks;
  /** [10⁹ multiply-accumulates for a second of media]. */
  readonly cost: { readonly gmacsPerS: number; readonly alwaysGmacsPerS: number; readonly share: number };
  readonly always: { readonly accuracy: number };
  /** Expected calibration error over all steps, and what a diagram of it draws. */
  readonly calibration: { readonly before: number; readonly after: number; readonly bins: readonly Bin[]; readonly binsBefore: readonly Bin[] };
}

const rightShare = (runs: readonly SequenceRun[]): number => {
  const answers = answersOf(runs);
  return answers.filter(({ right }) => right).length / Math.max(1, answers.length);
};

/** Share of right steps, each clip counted the same. */
const everyStep = (runs: readonly SequenceRun[]): Estimate => {
  const shares = runs.map((run) => answersOfAllSteps([run])).map((answers) => answers.filter(({ right }) => right).length / Math.max(1, answers.length));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  return bootstrap(shares, mean, seeded(1));
};

const usageOf = (runs: readonly SequenceRun[]): Looks<Estimate> => {
  const one = (look: keyof Looks): Estimate => bootstrap(runs, (some) => usage(some)[look], seeded(2));
  return { appearance: one('appearance'), motion: one('motion') };
};

const targetOf = ({ targets }: SequenceRun): number => targets.at(-1) ?? -1;

const classFigures = ({ labels, runs, forced }: Judged): ClassFigures[] => labels.map((label, k) => {
  const own = runs.filter((run) => targetOf(run) === k);
  const answers = answersOf(own);
  const leaning = Object.fromEntries(Object.entries(forced).map(([name, some]) => [name, recalls(answersOf(some), labels.length)[k] ?? Number.NaN])) as Record<Leaning, number>;
  return { label, clips: own.length, recall: wilson(answers.filter(({ right }) => right).length, own.length), usage: usageOf(own), leaning };
});

/** Makes the figures. @throws RangeError without runs */
export const figuresOf = (judged: Judged): Figures => {
  const { labels, runs, forced, temperatures, stepUs, gmacs, headGmacs } = judged;
  if (runs.length === 0) throw new RangeError('nothing was held back to report on');
  const answers = answersOf(runs);
  const prices = { gmacs, headGmacs };
  const perS = { gmacsPerS: gmacsPerSecond(runs, prices, stepUs), alwaysGmacsPerS: gmacsPerSecond(forced.all, prices, stepUs) };
  const [before, after] = [answersOfAllSteps(runs), answersOfAllSteps(runs.map((run) => applyTemperatures(run, temperatures)))];
  const counts = labels.map((_, k) => answers.filter(({ target }) => target === k).length);
  return {
    clips: runs.length,
    accuracy: wilson(answers.filter(({ right }) => right).length, answers.length),
    majority: Math.max(...counts) / Math.max(1, answers.length),
    everyStep: everyStep(runs),
    confusion: confusionMatrix(answers, labels.length),
    classes: classFigures(judged),
    usage: { appearance: usage(runs).appearance, motion: usage(runs).motion },
    cost: { ...perS, share: perS.gmacsPerS / perS.alwaysGmacsPerS },
    always: { accuracy: rightShare(forced.all) },
    calibration: { before: expectedCalibrationError(before), after: expectedCalibrationError(after), bins: reliability(after), binsBefore: reliability(before) },
  };
};

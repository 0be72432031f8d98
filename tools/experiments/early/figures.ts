/** The figures of early answers, over training seeds. Pure. */
import { atTheEnd, halt, haltByRule, byBoundary, byPrices, byHaltingStep, byScore, bySteps, gapOf, lostShare, meanSteps, rightShare, savedGmacsShare, savedShare, type AtStep, type Halted } from '../../../src/evaluate/halting.js';
import { expectedCalibrationError } from '../../../src/evaluate/calibration.js';
import { bootstrapOverSeeds, type Estimate } from '../../../src/evaluate/intervals.js';
import { mean } from '../../../src/evaluate/order.js';
import type { StoppingRule } from '../../../src/inference/manifest.js';
import { fitStopping } from '../../../src/learn/stopping/fit.js';
import { induce } from '../../../src/learn/stopping/boundary.js';
import { pathOf, type BeliefPath } from '../../../src/learn/stopping/paths.js';
import { seeded } from '../../../src/learn/random.js';
import type { SequenceRun } from '../../../src/learn/types.js';
import { runOf, type ClipOutcome } from '../outcome.js';
import type { EarlyResult } from './cell.js';

/** What the figures must know of the data. */
export interface EarlyFacts {
  readonly classes: number;
  readonly background: ReadonlySet<number>;
  /** From one step to the next, and what one step hears [s]. */
  readonly stepS: number;
  readonly windowS: number;
  /** The first step at which an oracle that reads everything could tell, by clip; the last one where there is nothing to tell. */
  readonly tellingStep: ReadonlyMap<string, number>;
}

/** One way to stop, over all seeds. */
export interface Stopped {
  readonly name: string;
  readonly accuracy: Estimate;
  readonly steps: Estimate;
}

/** What comes of one operating point. */
export interface EarlyFigures {
  readonly name: string;
  /** The rule of each seed; undefined where nothing could be shown. */
  readonly rules: readonly (StoppingRule | undefined)[];
  readonly ruled: { readonly accuracy: Estimate; readonly gap: Estimate; readonly lost: Estimate; readonly steps: Estimate; readonly saved: Estimate; readonly savedGmacs: Estimate };
  readonly atEnd: Estimate;
  /** Of the answers that were given, and of those at the last step. */
  readonly calibration: { readonly halted: number; readonly atEnd: number };
  readonly byStep: readonly AtStep[];
  /** Mean spent on a clip up to the answer, and to the end [GMAC]. */
  readonly gmacs: number;
  readonly gmacsToEnd: number;
  /** Accuracy against the mean time of the answer. */
  readonly curves: { readonly boundaries: readonly Stopped[]; readonly thresholds: readonly Stopped[]; readonly fixed: readonly Stopped[] };
  /** The oracle's mean step. */
  readonly oracleSteps: number;
}

type Stop = (path: BeliefPath) => number;

const DRAWS = 7;
const THRESHOLDS = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99] as const;
const STEP_COSTS = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1] as const;

const runsOf = (outcomes: readonly ClipOutcome[], { classes }: EarlyFacts): SequenceRun[] => outcomes.map((outcome) => runOf(outcome, classes));
const over = (seeds: readonly (readonly Halted[])[], statistic: (answers: readonly Halted[]) => number): Estimate => bootstrapOverSeeds(seeds, statistic, seeded(DRAWS));

/** Answers of all seeds on the test part, each stopped in its own way. */
const answers = (results: readonly EarlyResult[], facts: EarlyFacts, stopOf: (result: EarlyResult, i: number) => Stop): Halted[][] =>
  results.map((result, i) => halt(runsOf(result.test, facts), facts.background, byPrices(result.prices), stopOf(result, i)));

const stopped = (name: string, seeds: readonly (readonly Halted[])[]): Stopped => ({ name, accuracy: over(seeds, rightShare), steps: over(seeds, meanSteps) });

/** The figures of one job's results, one a seed. */
export const earlyFigures = (results: readonly EarlyResult[], facts: EarlyFacts): EarlyFigures => {
  const pathsOf = (outcomes: readonly ClipOutcome[]): BeliefPath[] => runsOf(outcomes, facts).map((run) => pathOf(run, facts.background));
  const fitted = results.map(({ val }) => pathsOf(val));
  const rules = results.map(({ cal }, i) => {
    const found = fitStopping(fitted[i] ?? [], pathsOf(cal));
    return 'rule' in found ? found.rule : undefined;
  });
  const ended = answers(results, facts, () => atTheEnd);
  const ruled = results.map((result, i) => (rules[i] === undefined ? ended[i] ?? [] : haltByRule(runsOf(result.test, facts), facts.background, byPrices(result.prices), rules[i])));
  const longest = Math.max(...ended.flat().map(({ steps }) => steps));
  const test = results[0]?.test ?? [];
  return {
    name: results[0]?.name ?? '', rules, atEnd: over(ended, rightShare),
    ruled: { accuracy: over(ruled, rightShare), gap: over(ruled, gapOf), lost: over(ruled, lostShare), steps: over(ruled, meanSteps), saved: over(ruled, savedShare), savedGmacs: over(ruled, savedGmacsShare) },
    calibration: { halted: mean(ruled.map(expectedCalibrationError)), atEnd: mean(ended.map(expectedCalibrationError)) },
    byStep: byHaltingStep(ruled.flat()),
    gmacs: mean(ruled.flat().map(({ gmacs }) => gmacs)), gmacsToEnd: mean(ended.flat().map(({ gmacs }) => gmacs)),
    curves: {
      boundaries: STEP_COSTS.map((cost) => stopped(`${cost} a step`, answers(results, facts, (_, i) => byBoundary(induce(fitted[i] ?? [], cost))))),
      thresholds: THRESHOLDS.map((threshold) => stopped(`${threshold}`, answers(results, facts, () => byScore(threshold)))),
      fixed: Array.from({ length: longest }, (_, t) => stopped(`${t + 1}`, answers(results, facts, () => bySteps(t + 1)))),
    },
    oracleSteps: mean(test.map(({ id }) => (facts.tellingStep.get(id) ?? longest - 1) + 1)),
  };
};

/** What answering early is worth: when answers came, how many were right, and what waiting would have changed. */
import { certaintyOf, haltsAt } from '../emit/stopping.js';
import type { StoppingRule } from '../inference/manifest.js';
import { haltingStep, type Boundary } from '../learn/stopping/boundary.js';
import { pathOf, type BeliefPath } from '../learn/stopping/paths.js';
import type { SequenceRun } from '../learn/types.js';
import { expectedCalibrationError, type Conditional } from './calibration.js';
import { sequenceGmacs, type Prices } from './cost.js';
import { mean } from './order.js';

/** One recording, answered. */
export interface Halted {
  readonly id: string;
  /** The step of the answer, from 0, and how many there are. */
  readonly step: number;
  readonly steps: number;
  readonly score: number;
  readonly right: boolean;
  /** Whether the answer at the last step is right. */
  readonly rightAtEnd: boolean;
  /** Spent up to the answer, and up to the last step [GMAC]. */
  readonly gmacs: number;
  readonly gmacsToEnd: number;
}

/** What a run had cost after a step, from 0 [GMAC]. */
export type SpentBy<R extends SequenceRun = SequenceRun> = (run: R, step: number) => number;

/** By the prices of the senses. */
export const byPrices = (prices: Prices): SpentBy => (run, step) => sequenceGmacs(run, prices, step);

/**
 * Answers each recording where a rule says.
 * @param runs calibrated
 * @param background classes that mean "nothing in particular"
 * @param stop the step of the answer, from 0: see {@link byBoundary}, {@link bySteps}, {@link byScore}, {@link atTheEnd}
 */
export const halt = <R extends SequenceRun>(runs: readonly R[], background: ReadonlySet<number>, spent: SpentBy<R>, stop: (path: BeliefPath) => number): Halted[] => runs.map((run) => {
  const path = pathOf(run, background);
  const { scores, right } = path, step = stop(path);
  return {
    id: run.id, step, steps: scores.length, score: scores[step] ?? 0, right: right[step] === 1, rightAtEnd: right.at(-1) === 1,
    gmacs: spent(run, step), gmacsToEnd: spent(run, scores.length - 1),
  };
});

/** Waits until the last step. */
export const atTheEnd = ({ scores }: BeliefPath): number => scores.length - 1;

/** Stops where the score reaches a boundary. */
export const byBoundary = (boundary: Boundary) => (path: BeliefPath): number => haltingStep(path, boundary);

/** Answers under a pack's rule, as sure as it says them. */
export const haltByRule = <R extends SequenceRun>(runs: readonly R[], background: ReadonlySet<number>, spent: SpentBy<R>, rule: StoppingRule): Halted[] =>
  halt(runs, background, spent, byBoundary(rule.boundary)).map((one) => ({ ...one, score: certaintyOf(rule, haltsAt(rule, one.step, one.score) ?? 'horizon', one.score) }));

/** Stops after so many steps, whatever is known by then. */
export const bySteps = (steps: number) => ({ scores }: BeliefPath): number => Math.min(steps, scores.length) - 1;

/** Stops where the score reaches one and the same threshold. */
export const byScore = (threshold: number) => ({ scores }: BeliefPath): number => {
  const at = scores.findIndex((score) => score >= threshold);
  return at < 0 ? scores.length - 1 : at;
};

/** Share of right answers, 0…1. */
export const rightShare = (answers: readonly Halted[]): number => mean(answers.map(({ right }) => (right ? 1 : 0)));

/** By how much the answers are worse than those at the last step would have been, −1…1. */
export const gapOf = (answers: readonly Halted[]): number => mean(answers.map(({ right, rightAtEnd }) => (rightAtEnd ? 1 : 0) - (right ? 1 : 0)));

/** Share of answers that are wrong where the one at the last step would have been right: what a rule promises to bound. */
export const lostShare = (answers: readonly Halted[]): number => mean(answers.map(({ right, rightAtEnd }) => (rightAtEnd && !right ? 1 : 0)));

/** Mean number of steps until the answer. */
export const meanSteps = (answers: readonly Halted[]): number => mean(answers.map(({ step }) => step + 1));

/** When an answer comes, from the recording's beginning: the end of its step's window [s]. @param steps until the answer, which may be a mean */
export const answerSeconds = (steps: number, { stepS, windowS }: { readonly stepS: number; readonly windowS: number }): number => (steps - 1) * stepS + windowS;

/** Share of all steps that were not needed, 0…1. */
export const savedShare = (answers: readonly Halted[]): number =>
  1 - answers.reduce((sum, { step }) => sum + step + 1, 0) / answers.reduce((sum, { steps }) => sum + steps, 0);

/** Share of the multiply-accumulates that were not spent since nothing was computed after the answer, 0…1. */
export const savedGmacsShare = (answers: readonly Halted[]): number =>
  1 - mean(answers.map(({ gmacs }) => gmacs)) / mean(answers.map(({ gmacsToEnd }) => gmacsToEnd));

/** What is known of the answers that came at one step. */
export interface AtStep extends Conditional {
  readonly step: number;
  readonly right: number;
  readonly claimed: number;
}

/** Answers by the step they came at: how many, how sure, how many right, and the expected calibration error among them. */
export const byHaltingStep = (answers: readonly Halted[]): AtStep[] => [...new Set(answers.map(({ step }) => step))].sort((a, b) => a - b).map((step) => {
  const here = answers.filter((one) => one.step === step);
  return { step, n: here.length, right: rightShare(here), claimed: mean(here.map(({ score }) => score)), error: expectedCalibrationError(here) };
});

import type { SequenceRun } from '../learn/types.js';
import { argmax } from './order.js';

/** Which step of a run is its answer; `last` for trimmed clips. A step below 0 means that it gave none: a wrong answer. */
export type AnswerStep = 'last' | ((run: SequenceRun) => number);

/** How many classes a run tells apart; 0 where it has no steps. */
export const classesOf = (run: SequenceRun): number => (run.targets.length === 0 ? 0 : run.logits.length / run.targets.length);

/** Logits at a step, `[classes]`: a view, not a copy. */
export const logitsAt = (run: SequenceRun, step: number): Float32Array => {
  const classes = classesOf(run);
  return run.logits.subarray(step * classes, (step + 1) * classes);
};

/** softmax of the logits at a step, `[classes]`, in double precision. */
export const probabilitiesAt = (run: SequenceRun, step: number): Float64Array => {
  const logits = logitsAt(run, step);
  let top = -Infinity, sum = 0;
  for (const logit of logits) top = Math.max(top, logit);
  const powers = Float64Array.from(logits, (logit) => {
    const power = Math.exp(logit - top);
    sum += power;
    return power;
  });
  return powers.map((power) => power / sum);
};

/** Index of the class answered at a step, the first of equals; −1 before the first step. */
export const answerAt = (run: SequenceRun, step: number): number => (step < 0 ? -1 : argmax(logitsAt(run, step)));

/** The step that counts. */
export const stepOf = (run: SequenceRun, at: AnswerStep): number => (at === 'last' ? run.targets.length - 1 : at(run));

/** An answer beside the truth. */
export interface Answer {
  readonly target: number;
  readonly predicted: number;
  /** Probability of what was predicted, 0…1. */
  readonly score: number;
  readonly right: boolean;
}

/** The answer of a run at a step; before the first step none (−1), which is wrong. */
export const judged = (run: SequenceRun, step: number): Answer => {
  const predicted = answerAt(run, step), target = run.targets[Math.max(0, step)] ?? -1;
  return { target, predicted, score: predicted < 0 ? 0 : probabilitiesAt(run, step)[predicted] ?? 0, right: predicted >= 0 && predicted === target };
};

/** One answer for each run that has a step. */
export const answersOf = (runs: readonly SequenceRun[], at: AnswerStep = 'last'): Answer[] =>
  runs.filter((run) => run.targets.length > 0).map((run) => judged(run, stepOf(run, at)));

/** An answer for each step of each run. */
export const answersOfAllSteps = (runs: readonly SequenceRun[]): Answer[] =>
  runs.flatMap((run) => Array.from(run.targets, (_, step) => judged(run, step)));

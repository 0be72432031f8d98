import type { SequenceRun } from '../learn/types.js';
import { mean } from './order.js';
import { answerAt, answersOf, classesOf, type Answer, type AnswerStep } from './runs.js';

/** Share of right answers, 0…1; NaN where there are none. */
export const shareRight = (answers: readonly Pick<Answer, 'right'>[]): number => mean(answers.map(({ right }) => (right ? 1 : 0)));

/** Share of sequences whose answer, by default that of their last step, is right: top-1. NaN for no sequence. */
export const top1 = (runs: readonly SequenceRun[], at: AnswerStep = 'last'): number => shareRight(answersOf(runs, at));

/** The share of sequences that are right at each step, `[T]`, among those that last so long. */
export const accuracyByStep = (runs: readonly SequenceRun[]): number[] =>
  Array.from({ length: Math.max(0, ...runs.map(({ targets }) => targets.length)) }, (_, step) =>
    shareRight(runs.filter(({ targets }) => step < targets.length).map((run) => ({ right: answerAt(run, step) === run.targets[step] }))));

/** `[classes][classes]`: row the truth, column the answer, counted; what got no answer is in no column. */
export const confusionMatrix = (answers: readonly Answer[], classes: number): number[][] => {
  const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (const { target, predicted } of answers) {
    const row = matrix[target];
    if (row !== undefined && predicted >= 0) row[predicted] = (row[predicted] ?? 0) + 1;
  }
  return matrix;
};

/** The share of each class's answers that are right, `[classes]`; NaN for a class that never was the truth. */
export const recalls = (answers: readonly Answer[], classes: number): number[] =>
  Array.from({ length: classes }, (_, k) => shareRight(answers.filter(({ target }) => target === k)));

/** Mean recall of the classes that occur, 0…1: a common class weighs no more than a rare one. */
export const balancedAccuracy = (runs: readonly SequenceRun[], at: AnswerStep = 'last'): number => {
  const classes = Math.max(0, ...runs.map(classesOf));
  return mean(recalls(answersOf(runs, at), classes).filter((recall) => !Number.isNaN(recall)));
};

/** A stretch of steps with one and the same target: from `start` to before `end`. */
export interface Stretch {
  readonly target: number;
  readonly start: number;
  readonly end: number;
}

/** The targets as stretches, without those that are background. */
export const eventsOf = (targets: Int32Array, background: ReadonlySet<number> = new Set()): Stretch[] => {
  const events: Stretch[] = [];
  let start = 0;
  for (let step = 1; step <= targets.length; step += 1) {
    const target = targets[start] ?? -1;
    if (step < targets.length && targets[step] === target) continue;
    if (!background.has(target)) events.push({ target, start, end: step });
    start = step;
  }
  return events;
};

/**
 * The accuracy, `[10]`, when one, two, … ten tenths of each event have passed; a trimmed clip is one event. A tenth ends
 * inside a step: that step's answer counts. With a background, its stretches are no events.
 */
export const accuracyByTenth = (runs: readonly SequenceRun[], background: ReadonlySet<number> = new Set()): number[] =>
  Array.from({ length: 10 }, (_, tenth) => mean(runs.flatMap((run) =>
    eventsOf(run.targets, background).map(({ target, start, end }) =>
      (answerAt(run, start + Math.ceil(((tenth + 1) * (end - start)) / 10) - 1) === target ? 1 : 0)))));

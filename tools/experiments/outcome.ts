/** What a policy made of a set of clips, small enough to keep for every cell: answers, how sure, and which gates were open. */
import { probabilitiesAt } from '../../src/evaluate/runs.js';
import type { SequenceRun } from '../../src/learn/types.js';
import { argmax } from '../../src/evaluate/order.js';

/** One clip's. All lists are `[T]`. */
export interface ClipOutcome {
  readonly id: string;
  readonly targets: readonly number[];
  readonly answers: readonly number[];
  /** Probability of the answer, 0…1, to four digits. */
  readonly scores: readonly number[];
  /** 0 and 1, as text. */
  readonly looked: string;
  readonly watched: string;
}

/** Cuts a run down. */
export const outcomeOf = (run: SequenceRun): ClipOutcome => {
  const steps = Array.from(run.targets, (_, step) => probabilitiesAt(run, step));
  const answers = steps.map((probabilities) => argmax(probabilities));
  return {
    id: run.id, targets: [...run.targets], answers,
    scores: steps.map((probabilities, step) => Number((probabilities[answers[step] ?? 0] ?? 0).toFixed(4))),
    looked: run.opened.appearance.join(''), watched: run.opened.motion.join(''),
  };
};

const LEAST = 1e-6;

/**
 * A run that answers the same with the same score, so that whatever is measured of answers and scores can be measured
 * of it: the probability that the answer leaves is spread evenly over the other classes.
 * @param classes how many there are
 */
export const runOf = ({ id, targets, answers, scores, looked, watched }: ClipOutcome, classes: number): SequenceRun => {
  const logits = new Float32Array(targets.length * classes);
  answers.forEach((answer, step) => {
    const score = Math.min(1 - LEAST, scores[step] ?? 0);
    logits.fill(Math.log((1 - score) / (classes - 1)), step * classes, (step + 1) * classes);
    logits[step * classes + answer] = Math.log(score);
  });
  return { id, targets: Int32Array.from(targets), logits, opened: { appearance: Uint8Array.from(looked, Number), motion: Uint8Array.from(watched, Number) } };
};

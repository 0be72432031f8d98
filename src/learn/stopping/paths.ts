/** What a stopping rule goes by: how sure a model was after each step of a recording, and whether it was right. */
import type { SequenceRun } from '../types.js';

/** One recording, step by step; T is its number of steps. */
export interface BeliefPath {
  readonly id: string;
  /** `[T]`, the calibrated probability of the likeliest answer, 0…1. */
  readonly scores: Float64Array;
  /** `[T]`, 1 where that answer is right. */
  readonly right: Uint8Array;
}

/** Probability and class of the likeliest answer from calibrated logits; all background classes together are one answer (−1). */
const likeliest = (logits: Float32Array, background: ReadonlySet<number>): { readonly score: number; readonly answer: number } => {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  let [sum, none, best, answer] = [0, 0, -1, -1];
  logits.forEach((logit, k) => {
    const power = Math.exp(logit - top);
    sum += power;
    if (background.has(k)) none += power;
    else if (power > best) [best, answer] = [power, k];
  });
  return none > best ? { score: none / sum, answer: -1 } : { score: best / sum, answer };
};

/**
 * The path of a run.
 * @param run calibrated: see `applyTemperatures`
 * @param background classes that mean "nothing in particular", by their place among the logits
 */
export const pathOf = (run: SequenceRun, background: ReadonlySet<number>): BeliefPath => {
  const steps = run.targets.length, classes = run.logits.length / Math.max(1, steps);
  const scores = new Float64Array(steps), right = new Uint8Array(steps);
  run.targets.forEach((target, step) => {
    const { score, answer } = likeliest(run.logits.subarray(step * classes, (step + 1) * classes), background);
    scores[step] = score;
    right[step] = answer === (background.has(target) ? -1 : target) ? 1 : 0;
  });
  return { id: run.id, scores, right };
};

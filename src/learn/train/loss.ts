/** Equations 8, 11 and 12 over a batch. */
import type { Batch } from '../model/batch.js';
import { rowsOf } from '../model/inputs.js';
import { crossEntropy, product } from '../tensor/ops.js';
import { add, mul, ones, reshape, square, sub, sum, type Rank, type Scalar, type Tensor2D } from '../tensor/tf.js';
import type { HmsSpec, Schedule } from './settings.js';

/** What each row of a batch counts for. */
export interface RowWeights {
  /** One-hot targets times the row's share of the cross entropy, `[T·B, classes]`. */
  readonly targets: Float32Array;
  /** The row's share of the cross entropy, `[T·B]`. */
  readonly shares: Float32Array;
  /** 1/T of the row's own sequence while it runs, `[T·B]`. */
  readonly perStep: Float32Array;
  /** Each sequence's share of the usage loss, `[B]`; 0 where gates are forced. */
  readonly asked: Float32Array;
}

/** Which rows a loss counts: the last of each sequence, or all; every sequence counts the same. */
export const rowWeights = (batch: Batch, forced: readonly boolean[], classes: number, supervision: Schedule['supervision']): RowWeights => {
  const { sequences, steps, running, targets } = batch;
  const shares = new Float32Array(steps * sequences);
  const perStep = new Float32Array(steps * sequences);
  const oneHot = new Float32Array(steps * sequences * classes);
  const free = forced.filter((is) => !is).length;
  for (let b = 0; b < sequences; b += 1) {
    let length = 0;
    while (length < steps && running[length * sequences + b] === 1) length += 1;
    for (let t = 0; t < length; t += 1) {
      const row = t * sequences + b;
      perStep[row] = 1 / length;
      const counts = supervision === 'every' ? 1 / length : t === length - 1 ? 1 : 0;
      shares[row] = counts / sequences;
      oneHot[row * classes + (targets[row] ?? 0)] = counts / sequences;
    }
  }
  return { targets: oneHot, shares, perStep, asked: Float32Array.from(forced, (is) => (is ? 0 : 1 / free)) };
};

/** The cross entropy of a batch (equation 8), averaged over its sequences. */
export const recognitionLoss = (logits: Tensor2D, weights: RowWeights): Scalar =>
  crossEntropy(logits, rowsOf(weights.targets, logits.shape[1]), rowsOf(weights.shares, 1));

/**
 * (1 − γ − use)² for one gate, equation 11 with γ the share of steps to *skip*. Use is the mean over a video's steps;
 * the square is taken for each video and averaged over the batch, or with `usagePer: batch` taken of the batch's mean.
 *
 * @param opened `[T·B, 1]`
 */
export const usageLoss = (opened: Tensor2D, skip: number, weights: RowWeights, usagePer: HmsSpec['usagePer']): Scalar => {
  const sequences = weights.asked.length;
  const steps = opened.shape[0] / sequences;
  const shares = reshape<Rank.R2>(mul(opened, rowsOf(weights.perStep, 1)), [steps, sequences]);
  const use = product(ones([1, steps]), shares);
  const asked = rowsOf(weights.asked, sequences);
  if (usagePer === 'video') return sum(mul(asked, square(sub(1 - skip, use))));
  const anyAsked = weights.asked.some((share) => share > 0) ? 1 : 0;
  return mul(square(sub(1 - skip, sum(mul(asked, use)))), anyAsked);
};

/** The sum of both losses that training makes small: equation 12. */
export const totalLoss = (recognition: Scalar, usage: readonly [Scalar, Scalar], lambda: number): Scalar => add(recognition, mul(add(...usage), lambda));

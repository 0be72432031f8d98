import { add, div, mul, scalar, sqrt, square, sub, sum, tidy, type Tensor1D } from '../tensor/tf.js';

/** Weights and Adam's two moments, each one flat vector `[P]`, and how many steps were made. */
export interface Learner {
  readonly weights: Tensor1D;
  readonly first: Tensor1D;
  readonly second: Tensor1D;
  readonly steps: number;
}

/** How far a step goes. */
export interface StepSize {
  readonly learningRate: number;
  /** The longest that the gradient may be. */
  readonly clip: number;
  readonly weightDecay: number;
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/** Frees a learner's tensors. */
export const disposeLearner = ({ weights, first, second }: Learner): void => {
  for (const tensor of [weights, first, second]) tensor.dispose();
};

/**
 * One step of Adam (Kingma and Ba, 2015) with decoupled weight decay, the gradient clipped to a length. Takes the old
 * learner and the gradient over and frees them.
 */
export const adamStep = (learner: Learner, gradient: Tensor1D, { learningRate, clip, weightDecay }: StepSize): Learner => {
  const steps = learner.steps + 1;
  const [weights, first, second] = tidy(() => {
    const length = Math.sqrt(sum(square(gradient)).dataSync<'float32'>()[0] ?? 0);
    const g = mul<Tensor1D>(gradient, scalar(length > clip ? clip / length : 1));
    const m = add<Tensor1D>(mul(learner.first, BETA1), mul(g, 1 - BETA1));
    const v = add<Tensor1D>(mul(learner.second, BETA2), mul(square(g), 1 - BETA2));
    const unbiased = learningRate * Math.sqrt(1 - BETA2 ** steps) / (1 - BETA1 ** steps);
    const moved = sub<Tensor1D>(learner.weights, mul(div(m, add(sqrt(v), EPSILON)), unbiased));
    const w = weightDecay === 0 ? moved : sub<Tensor1D>(moved, mul(learner.weights, learningRate * weightDecay));
    return [w, m, v] as [Tensor1D, Tensor1D, Tensor1D];
  });
  disposeLearner(learner);
  gradient.dispose();
  return { weights, first, second, steps };
};

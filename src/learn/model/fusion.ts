/** The paper's Table 1: one LSTM over the concatenated projections of some senses, always all of them. */
import type { SenseName } from '../../inference/manifest.js';
import { doubled, lstmStep, recurrence } from '../tensor/lstm.js';
import { affine, project } from '../tensor/ops.js';
import { concat2d, slice, split, zeros, type Tensor2D } from '../tensor/tf.js';
import { SENSES, type FusionShape, type Tensors } from './parameters.js';

/** A batch's features as tensors, `[T·B, dims[sense]]`. */
export type SenseTensors = Readonly<Partial<Record<SenseName, Tensor2D>>>;

/** What a fusion baseline made of a batch. */
export interface FusionOutputs {
  /** `[T·B, classes]`. */
  readonly logits: Tensor2D;
  /** `[h | c]`, `[B, 2h]`. */
  readonly state: Tensor2D;
}

const given = (features: SenseTensors, sense: SenseName): Tensor2D => {
  const tensor = features[sense];
  if (tensor === undefined) throw new RangeError(`the batch has no ${sense}`);
  return tensor;
};

/** The state before the first step: zeros. */
export const restingFusion = ({ hidden }: FusionShape, sequences: number): Tensor2D => zeros([sequences, 2 * hidden]);

/** Runs the baseline over all steps of a batch. */
export const fusionForward = (w: Tensors, shape: FusionShape, features: SenseTensors, steps: number, start: Tensor2D, training: boolean): FusionOutputs => {
  const { senses, hidden, projected } = shape;
  const order = SENSES.filter((sense) => senses.includes(sense));
  const x = concat2d(order.map((sense) => project(given(features, sense), w.matrix(`${sense}.project.kernel`), w.vector(`${sense}.project.bias`))), 1);
  const [fromInputs, fromState] = split<Tensor2D>(doubled(w.matrix('lstm.kernel'), hidden), [order.reduce((sum, sense) => sum + projected[sense], 0), hidden], 0);
  if (fromInputs === undefined || fromState === undefined) throw new RangeError('the kernel has no two parts');
  const loop = recurrence(affine(x, fromInputs, doubled(w.vector('lstm.bias'), hidden)), fromState, steps, training);
  const believed: Tensor2D[] = [];
  let state = start;
  for (let t = 0; t < steps; t += 1) {
    state = lstmStep(loop, t, loop.at(t), state);
    believed.push(slice(state, [0, 0], [state.shape[0], hidden]));
  }
  return { logits: affine(concat2d(believed, 0), w.matrix('classify.kernel'), w.vector('classify.bias')), state };
};

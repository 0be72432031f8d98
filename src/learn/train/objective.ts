/** The loss of one batch as a function of the flat weights, for both kinds of model. */
import { batchOf, type Batch, type Excerpt } from '../model/batch.js';
import { fusionForward, restingFusion } from '../model/fusion.js';
import { hmsForward, restingState, type GateRule } from '../model/hms.js';
import { featureTensors, hmsInputs, rowsOf } from '../model/inputs.js';
import { cut, fusionParameters, hmsParameters, type FusionShape, type Parameter, type Tensors } from '../model/parameters.js';
import type { Random } from '../random.js';
import { tidily, valueAndGradient } from '../tensor/ops.js';
import { clone, keep, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../tensor/tf.js';
import type { BySense, FeatureSet, HmsShape } from '../types.js';
import { disturb, gumbelDifference } from './draw.js';
import { recognitionLoss, rowWeights, totalLoss, usageLoss, type RowWeights } from './loss.js';
import type { TrainSpec } from './settings.js';

/** A model to be trained: what it consists of, and what it is besides its weights. */
export type Trainee =
  | { readonly kind: 'hms'; readonly shape: HmsShape; readonly parameters: readonly Parameter[] }
  | { readonly kind: 'fusion'; readonly shape: FusionShape; readonly parameters: readonly Parameter[] };

/** What is to be trained by these settings on this set. */
export const traineeOf = (set: FeatureSet, spec: TrainSpec): Trainee => {
  const common = { dims: set.dims, projected: spec.projected, classes: set.labels.length };
  if (spec.kind === 'fusion') {
    const shape: FusionShape = { ...common, senses: spec.senses, hidden: spec.hidden };
    return { kind: 'fusion', shape, parameters: fusionParameters(shape) };
  }
  const shape: HmsShape = { ...common, hidden: spec.hidden, unseen: spec.unseen, copy: spec.copy };
  return { kind: 'hms', shape, parameters: hmsParameters(shape) };
};

/** What one batch came to; sums over sequences, so that batches of different sizes can be added up. */
export interface BatchResult {
  readonly loss: number;
  readonly crossEntropy: number;
  readonly usage: { readonly appearance: number; readonly motion: number };
  /** Sequences, and those whose gates decided themselves. */
  readonly sequences: number;
  readonly asked: number;
  /** `[T·B, classes]`. */
  readonly logits: Float32Array;
  readonly batch: Batch;
  readonly weights: RowWeights;
}

/** What a batch is walked with. */
export interface Walk {
  /** Of standardised sequences. */
  readonly excerpts: readonly Excerpt[];
  /** Of the senses that the model reads. */
  readonly widths: Readonly<Partial<BySense>>;
  /** Of the Gumbel-softmax. */
  readonly temperature: number;
  /** Noise is drawn from it in training; without it nothing is sampled. */
  readonly random?: Random | undefined;
}

interface Seen {
  readonly loss: Scalar;
  readonly crossEntropy: Scalar;
  readonly logits: Tensor2D;
  readonly opened?: { readonly appearance: Tensor2D; readonly motion: Tensor2D };
}

const forwardLoss = (trainee: Trainee, spec: TrainSpec, w: Tensors, batch: Batch, weights: RowWeights, rule: Omit<GateRule, 'noise'> & { readonly noise?: { readonly appearance: Float32Array; readonly motion: Float32Array } | undefined }): Seen => {
  if (trainee.kind === 'fusion' || spec.kind === 'fusion') {
    const shape = trainee.shape as FusionShape;
    const { logits } = fusionForward(w, shape, featureTensors(batch, shape.dims), batch.steps, restingFusion(shape, batch.sequences), rule.training);
    const loss = recognitionLoss(logits, weights);
    return { loss, crossEntropy: loss, logits };
  }
  const { shape } = trainee;
  const noise = rule.noise === undefined ? undefined : { appearance: rowsOf(rule.noise.appearance, 1), motion: rowsOf(rule.noise.motion, 1) };
  const { logits, opened } = hmsForward(w, shape, hmsInputs(batch, shape.dims), { ...rule, noise }, restingState(shape, batch.sequences));
  const crossEntropy = recognitionLoss(logits, weights);
  const usage = (gate: 'appearance' | 'motion'): Scalar => usageLoss(opened[gate], spec.skipTargets[gate], weights, spec.usagePer);
  return { loss: totalLoss(crossEntropy, [usage('appearance'), usage('motion')], spec.lambda), crossEntropy, logits, opened };
};

const meanUse = (opened: Tensor2D | undefined, { perStep, asked }: RowWeights): number => {
  if (opened === undefined) return 0;
  return opened.dataSync<'float32'>().reduce((sum, open, row) => sum + open * (perStep[row] ?? 0) * ((asked[row % asked.length] ?? 0) > 0 ? 1 : 0), 0);
};

const resultOf = (seen: Seen, batch: Batch, weights: RowWeights): BatchResult => {
  const value = (scalar: Scalar): number => (scalar.dataSync<'float32'>()[0] ?? NaN) * batch.sequences;
  return {
    loss: value(seen.loss), crossEntropy: value(seen.crossEntropy),
    usage: { appearance: meanUse(seen.opened?.appearance, weights), motion: meanUse(seen.opened?.motion, weights) },
    sequences: batch.sequences, asked: weights.asked.filter((share) => share > 0).length,
    logits: seen.logits.dataSync<'float32'>(), batch, weights,
  };
};

/** A batch as this walk sees it. */
const prepared = (trainee: Trainee, spec: TrainSpec, { excerpts, widths, random }: Walk): { batch: Batch; weights: RowWeights } => {
  const batch = batchOf(excerpts, widths);
  if (random !== undefined) disturb(batch, spec, random);
  return { batch, weights: rowWeights(batch, excerpts.map(({ openings }) => openings !== undefined), trainee.shape.classes, spec.supervision) };
};

/** The loss of a batch, with nothing sampled. */
export const assess = (trainee: Trainee, spec: TrainSpec, flat: Tensor1D, walk: Walk): BatchResult => tidily(() => {
  const { batch, weights } = prepared(trainee, spec, walk);
  const w = cut(flat, trainee.parameters);
  return resultOf(forwardLoss(trainee, spec, w, batch, weights, { temperature: walk.temperature, training: false }), batch, weights);
});

/** The loss of a batch and its gradient `[P]`, which the caller owns. */
export const differentiate = (trainee: Trainee, spec: TrainSpec, flat: Tensor1D, walk: Walk): BatchResult & { readonly gradient: Tensor1D } => tidily(() => {
  const { batch, weights } = prepared(trainee, spec, walk);
  const rows = batch.running.length;
  const { random } = walk;
  const noise = random === undefined || spec.kind === 'fusion' ? undefined : { appearance: gumbelDifference(rows, random), motion: gumbelDifference(rows, random) };
  const kept: { seen?: Seen } = {};
  const copies: Tensor[] = [];
  const held = <T extends Tensor>(tensor: T): T => {
    const copy = keep(clone(tensor));
    copies.push(copy);
    return copy;
  };
  const { gradient } = valueAndGradient((given) => {
    const seen = forwardLoss(trainee, spec, cut(given, trainee.parameters), batch, weights, { temperature: walk.temperature, training: true, noise });
    // What is read after the way back must outlive it.
    kept.seen = { ...seen, crossEntropy: held(seen.crossEntropy), logits: held(seen.logits), ...(seen.opened === undefined ? {} : { opened: { appearance: held(seen.opened.appearance), motion: held(seen.opened.motion) } }) };
    return seen.loss;
  }, flat);
  const { seen } = kept;
  if (seen === undefined) throw new Error('the loss was not computed');
  const result = resultOf(seen, batch, weights);
  for (const tensor of copies) tensor.dispose();
  return { ...result, gradient: keep(gradient) };
});

/** Where training starts: the standard of the features, and weights drawn from a seed. */
import { Fault } from '../../faults.js';
import type { SenseName } from '../../inference/manifest.js';
import { flatSize, sizeOf, type Parameter } from '../model/parameters.js';
import type { Random } from '../random.js';
import type { FeatureSequence, Weight } from '../types.js';

/**
 * Refuses features that would spoil every weight.
 * @throws Fault `settings-invalid` when a feature that a model would read is not a number
 */
export const requireNumbers = ({ id, features, present, steps }: FeatureSequence, sense: SenseName): void => {
  const width = features[sense].length / steps;
  for (let t = 0; t < steps; t += 1) {
    if (sense !== 'audio' && present[sense][t] !== 1) continue;
    if (features[sense].subarray(t * width, (t + 1) * width).every(Number.isFinite)) continue;
    throw new Fault('learn', 'settings-invalid', `The ${sense} features of ${id} are not all numbers, at step ${t + 1} of ${steps}.`, {
      remedy: 'Have them made again, or leave the clip out.',
    });
  }
};

/** A feature that hardly varies is not blown up: no deviation is below this share of the sense's own. */
const LEAST_DEVIATION = 0.05;

/**
 * Mean and deviation of each feature of a sense, over all steps at which there was a reading; for audio over all steps,
 * since missing sound stands as silence. A sense that was never read has mean 0 and deviation 1.
 */
export const standardise = (sequences: readonly FeatureSequence[], sense: SenseName, dims: number): { readonly mean: Weight; readonly deviation: Weight } => {
  const [sums, squares] = [new Float64Array(dims), new Float64Array(dims)];
  const each = (visit: (row: number, from: Float32Array) => void): void => {
    for (const { steps, features, present } of sequences) {
      for (let t = 0; t < steps; t += 1) if (sense === 'audio' || present[sense][t] === 1) visit(t * dims, features[sense]);
    }
  };
  let rows = 0;
  each((at, from) => {
    rows += 1;
    for (let i = 0; i < dims; i += 1) sums[i] = (sums[i] ?? 0) + (from[at + i] ?? 0);
  });
  const mean = Float32Array.from(sums, (x) => (rows === 0 ? 0 : x / rows));
  each((at, from) => {
    for (let i = 0; i < dims; i += 1) squares[i] = (squares[i] ?? 0) + ((from[at + i] ?? 0) - (mean[i] ?? 0)) ** 2;
  });
  const whole = rows === 0 ? 0 : Math.sqrt(squares.reduce((a, b) => a + b, 0) / (rows * dims));
  const deviation = Float32Array.from(squares, (x) => (whole === 0 ? 1 : Math.max(Math.sqrt(x / rows), LEAST_DEVIATION * whole)));
  return { mean: { data: mean, dims: [dims] }, deviation: { data: deviation, dims: [dims] } };
};

/** How one parameter is filled. */
const fill = ({ name, dims }: Parameter, to: Float32Array, random: Random, openAtFirst: number): void => {
  const [rows, columns] = [dims[0], dims[1] ?? 1];
  if (name.endsWith('.lstm.bias') || name === 'lstm.bias') {
    // A forget gate that starts open lets gradients reach the first steps (Jozefowicz and others, 2015).
    to.fill(1, rows / 4, rows / 2);
  } else if (name.endsWith('.gate.bias')) {
    to[1] = openAtFirst;
  } else if (name.endsWith('.bias')) {
    to.fill(0);
  } else {
    // He for what ends in a ReLU, Glorot for the rest; a gate starts undecided. An LSTM's kernel is four side by side.
    const width = name.endsWith('lstm.kernel') ? columns / 4 : columns;
    const bound = name.endsWith('project.kernel') ? Math.sqrt(6 / rows) : Math.sqrt(6 / (rows + width)) * (name.endsWith('gate.kernel') ? 0.1 : 1);
    for (let i = 0; i < to.length; i += 1) to[i] = random.uniform(-bound, bound);
  }
};

/** The first weights, as one flat vector; the same for the same seed. */
export const drawWeights = (parameters: readonly Parameter[], random: Random, openAtFirst: number): Float32Array => {
  const flat = new Float32Array(flatSize(parameters));
  let at = 0;
  for (const parameter of parameters) {
    const size = sizeOf(parameter.dims);
    fill(parameter, flat.subarray(at, at + size), random, openAtFirst);
    at += size;
  }
  return flat;
};

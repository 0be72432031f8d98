/**
 * How fast training runs on the WASM backend: its plain and transposed products, ours with its gradient, and whole
 * training steps with and without the arrangement.
 */
import * as tf from '@tensorflow/tfjs-core';
import { batchOf } from '../../src/learn/model/batch.js';
import { seeded, type Random } from '../../src/learn/random.js';
import { openEngine } from '../../src/learn/tensor/engine.js';
import { crossEntropy, product, tidily, valueAndGradient } from '../../src/learn/tensor/ops.js';
import { drawWeights } from '../../src/learn/train/start.js';
import { differentiate, traineeOf } from '../../src/learn/train/objective.js';
import { fusionSpec, hmsSpec, type TrainSpec } from '../../src/learn/train/settings.js';
import type { FeatureSequence, FeatureSet } from '../../src/learn/types.js';

/** One product or one way to train. */
export interface LearningFigure {
  readonly what: string;
  /** 10⁹ floating-point operations a second, for products. */
  readonly gflops?: number;
  /** Sequences of 10 steps a second, forwards and backwards, for training. */
  readonly sequencesPerS?: number;
}

const [ROWS, INNER, COLUMNS] = [1280, 288, 512];
const [SEQUENCES, STEPS] = [128, 10];
const DIMS = { audio: 256, appearance: 256, motion: 256 };

/** The median processor time of some runs [s], after one unmeasured: what else the machine does counts less. */
const timed = (runs: number, work: () => void): number => {
  const times = Array.from({ length: runs + 1 }, () => {
    const before = process.cpuUsage();
    tidily(work);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  }).slice(1).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? NaN;
};

const products = (runs: number): LearningFigure[] => {
  const [a, b, dy] = [tf.randomNormal<tf.Rank.R2>([ROWS, INNER]), tf.randomNormal<tf.Rank.R2>([INNER, COLUMNS]), tf.randomNormal<tf.Rank.R2>([ROWS, COLUMNS])];
  const flop = 2 * ROWS * INNER * COLUMNS;
  const figure = (what: string, times: number, work: () => void): LearningFigure => ({ what, gflops: (times * flop) / timed(runs, work) / 1e9 });
  const flat = tf.concat([tf.reshape(a, [-1]), tf.reshape(b, [-1])]);
  const cut = (x: tf.Tensor1D): [tf.Tensor2D, tf.Tensor2D] => {
    const [left, right] = tf.split(x, [ROWS * INNER, INNER * COLUMNS]);
    if (left === undefined || right === undefined) throw new Error('two pieces are wanted');
    return [tf.reshape(left, [ROWS, INNER]), tf.reshape(right, [INNER, COLUMNS])];
  };
  const figures = [
    figure('product, plain (a·b)', 1, () => tf.matMul(a, b)),
    figure('product, first transposed (aᵀ·dy)', 1, () => tf.matMul(a, dy, true, false)),
    figure('product, second transposed (dy·bᵀ)', 1, () => tf.matMul(dy, b, false, true)),
    figure('forwards and backwards, as the library does it', 3, () => {
      tf.matMul(a, b);
      tf.matMul(a, dy, true, false);
      tf.matMul(dy, b, false, true);
    }),
    figure('forwards and backwards, our product', 3, () => valueAndGradient((x) => tf.sum(tf.mul(product(...cut(x)), dy)), flat as tf.Tensor1D)),
  ];
  tf.dispose([a, b, dy, flat]);
  return figures;
};

const someSet = (random: Random): FeatureSet => {
  const table = (d: number): Float32Array => Float32Array.from({ length: STEPS * d }, () => random.normal());
  const always = new Uint8Array(STEPS).fill(1);
  const sequences = Array.from({ length: SEQUENCES }, (_, i): FeatureSequence => ({
    id: String(i), steps: STEPS, targets: new Int32Array(STEPS).fill(i % 24), present: { audio: always, appearance: always, motion: always },
    features: { audio: table(DIMS.audio), appearance: table(DIMS.appearance), motion: table(DIMS.motion) },
  }));
  return { labels: Array.from({ length: 24 }, (_, i) => String(i)), background: [], dims: DIMS, stepUs: 480_000, gmacs: DIMS, sequences };
};

const ours = (set: FeatureSet, spec: TrainSpec, runs: number): number => {
  const trainee = traineeOf(set, spec);
  const flat = tf.tensor1d(drawWeights(trainee.parameters, seeded(1), 0));
  const excerpts = set.sequences.map((sequence) => ({ sequence, from: 0, steps: STEPS }));
  const s = timed(runs, () => differentiate(trainee, spec, flat, { excerpts, widths: DIMS, temperature: 1, random: seeded(2) }));
  flat.dispose();
  return SEQUENCES / s;
};

type Unary = (x: tf.Tensor2D) => tf.Tensor2D;

/** An activation with its gradient by its value. */
const activation = (forward: Unary, backward: (dy: tf.Tensor2D, y: tf.Tensor2D) => tf.Tensor2D): Unary => (x) => tf.customGrad<tf.Tensor2D>((given, save) => {
  const value = forward(given as tf.Tensor2D);
  (save as tf.GradSaveFunc)([value]);
  return { value, gradFunc: (dy, saved) => backward(dy, saved[0] as tf.Tensor2D) };
})(x);

const sigmoid = activation((x) => tf.sigmoid(x), (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y))));
const tanh = activation((x) => tf.tanh(x), (dy, y) => tf.mul(dy, tf.sub(1, tf.mul(y, y))));
const relu = activation((x) => tf.relu(x), (dy, y) => tf.mul(dy, tf.step(y)));

/** x·kernel + bias with the library's own gradients: transposed products, a broadcast sum. */
const dense = (x: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D => tf.customGrad<tf.Tensor2D>((a, b, c, save) => {
  (save as tf.GradSaveFunc)([a as tf.Tensor, b as tf.Tensor]);
  return {
    value: tf.add(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D), c as tf.Tensor1D),
    gradFunc: (dy, saved) => [tf.matMul(dy, saved[1] as tf.Tensor2D, false, true), tf.matMul(saved[0] as tf.Tensor2D, dy, true, false), tf.sum(dy, 0)],
  };
})(x, kernel, bias);

/** The same early fusion of three senses, written the usual way: each step multiplies its input and state at once. */
const usual = (set: FeatureSet, spec: TrainSpec, runs: number): number => {
  const trainee = traineeOf(set, spec);
  if (trainee.kind !== 'fusion') throw new Error('only for fusion');
  const { hidden, classes } = trainee.shape;
  const flat = tf.tensor1d(drawWeights(trainee.parameters, seeded(1), 0));
  const batch = batchOf(set.sequences.map((sequence) => ({ sequence, from: 0, steps: STEPS })), DIMS);
  const inputs = (['audio', 'appearance', 'motion'] as const).map((sense) =>
    Array.from({ length: STEPS }, (_, t) => tf.tensor2d((batch.features[sense] ?? new Float32Array()).subarray(t * SEQUENCES * DIMS[sense], (t + 1) * SEQUENCES * DIMS[sense]), [SEQUENCES, DIMS[sense]])));
  const targets = tf.oneHot(tf.tensor1d([...batch.targets.subarray(0, SEQUENCES)], 'int32'), classes) as tf.Tensor2D;
  const even = tf.ones<tf.Rank.R2>([SEQUENCES, 1]);
  const loss = (x: tf.Tensor1D): tf.Scalar => {
    const pieces = tf.split(x, trainee.parameters.map(({ dims }) => dims.reduce((a, b) => a * b, 1)));
    const named = (name: string): tf.Tensor => {
      const i = trainee.parameters.findIndex((one) => one.name === name);
      return tf.reshape(pieces[i] ?? x, [...trainee.parameters[i]?.dims ?? []]);
    };
    let h: tf.Tensor2D = tf.zeros([SEQUENCES, hidden]);
    let c: tf.Tensor2D = tf.zeros([SEQUENCES, hidden]);
    for (let t = 0; t < STEPS; t += 1) {
      const projected = (['audio', 'appearance', 'motion'] as const).map((sense, i) =>
        relu(dense(inputs[i]?.[t] ?? h, named(`${sense}.project.kernel`) as tf.Tensor2D, named(`${sense}.project.bias`) as tf.Tensor1D)));
      const z = dense(tf.concat2d([...projected, h], 1), named('lstm.kernel') as tf.Tensor2D, named('lstm.bias') as tf.Tensor1D);
      const [i, f, g, o] = tf.split(z, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      c = tf.add(tf.mul(sigmoid(f), c), tf.mul(sigmoid(i), tanh(g)));
      h = tf.mul(sigmoid(o), tanh(c));
    }
    return crossEntropy(dense(h, named('classify.kernel') as tf.Tensor2D, named('classify.bias') as tf.Tensor1D), targets, even);
  };
  const s = timed(runs, () => valueAndGradient(loss, flat));
  tf.dispose([flat, targets, even, ...inputs.flat()]);
  return SEQUENCES / s;
};

/** Measures learning on the WASM backend, one thread. */
export const learningFigures = async (runs = 5): Promise<LearningFigure[]> => {
  await openEngine('wasm');
  const set = someSet(seeded(1));
  const fusion = fusionSpec(['audio', 'appearance', 'motion']);
  return [
    ...products(runs),
    { what: 'training early fusion, written the usual way', sequencesPerS: usual(set, fusion, Math.max(1, Math.floor(runs / 2))) },
    { what: 'training early fusion, as arranged here', sequencesPerS: ours(set, fusion, runs) },
    { what: 'training HMS, as arranged here', sequencesPerS: ours(set, hmsSpec({ warmUp: 0 }), runs) },
  ];
};

/** The arithmetic of one step of HMS in plain loops: what is followed step by step, without a tensor library, is made of these. */
import type { HmsModel, Weight } from '../types.js';
import { weightOf } from './parameters.js';

/** Hidden and cell state of one LSTM, `[hidden]` each. */
export interface Lstm {
  readonly h: Float32Array;
  readonly c: Float32Array;
}

/** The state before the first step: zeros. */
export const restingLstm = (hidden: number): Lstm => ({ h: new Float32Array(hidden), c: new Float32Array(hidden) });

/** [inputs…]·kernel + bias, the inputs one after the other. */
const affine = (inputs: readonly Float32Array[], kernel: Weight, bias: Weight): Float64Array => {
  const y = Float64Array.from(bias.data), n = y.length;
  let row = 0;
  for (const x of inputs) {
    for (let i = 0; i < x.length; i += 1) {
      const value = x[i] ?? 0;
      if (value === 0) continue;
      const from = (row + i) * n;
      for (let j = 0; j < n; j += 1) y[j] = (y[j] ?? 0) + value * (kernel.data[from + j] ?? 0);
    }
    row += x.length;
  }
  return y;
};

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** One step of a sense's LSTM. @param inputs one after the other, before the hidden state */
export const stepLstm = ({ weights }: HmsModel, sense: string, inputs: readonly Float32Array[], { h, c }: Lstm): Lstm => {
  const z = affine([...inputs, h], weightOf(weights, `${sense}.lstm.kernel`), weightOf(weights, `${sense}.lstm.bias`)), n = h.length;
  const next = restingLstm(n);
  for (let i = 0; i < n; i += 1) {
    const cell = sigmoid(z[n + i] ?? 0) * (c[i] ?? 0) + sigmoid(z[i] ?? 0) * Math.tanh(z[2 * n + i] ?? 0);
    next.c[i] = cell;
    next.h[i] = sigmoid(z[3 * n + i] ?? 0) * Math.tanh(cell);
  }
  return next;
};

/** Features of one step, standardised and projected, `[projected]`. */
export const projectSense = ({ weights }: HmsModel, sense: 'audio' | 'appearance' | 'motion', features: Float32Array): Float32Array => {
  const [mean, deviation] = [weightOf(weights, `${sense}.mean`).data, weightOf(weights, `${sense}.deviation`).data];
  const standard = features.map((value, i) => (value - (mean[i] ?? 0)) / (deviation[i] ?? 1));
  return Float32Array.from(affine([standard], weightOf(weights, `${sense}.project.kernel`), weightOf(weights, `${sense}.project.bias`)), (value) => Math.max(0, value));
};

/** What a gate says, (shut, open), before the softmax. */
export const gateLogits = ({ weights }: HmsModel, gate: 'appearance' | 'motion', inputs: readonly Float32Array[]): readonly [number, number] => {
  const [shut = 0, open = 0] = affine(inputs, weightOf(weights, `${gate}.gate.kernel`), weightOf(weights, `${gate}.gate.bias`));
  return [shut, open];
};

/** What the last state is classified as, `[classes]`, before the softmax. */
export const classified = ({ weights }: HmsModel, h: Float32Array): Float64Array => affine([h], weightOf(weights, 'classify.kernel'), weightOf(weights, 'classify.bias'));

/** What a shut gate leaves: the lower hidden state over the first dimensions of the kept one, unless the model copies none. */
export const shutLstm = ({ shape: { copy } }: HmsModel, lower: Lstm, kept: Lstm): Lstm => {
  if (copy === 'none') return kept;
  const h = kept.h.slice();
  h.set(lower.h);
  return { h, c: kept.c };
};

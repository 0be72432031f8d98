/**
 * One step of HMS in plain loops: what the training graph and the exported stages must agree with. A shut gate computes
 * nothing here.
 */
import type { HmsModel, Weight } from '../types.js';
import { weightOf } from './parameters.js';

/** What the model carries from one step to the next. */
export interface StepState {
  readonly audio: { readonly h: Float32Array; readonly c: Float32Array };
  readonly appearance: { readonly h: Float32Array; readonly c: Float32Array };
  readonly motion: { readonly h: Float32Array; readonly c: Float32Array };
  /** The last x_I computed, `[p]`; zeros before the first. */
  readonly seen: Float32Array;
}

/** Gates that are made to stand open or shut; one that is not named decides itself. */
export interface Forced {
  readonly appearance?: boolean | undefined;
  readonly motion?: boolean | undefined;
}

/** The features of one step, not yet standardised; a sense that cannot be read is missing, and its gate stays shut. */
export interface StepFeatures {
  readonly audio: Float32Array;
  readonly appearance?: Float32Array | undefined;
  readonly motion?: Float32Array | undefined;
}

/** What one step came to. */
export interface StepResult {
  readonly state: StepState;
  /** `[classes]`, before the softmax. */
  readonly logits: Float32Array;
  readonly opened: { readonly appearance: boolean; readonly motion: boolean };
  /** By how much each gate's logit of open exceeds that of shut. */
  readonly lean: { readonly appearance: number; readonly motion: number };
}

/** The state before the first step: zeros. */
export const restingStep = ({ shape: { hidden, projected } }: HmsModel): StepState => {
  const zeros = (n: number): { h: Float32Array; c: Float32Array } => ({ h: new Float32Array(n), c: new Float32Array(n) });
  return { audio: zeros(hidden.audio), appearance: zeros(hidden.appearance), motion: zeros(hidden.motion), seen: new Float32Array(projected.appearance) };
};

const concat = (...parts: readonly Float32Array[]): Float32Array => {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of parts) {
    whole.set(one, at);
    at += one.length;
  }
  return whole;
};

/** x·kernel + bias. */
const affine = (x: Float32Array, kernel: Weight, bias: Weight): Float64Array => {
  const n = bias.data.length;
  const y = Float64Array.from(bias.data);
  x.forEach((value, i) => {
    if (value === 0) return;
    for (let j = 0; j < n; j += 1) y[j] = (y[j] ?? 0) + value * (kernel.data[i * n + j] ?? 0);
  });
  return y;
};

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const stepLstm = (model: HmsModel, name: string, x: Float32Array, { h, c }: { readonly h: Float32Array; readonly c: Float32Array }): { h: Float32Array; c: Float32Array } => {
  const z = affine(concat(x, h), weightOf(model.weights, `${name}.lstm.kernel`), weightOf(model.weights, `${name}.lstm.bias`));
  const n = h.length;
  const at = (gate: number, i: number): number => z[gate * n + i] ?? 0;
  const cell = c.map((old, i) => sigmoid(at(1, i)) * old + sigmoid(at(0, i)) * Math.tanh(at(2, i)));
  return { c: cell, h: cell.map((value, i) => sigmoid(at(3, i)) * Math.tanh(value)) };
};

const projectSense = (model: HmsModel, sense: 'audio' | 'appearance' | 'motion', features: Float32Array): Float32Array => {
  const [mean, deviation] = [weightOf(model.weights, `${sense}.mean`).data, weightOf(model.weights, `${sense}.deviation`).data];
  const standard = features.map((value, i) => (value - (mean[i] ?? 0)) / (deviation[i] ?? 1));
  const y = affine(standard, weightOf(model.weights, `${sense}.project.kernel`), weightOf(model.weights, `${sense}.project.bias`));
  return Float32Array.from(y, (value) => Math.max(0, value));
};

const leanOf = (model: HmsModel, gate: 'appearance' | 'motion', input: Float32Array): number => {
  const [shut = 0, open = 0] = affine(input, weightOf(model.weights, `${gate}.gate.kernel`), weightOf(model.weights, `${gate}.gate.bias`));
  return open - shut;
};

/** What a shut gate leaves: the lower hidden state over the first dimensions of the kept one. */
const fused = (kept: { readonly h: Float32Array; readonly c: Float32Array }, lower: Float32Array, model: HmsModel): { h: Float32Array; c: Float32Array } =>
  model.shape.copy === 'none' ? { ...kept } : { h: concat(lower, kept.h.subarray(lower.length)), c: kept.c };

/**
 * Equations 3 to 7 for one step.
 *
 * @param forced makes a gate stand open or shut, whatever it says; where a sense is missing it stays shut all the same
 */
export const stepHms = (model: HmsModel, state: StepState, features: StepFeatures, forced: Forced = {}): StepResult => {
  const { unseen, projected } = model.shape;
  const xa = projectSense(model, 'audio', features.audio);
  const audio = stepLstm(model, 'audio', xa, state.audio);

  const leanI = leanOf(model, 'appearance', concat(xa, state.appearance.h, state.appearance.c));
  const looked = forced.appearance ?? leanI > 0 ? features.appearance : undefined;
  const computed = looked === undefined ? undefined : projectSense(model, 'appearance', looked);
  const openI = computed !== undefined;
  const appearance = computed === undefined ? fused(state.appearance, audio.h, model) : stepLstm(model, 'appearance', concat(xa, computed), state.appearance);
  const xi = computed ?? (unseen === 'last' ? state.seen : new Float32Array(projected.appearance));

  const leanM = leanOf(model, 'motion', concat(xa, xi, state.motion.h, state.motion.c));
  const wanted = (forced.motion ?? leanM > 0) && (unseen !== 'nested' || openI);
  const watched = wanted ? features.motion : undefined;
  const openM = watched !== undefined;
  const motion = watched === undefined
    ? fused(state.motion, appearance.h, model)
    : stepLstm(model, 'motion', concat(xa, xi, projectSense(model, 'motion', watched)), state.motion);

  const logits = Float32Array.from(affine(motion.h, weightOf(model.weights, 'classify.kernel'), weightOf(model.weights, 'classify.bias')));
  return { state: { audio, appearance, motion, seen: xi }, logits, opened: { appearance: openI, motion: openM }, lean: { appearance: leanI, motion: leanM } };
};

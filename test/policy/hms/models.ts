/** HMS models with random weights, and their sessions. */
import { exportHms } from '../../../src/learn/export/hms-graphs.js';
import type { BySense, HmsModel, HmsShape, Weight } from '../../../src/learn/types.js';
import { sha256Of } from '../../../src/inference/checked-model.js';
import { HMS_STAGES, hmsStages } from '../../../src/inference/hms-stages.js';
import { countMacs } from '../../../src/inference/macs.js';
import type { HmsStage } from '../../../src/inference/manifest.js';
import { decodeOnnx } from '../../../src/inference/onnx-schema.js';
import { openSession } from '../../../src/inference/session.js';
import type { Session } from '../../../src/inference/types.js';
import type { HmsNet } from '../../../src/policy/hms/net.js';

/** Numbers 0…1 that depend on the seed alone (mulberry32). */
export const random = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export const SMALL: HmsShape = {
  dims: { audio: 5, appearance: 6, motion: 7 }, projected: { audio: 4, appearance: 5, motion: 6 }, hidden: { audio: 3, appearance: 5, motion: 8 },
  classes: 4, unseen: 'zero',
};

/** Weights of every kind that a model of this shape has, with their dimensions. */
const shapesOf = ({ dims, projected: p, hidden: h, classes }: HmsShape): Record<string, readonly number[]> => {
  const widths: BySense = { audio: p.audio, appearance: p.audio + p.appearance, motion: p.audio + p.appearance + p.motion };
  const all: Record<string, readonly number[]> = { 'classify.kernel': [h.motion, classes], 'classify.bias': [classes] };
  for (const sense of ['audio', 'appearance', 'motion'] as const) {
    all[`${sense}.mean`] = [dims[sense]];
    all[`${sense}.deviation`] = [dims[sense]];
    all[`${sense}.project.kernel`] = [dims[sense], p[sense]];
    all[`${sense}.project.bias`] = [p[sense]];
    all[`${sense}.lstm.kernel`] = [widths[sense] + h[sense], 4 * h[sense]];
    all[`${sense}.lstm.bias`] = [4 * h[sense]];
  }
  for (const [sense, below] of [['appearance', p.audio], ['motion', p.audio + p.appearance]] as const) {
    all[`${sense}.gate.kernel`] = [below + 2 * h[sense], 2];
    all[`${sense}.gate.bias`] = [2];
  }
  return all;
};

/** A model with random weights; deviations are positive. */
export const randomModel = (seed: number, shape: Partial<HmsShape> = {}): HmsModel => {
  const whole = { ...SMALL, ...shape };
  const next = random(seed);
  const weight = (name: string, dims: readonly number[]): Weight => ({
    dims, data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => (name.endsWith('deviation') ? 0.5 + next() : 2 * next() - 1)),
  });
  return { kind: 'hms', shape: whole, weights: Object.fromEntries(Object.entries(shapesOf(whole)).map(([name, dims]) => [name, weight(name, dims)])) };
};

/** A model as the policy runs it, with the sessions to close. */
export const netOf = async (model: HmsModel, more: Partial<HmsNet> = {}): Promise<HmsNet & { close(): Promise<void> }> => {
  const graphs = exportHms(model);
  const edges = hmsStages(model.shape);
  const open = async (stage: HmsStage): Promise<[HmsStage, Session]> => {
    const bytes = graphs[stage];
    const { macs } = countMacs(decodeOnnx(bytes, stage));
    return [stage, await openSession({ model: bytes, sha256: sha256Of(bytes), file: `${stage}.onnx`, macs, expect: edges[stage] })];
  };
  const stages = Object.fromEntries(await Promise.all(HMS_STAGES.map(open))) as Record<HmsStage, Session>;
  return {
    sizes: model.shape, stages, labels: Array.from({ length: model.shape.classes }, (_, i) => `class ${i}`), background: new Set(['class 0']),
    temperatures: { common: 1 }, silence: new Float32Array(model.shape.dims.audio).fill(0.25), senses: new Set(['audio', 'appearance', 'motion'] as const),
    ...more,
    close: async () => { await Promise.all(Object.values(stages).map(async (session) => session.close())); },
  };
};

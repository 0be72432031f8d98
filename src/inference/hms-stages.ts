import type { HmsSizes, HmsStage, TensorSpec } from './manifest.js';

/**
 * What goes into each stage of an HMS model and what comes out: the one place that export, loading and running share.
 * All tensors are `[1, 1, width]`, as an ONNX LSTM has its states.
 */

/** Names of the tensors. A state that is computed anew has another name than the one that went in. */
export const HMS_TENSOR = {
  /** Raw features of the stage's sense. */
  features: 'features',
  /** The projected features x_A and x_I. */
  audio: 'x_a',
  appearance: 'x_i',
  /** What the appearance gate says, (shut, open): equation 4. */
  appearanceGate: 'gate_i',
  /** Part of what the motion gate says, (shut, open): equation 6 is linear, so that its parts are added up. */
  motionGate: 'gate_m',
  logits: 'logits',
} as const;

/** One LSTM's letter in the names of its states. */
export const HMS_LETTER = { audio: 'a', appearance: 'i', motion: 'm' } as const;

/** Inputs and outputs of one stage. */
export interface StageEdges {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** The stages, in their order. */
export const HMS_STAGES: readonly HmsStage[] = ['listen', 'look', 'watch', 'believe'];

/** Outputs of a gate: shut, open. */
const DECISIONS = 2;

/**
 * The edges of each stage of a model of these sizes.
 *
 * - `listen` runs on every segment: x_A, the audio LSTM, the appearance gate; and of the motion gate all but x_I's part.
 * - `look` runs when there is a picture: x_I, the appearance LSTM, x_I's part of the motion gate.
 * - `watch` runs when there is a clip: the motion LSTM and the classifier.
 * - `believe` runs when there is none: the classifier on the copied state.
 *
 * Where `unseen` is `nested` the motion gate is asked only behind a picture, so that all of it belongs to `look`.
 * @see HMS equations 3–7
 */
export const hmsStages = ({ projected, hidden, dims, classes, unseen }: HmsSizes): Readonly<Record<HmsStage, StageEdges>> => {
  const tensor = (name: string, width: number): TensorSpec => ({ name, dims: [1, 1, width] });
  const states = (sense: keyof typeof HMS_LETTER, suffix = ''): TensorSpec[] =>
    ['h', 'c'].map((state) => tensor(`${state}_${HMS_LETTER[sense]}${suffix}`, hidden[sense]));
  const xA = tensor(HMS_TENSOR.audio, projected.audio);
  const xI = tensor(HMS_TENSOR.appearance, projected.appearance);
  const features = (sense: keyof typeof HMS_LETTER): TensorSpec => tensor(HMS_TENSOR.features, dims[sense]);
  const motionGate = tensor(HMS_TENSOR.motionGate, DECISIONS);
  const logits = tensor(HMS_TENSOR.logits, classes);
  const nested = unseen === 'nested';
  return {
    listen: {
      inputs: [features('audio'), ...states('audio'), ...states('appearance'), ...nested ? [] : states('motion')],
      outputs: [xA, ...states('audio', '_next'), tensor(HMS_TENSOR.appearanceGate, DECISIONS), ...nested ? [] : [motionGate]],
    },
    look: {
      inputs: [features('appearance'), xA, ...states('appearance'), ...nested ? states('motion') : []],
      outputs: [xI, ...states('appearance', '_next'), motionGate],
    },
    watch: {
      inputs: [features('motion'), xA, xI, ...states('motion')],
      outputs: [...states('motion', '_next'), logits],
    },
    believe: { inputs: [tensor('h_m', hidden.motion)], outputs: [logits] },
  };
};

/**
 * One step of HMS in plain loops: what the training graph and the exported stages must agree with. A shut gate computes
 * nothing here.
 */
import type { HmsModel } from '../types.js';
import { classified, gateLogits, projectSense, restingLstm, shutLstm, stepLstm, type Lstm } from './cells.js';

/** What the model carries from one step to the next. */
export interface StepState {
  readonly audio: Lstm;
  readonly appearance: Lstm;
  readonly motion: Lstm;
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
export const restingStep = ({ shape: { hidden, projected } }: HmsModel): StepState =>
  ({ audio: restingLstm(hidden.audio), appearance: restingLstm(hidden.appearance), motion: restingLstm(hidden.motion), seen: new Float32Array(projected.appearance) });

const leanOf = (model: HmsModel, gate: 'appearance' | 'motion', inputs: readonly Float32Array[]): number => {
  const [shut, open] = gateLogits(model, gate, inputs);
  return open - shut;
};

/**
 * Equations 3 to 7 for one step.
 *
 * @param forced makes a gate stand open or shut, whatever it says; where a sense is missing it stays shut all the same
 */
export const stepHms = (model: HmsModel, state: StepState, features: StepFeatures, forced: Forced = {}): StepResult => {
  const { unseen, projected } = model.shape;
  const xa = projectSense(model, 'audio', features.audio);
  const audio = stepLstm(model, 'audio', [xa], state.audio);

  const leanI = leanOf(model, 'appearance', [xa, state.appearance.h, state.appearance.c]);
  const looked = forced.appearance ?? leanI > 0 ? features.appearance : undefined;
  const computed = looked === undefined ? undefined : projectSense(model, 'appearance', looked);
  const openI = computed !== undefined;
  const appearance = computed === undefined ? shutLstm(model, audio, state.appearance) : stepLstm(model, 'appearance', [xa, computed], state.appearance);
  const xi = computed ?? (unseen === 'last' ? state.seen : new Float32Array(projected.appearance));

  const leanM = leanOf(model, 'motion', [xa, xi, state.motion.h, state.motion.c]);
  const wanted = (forced.motion ?? leanM > 0) && (unseen !== 'nested' || openI);
  const watched = wanted ? features.motion : undefined;
  const openM = watched !== undefined;
  const motion = watched === undefined
    ? shutLstm(model, appearance, state.motion)
    : stepLstm(model, 'motion', [xa, xi, projectSense(model, 'motion', watched)], state.motion);

  const logits = Float32Array.from(classified(model, motion.h));
  return { state: { audio, appearance, motion, seen: xi }, logits, opened: { appearance: openI, motion: openM }, lean: { appearance: leanI, motion: leanM } };
};

/** What is played to HMS in its tests, how it is played, and what training would make of the same. */
import { concatMap, lastValueFrom, of, type Observable } from 'rxjs';
import { restingStep, stepHms, type StepResult } from '../../../src/learn/model/step.js';
import type { FeatureSequence, HmsModel } from '../../../src/learn/types.js';
import { createHms, type Hms, type HmsOptions } from '../../../src/policy/hms/hms.js';
import type { HmsNet } from '../../../src/policy/hms/net.js';
import { through } from '../../../src/policy/through.js';
import type { Belief, Gate, Memory, Step } from '../../../src/policy/types.js';
import { NO_COST, type Evidence, type NoReading, type Reading } from '../../../src/sense/types.js';
import { readProfile } from '../../../src/settings/profile.js';
import { evidence } from '../evidence.js';
import { random } from './models.js';

/** The senses behind gates. */
export type Gated = 'appearance' | 'motion';

/** One segment: what each sense would give; undefined where it has nothing. */
export interface Moment {
  readonly audio: Float32Array | undefined;
  readonly appearance: Float32Array | undefined;
  readonly motion: Float32Array | undefined;
  readonly forced?: { readonly appearance: boolean; readonly motion: boolean };
  readonly era?: number;
}

export const reading = (sense: Reading['sense'], features: Float32Array): Reading =>
  ({ sense, features, scores: Float32Array.of(0.5), labels: ['thing'], background: new Set(), timeUs: 0, cost: { ...NO_COST, gmacs: 0.001 } });
export const answer = (sense: Reading['sense'], features: Float32Array | undefined): Reading | NoReading =>
  features === undefined ? { sense, reason: 'closed', cost: NO_COST } : reading(sense, features);

export const hmsOf = (net: HmsNet, gates: Partial<HmsOptions['gates']> = {}): Hms => {
  const on = { enabled: true, heartbeatS: null, cooldownS: 0 };
  return createHms({ net, gates: { appearance: on, motion: on, ...gates }, settings: readProfile().believe, listen: [] });
};

export const forcedGate = (gate: Gate, open: boolean | undefined): Gate =>
  open === undefined ? gate : { ...gate, decide: () => of({ decision: { open, reason: 'learned' as const } }) };

/** What was asked of the senses, in order. */
export type Asked = (sense: Gated) => void;

/** One step of the product: as `recognise` has it. */
export const step = ({ gates, policy }: Hms, memory: Memory, index: number, moment: Moment, asked: Asked = () => undefined): Promise<Step<Memory, Belief>> => {
  const sense = (name: Gated) => (): Observable<Reading | NoReading> => {
    asked(name);
    return of(answer(name, moment[name]));
  };
  return lastValueFrom(of(evidence(index, answer('audio', moment.audio), moment.era ?? 0)).pipe(
    through(forcedGate(gates.appearance, moment.forced?.appearance), memory, sense('appearance')),
    through(forcedGate(gates.motion, moment.forced?.motion), memory, sense('motion')),
    concatMap((complete: Evidence) => policy.remember(memory, complete)),
  ));
};

export const run = async (hms: Hms, moments: readonly Moment[], start: Memory = hms.policy.rest, first = 0): Promise<Step<Memory, Belief>[]> => {
  const steps: Step<Memory, Belief>[] = [];
  let memory = start;
  for (const [i, moment] of moments.entries()) {
    const done = await step(hms, memory, first + i, moment);
    memory = done.memory;
    steps.push(done);
  }
  return steps;
};

/** A sequence that follows from its seed; every seventh reading is missing. */
export const sequence = (model: HmsModel, seed: number, length: number, forced: boolean): Moment[] => {
  const next = random(seed);
  const { dims } = model.shape;
  const features = (sense: keyof typeof dims): Float32Array | undefined =>
    next() < 1 / 7 ? undefined : Float32Array.from({ length: dims[sense] }, () => 4 * next() - 2);
  return Array.from({ length }, () => {
    const moment = { audio: features('audio'), appearance: features('appearance'), motion: features('motion') };
    const [appearance, wanted] = [next() < 0.5, next() < 0.5];
    // Whoever forces gates keeps to the model's own rule.
    const motion = wanted && (model.shape.unseen !== 'nested' || (appearance && moment.appearance !== undefined));
    return { ...moment, ...(forced ? { forced: { appearance, motion } } : {}) };
  });
};

/** The same by the training's own step, in plain loops. */
export const reference = (model: HmsModel, net: HmsNet, moments: readonly Moment[]): StepResult[] => {
  const results: StepResult[] = [];
  let state = restingStep(model);
  for (const { audio, appearance, motion, forced } of moments) {
    const result = stepHms(model, state, { audio: audio ?? net.silence, appearance, motion }, forced);
    state = result.state;
    results.push(result);
  }
  return results;
};

/** The same as training has it: rows of a batch, zeros where there is no reading. */
export const asSequence = ({ shape: { dims, classes } }: HmsModel, net: HmsNet, moments: readonly Moment[], id: string): FeatureSequence => {
  const rows = (sense: 'audio' | 'appearance' | 'motion'): Float32Array => {
    const values = new Float32Array(moments.length * dims[sense]);
    moments.forEach((moment, t) => { values.set(moment[sense] ?? (sense === 'audio' ? net.silence : []), t * dims[sense]); });
    return values;
  };
  const present = (sense: 'audio' | 'appearance' | 'motion'): Uint8Array => Uint8Array.from(moments, (moment) => (moment[sense] === undefined ? 0 : 1));
  return {
    id, steps: moments.length, targets: Int32Array.from(moments, (_, t) => t % classes),
    features: { audio: rows('audio'), appearance: rows('appearance'), motion: rows('motion') },
    present: { audio: present('audio'), appearance: present('appearance'), motion: present('motion') },
  };
};

export const softmax = (logits: Float32Array): number[] => {
  const powers = Array.from(logits, (logit) => Math.exp(logit - Math.max(...logits)));
  return powers.map((power) => power / powers.reduce((a, b) => a + b));
};

export const opened = ({ output }: Step<Memory, Belief>): { appearance: boolean; motion: boolean } =>
  ({ appearance: output.known!.pattern.includes('i'), motion: output.known!.pattern.includes('m') });

/** Belief and state without what is measured, which no two runs share. */
export const told = (steps: readonly Step<Memory, Belief>[]): string =>
  JSON.stringify(steps.map(({ memory, output }) => ({ memory, known: output.known, gates: output.gates, gmacs: output.cost.gmacs })));

export const valuesOf = (text: string): number[] => [...new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer)];

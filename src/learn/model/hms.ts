/**
 * HMS over a batch: three LSTMs, two gates, equations 3 to 7.
 *
 * Where the paper is silent, this is what we do, here and nowhere else differently:
 * - *What is copied.* A shut appearance gate lets h_A[t] overwrite the first dimensions of h_I[t−1]; a shut motion gate
 *   lets h_I[t] (already updated or overwritten itself) overwrite the first of h_M[t−1]. Cell states are never
 *   copied. What a gate sees at t+1 is the fused state. `copy: none` measures the alternative.
 * - *x_I under a shut appearance gate* (equations 6 and 7): `unseen`, by default zeros. A motion gate may then open where
 *   the appearance gate is shut.
 * - *What could not be seen.* Where a sense has no reading its gate stays shut, whatever it says.
 * - *Gates.* In training the hard sample of a Gumbel-softmax, straight through; in inference the gate is open iff the
 *   logit of open exceeds that of shut, and nothing is sampled.
 * - *The gates' kernels* have two columns as in the paper; only their difference matters, and only that is multiplied.
 *
 * Training computes every sense and masks it, since it has all features before it; at the product's own run a shut
 * gate computes nothing (`policy/hms`). Only the state is multiplied within the loop over time: what inputs give is
 * made before it for all steps at once, and an appearance behind a shut gate is masked after its product, x_I·W
 * being linear.
 */
import { lstmStep, recurrence, recurrentStep, doubled, type Recurrence } from '../tensor/lstm.js';
import { affine, choose, gated, product, project, straightThrough } from '../tensor/ops.js';
import { add, concat2d, mul, slice, split, step, sub, tensor2d, zeros, type Tensor1D, type Tensor2D } from '../tensor/tf.js';
import type { BySense, HmsShape } from '../types.js';
import type { Tensors } from './parameters.js';

/** The columns of a batch, `[T·B, …]`, as tensors. */
export interface HmsInputs {
  readonly features: { readonly audio: Tensor2D; readonly appearance: Tensor2D; readonly motion: Tensor2D };
  /** 1 where a learned gate decides, `[T·B, 1]`. */
  readonly free: { readonly appearance: Tensor2D; readonly motion: Tensor2D };
  /** 1 where a gate is forced open, `[T·B, 1]`. */
  readonly fixed: { readonly appearance: Tensor2D; readonly motion: Tensor2D };
  readonly steps: number;
  readonly sequences: number;
}

/** How gates decide. */
export interface GateRule {
  /** Of the Gumbel-softmax on the way back. */
  readonly temperature: number;
  /** Difference of two Gumbel variables for each gate and step, `[T·B, 1]`; without it nothing is sampled. */
  readonly noise?: { readonly appearance: Tensor2D; readonly motion: Tensor2D } | undefined;
  /** Whether it will be walked back. */
  readonly training: boolean;
  /** What one reading costs, out of what is left in the state; a gate opens only if all of it is left. */
  readonly costs?: BySense | undefined;
}

/** What the model carries from one step to the next, one row a sequence. */
export interface HmsState {
  /** `[h | c]`, `[B, 2h]`. */
  readonly audio: Tensor2D;
  readonly appearance: Tensor2D;
  readonly motion: Tensor2D;
  /** What the last x_I computed gives the motion LSTM `[B, 4hm]` and its gate `[B, 1]`; only with `unseen: last`. */
  readonly seen: { readonly lstm: Tensor2D; readonly gate: Tensor2D };
  /** What is left of the budget `[B, 1]`. */
  readonly left: Tensor2D;
}

/** What a batch came to. */
export interface HmsOutputs {
  /** `[T·B, classes]`. */
  readonly logits: Tensor2D;
  /** 1 where the gate was open, `[T·B, 1]`. */
  readonly opened: { readonly appearance: Tensor2D; readonly motion: Tensor2D };
  readonly state: HmsState;
}

/** The state before the first step: all zeros, and the whole budget. */
export const restingState = ({ hidden }: HmsShape, sequences: number, budget = 0): HmsState => ({
  audio: zeros([sequences, 2 * hidden.audio]),
  appearance: zeros([sequences, 2 * hidden.appearance]),
  motion: zeros([sequences, 2 * hidden.motion]),
  seen: { lstm: zeros([sequences, 4 * hidden.motion]), gate: zeros([sequences, 1]) },
  left: tensor2d(new Float32Array(sequences).fill(budget), [sequences, 1]),
});

/** An LSTM's kernel by the rows of its inputs, the state's last. */
const lstmWeights = (w: Tensors, name: string, widths: readonly number[], hidden: number): { readonly kernels: Tensor2D[]; readonly bias: Tensor1D } => ({
  kernels: split(doubled(w.matrix(`${name}.lstm.kernel`), hidden), [...widths, hidden], 0),
  bias: doubled(w.vector(`${name}.lstm.bias`), hidden),
});

/** A gate's kernel as the difference of its two columns, by the rows of its inputs, `[h | c]` last. */
const gateWeights = (w: Tensors, name: string, widths: readonly number[], hidden: number): { readonly kernels: Tensor2D[]; readonly bias: Tensor1D } => {
  const [shut, open] = split<Tensor1D>(w.vector(`${name}.gate.bias`), 2);
  if (shut === undefined || open === undefined) throw new RangeError('a gate has two logits');
  const openLessShut = tensor2d([[-1], [1]]);
  return { kernels: split(product(w.matrix(`${name}.gate.kernel`), openLessShut), [...widths, 2 * hidden], 0), bias: sub(open, shut) };
};

/** What stands ready before the loop over time. */
interface Prepared {
  readonly audio: Recurrence;
  readonly appearance: Recurrence;
  readonly motion: Recurrence;
  readonly gates: { readonly appearance: Recurrence; readonly motion: Recurrence };
  /** What x_I gives the motion LSTM and its gate, step by step. */
  readonly seen: { readonly lstm: readonly Tensor2D[]; readonly gate: readonly Tensor2D[] };
}

const part = (parts: readonly Tensor2D[], i: number): Tensor2D => {
  const one = parts[i];
  if (one === undefined) throw new RangeError(`there is no part ${i}`);
  return one;
};

const prepare = (w: Tensors, { projected: p, hidden: h }: HmsShape, inputs: HmsInputs, { noise, training }: GateRule): Prepared => {
  const { features, steps } = inputs;
  const of = (sense: 'audio' | 'appearance' | 'motion'): Tensor2D =>
    project(features[sense], w.matrix(`${sense}.project.kernel`), w.vector(`${sense}.project.bias`));
  const [xa, xi, xm] = [of('audio'), of('appearance'), of('motion')];
  const loop = (given: Tensor2D, kernel: Tensor2D): Recurrence => recurrence(given, kernel, steps, training);
  const noisy = (logits: Tensor2D, sampled: Tensor2D | undefined): Tensor2D => sampled === undefined ? logits : add(logits, sampled);

  const a = lstmWeights(w, 'audio', [p.audio], h.audio);
  const i = lstmWeights(w, 'appearance', [p.audio + p.appearance], h.appearance);
  const m = lstmWeights(w, 'motion', [p.audio, p.appearance, p.motion], h.motion);
  const gi = gateWeights(w, 'appearance', [p.audio], h.appearance);
  const gm = gateWeights(w, 'motion', [p.audio, p.appearance], h.motion);
  const motionKernel = concat2d([part(m.kernels, 0), part(m.kernels, 2)], 0);
  return {
    audio: loop(affine(xa, part(a.kernels, 0), a.bias), part(a.kernels, 1)),
    appearance: loop(affine(concat2d([xa, xi], 1), part(i.kernels, 0), i.bias), part(i.kernels, 1)),
    motion: loop(affine(concat2d([xa, xm], 1), motionKernel, m.bias), part(m.kernels, 3)),
    gates: {
      appearance: loop(noisy(affine(xa, part(gi.kernels, 0), gi.bias), noise?.appearance), part(gi.kernels, 1)),
      motion: loop(noisy(affine(xa, part(gm.kernels, 0), gm.bias), noise?.motion), part(gm.kernels, 2)),
    },
    seen: { lstm: stepsOf(product(xi, part(m.kernels, 1)), steps), gate: stepsOf(product(xi, part(gm.kernels, 1)), steps) },
  };
};

const stepsOf = (all: Tensor2D, steps: number): Tensor2D[] => steps === 1 ? [all] : split<Tensor2D>(all, steps, 0);

type Visual = 'appearance' | 'motion';

const columns = (masks: Readonly<Record<Visual, Tensor2D>>, steps: number): Readonly<Record<Visual, Tensor2D[]>> =>
  ({ appearance: stepsOf(masks.appearance, steps), motion: stepsOf(masks.motion, steps) });

/** The gates of a batch: equations 4 and 6, what is forced, what is allowed, and what the budget still bears. */
const deciding = (prepared: Prepared, inputs: HmsInputs, rule: GateRule, budget: Tensor2D) => {
  const masks = { free: columns(inputs.free, inputs.steps), fixed: columns(inputs.fixed, inputs.steps) };
  let left = budget;
  const spend = (open: Tensor2D, cost: number): void => {
    left = sub(left, mul(open, cost));
  };
  return {
    left: () => left,
    listen: (): void => {
      if (rule.costs !== undefined) left = sub(left, rule.costs.audio);
    },
    decide: (sense: Visual, t: number, given: Tensor2D, state: Tensor2D, allowed?: Tensor2D): Tensor2D => {
      const learned = straightThrough(recurrentStep(prepared.gates[sense], t, given, state), rule.temperature);
      const wanted = add<Tensor2D>(mul(learned, part(masks.free[sense], t)), part(masks.fixed[sense], t));
      const open = allowed === undefined ? wanted : mul<Tensor2D>(wanted, allowed);
      const cost = rule.costs?.[sense];
      if (cost === undefined) return open;
      const borne = mul<Tensor2D>(open, sub(1, step(sub(cost, left))));
      spend(borne, cost);
      return borne;
    },
  };
};

/** Equations 3 to 7 for all steps of a batch. */
export const hmsForward = (w: Tensors, shape: HmsShape, inputs: HmsInputs, rule: GateRule, start: HmsState): HmsOutputs => {
  const { hidden: h, unseen, copy = 'first' } = shape;
  const prepared = prepare(w, shape, inputs, rule);
  const gates = deciding(prepared, inputs, rule, start.left);
  const opened: Record<Visual, Tensor2D[]> = { appearance: [], motion: [] };
  const believed: Tensor2D[] = [];
  let { audio, appearance, motion, seen } = start;
  for (let t = 0; t < inputs.steps; t += 1) {
    gates.listen();
    audio = lstmStep(prepared.audio, t, prepared.audio.at(t), audio);
    const gi = gates.decide('appearance', t, prepared.gates.appearance.at(t), appearance);
    const fromAudio = copy === 'first' ? { table: audio, columns: h.audio } : undefined;
    appearance = choose(gi, lstmStep(prepared.appearance, t, prepared.appearance.at(t), appearance), appearance, fromAudio);
    const now = { lstm: part(prepared.seen.lstm, t), gate: part(prepared.seen.gate, t) };
    seen = unseen === 'last'
      ? { lstm: choose(gi, now.lstm, seen.lstm), gate: choose(gi, now.gate, seen.gate) }
      : { lstm: gated(gi, now.lstm), gate: gated(gi, now.gate) };
    const gm = gates.decide('motion', t, add(prepared.gates.motion.at(t), seen.gate), motion, unseen === 'nested' ? gi : undefined);
    const fromAppearance = copy === 'first' ? { table: appearance, columns: h.appearance } : undefined;
    motion = choose(gm, lstmStep(prepared.motion, t, add(prepared.motion.at(t), seen.lstm), motion), motion, fromAppearance);
    opened.appearance.push(gi);
    opened.motion.push(gm);
    believed.push(slice(motion, [0, 0], [inputs.sequences, h.motion]));
  }
  return {
    logits: affine(concat2d(believed, 0), w.matrix('classify.kernel'), w.vector('classify.bias')),
    opened: { appearance: concat2d(opened.appearance, 0), motion: concat2d(opened.motion, 0) },
    state: { audio, appearance, motion, seen, left: gates.left() },
  };
};

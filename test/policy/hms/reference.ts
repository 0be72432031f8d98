/**
 * One step of HMS as the equations have it, in plain double precision: nothing shared, nothing skipped, nothing fast.
 * @see HMS equations 3–7 and §3.2
 */
import type { HmsModel } from '../../../src/learn/types.js';

type Vector = readonly number[];

/** The state of the three LSTMs, and the last picture's projection. */
export interface PlainState {
  readonly h: Readonly<Record<'audio' | 'appearance' | 'motion', Vector>>;
  readonly c: Readonly<Record<'audio' | 'appearance' | 'motion', Vector>>;
  readonly picture: Vector | undefined;
}

/** What a step is given: features, and for each gate whether it is forced, and whether there is anything to sense. */
export interface PlainInput {
  readonly audio: Vector;
  readonly appearance: Vector | undefined;
  readonly motion: Vector | undefined;
  readonly forced?: { readonly appearance: boolean; readonly motion: boolean };
}

/** What a step gives; `margins` say how near the gates were to the other decision. */
export interface PlainOutput {
  readonly state: PlainState;
  readonly logits: Vector;
  readonly opened: { readonly appearance: boolean; readonly motion: boolean };
  readonly margins: readonly number[];
}

const zeros = (length: number): Vector => new Array<number>(length).fill(0);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const plainRest = ({ shape: { hidden } }: HmsModel): PlainState => {
  const state = { audio: zeros(hidden.audio), appearance: zeros(hidden.appearance), motion: zeros(hidden.motion) };
  return { h: state, c: state, picture: undefined };
};

export const plainStep = (model: HmsModel, before: PlainState, input: PlainInput): PlainOutput => {
  const { shape: { projected, hidden, unseen }, weights } = model;
  const values = (name: string): Vector => Array.from(weights[name]!.data);
  const dense = (x: Vector, name: string): Vector => {
    const [kernel, bias] = [values(`${name}.kernel`), values(`${name}.bias`)];
    return bias.map((b, j) => x.reduce((sum, value, i) => sum + value * kernel[i * bias.length + j]!, b));
  };
  const project = (sense: 'audio' | 'appearance' | 'motion', x: Vector): Vector => {
    const [mean, deviation] = [values(`${sense}.mean`), values(`${sense}.deviation`)];
    return dense(x.map((value, i) => (value - mean[i]!) / deviation[i]!), `${sense}.project`).map((value) => Math.max(0, value));
  };
  const lstm = (sense: 'audio' | 'appearance' | 'motion', x: Vector): [Vector, Vector] => {
    const n = hidden[sense];
    const gates = dense([...x, ...before.h[sense]], `${sense}.lstm`);
    const c = before.c[sense].map((old, u) => sigmoid(gates[n + u]!) * old + sigmoid(gates[u]!) * Math.tanh(gates[2 * n + u]!));
    return [c.map((value, u) => sigmoid(gates[3 * n + u]!) * Math.tanh(value)), c];
  };
  const over = (below: Vector, above: Vector): Vector => [...below, ...above.slice(below.length)];

  const xA = project('audio', input.audio);
  const [hA, cA] = lstm('audio', xA);
  const gateI = dense([...xA, ...before.h.appearance, ...before.c.appearance], 'appearance.gate');
  const openI = (input.forced?.appearance ?? gateI[1]! > gateI[0]!) && input.appearance !== undefined;
  const xI = openI ? project('appearance', input.appearance) : unseen === 'last' ? before.picture ?? zeros(projected.appearance) : zeros(projected.appearance);
  const [hI, cI] = openI ? lstm('appearance', [...xA, ...xI]) : [over(hA, before.h.appearance), before.c.appearance];
  const gateM = dense([...xA, ...xI, ...before.h.motion, ...before.c.motion], 'motion.gate');
  const mayM = (unseen !== 'nested' || openI) && input.motion !== undefined;
  const openM = mayM && (input.forced?.motion ?? gateM[1]! > gateM[0]!);
  const [hM, cM] = openM ? lstm('motion', [...xA, ...xI, ...project('motion', input.motion)]) : [over(hI, before.h.motion), before.c.motion];
  return {
    state: { h: { audio: hA, appearance: hI, motion: hM }, c: { audio: cA, appearance: cI, motion: cM }, picture: openI ? xI : before.picture },
    logits: dense(hM, 'classify'),
    opened: { appearance: openI, motion: openM },
    margins: [gateI, gateM].map((gate) => Math.abs(gate[1]! - gate[0]!)),
  };
};

import type { SenseName } from '../../inference/manifest.js';
import { reshape, split, type Tensor, type Tensor1D, type Tensor2D } from '../tensor/tf.js';
import type { BySense, HmsShape, Weight, Weights } from '../types.js';

/** The senses from the cheapest to the dearest, in which order everything is concatenated. */
export const SENSES = ['audio', 'appearance', 'motion'] as const satisfies readonly SenseName[];

/** A trained tensor's name and dimensions, as in {@link Weights}. */
export interface Parameter {
  readonly name: string;
  readonly dims: readonly [number] | readonly [number, number];
}

/** What an early-fusion baseline is made of. */
export interface FusionShape {
  readonly senses: readonly SenseName[];
  readonly dims: BySense;
  readonly projected: BySense;
  readonly hidden: number;
  readonly classes: number;
}

/** How many numbers a tensor of these dimensions holds. */
export const sizeOf = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

const projection = (sense: SenseName, { dims, projected }: { readonly dims: BySense; readonly projected: BySense }): Parameter[] => [
  { name: `${sense}.project.kernel`, dims: [dims[sense], projected[sense]] },
  { name: `${sense}.project.bias`, dims: [projected[sense]] },
];

const lstm = (name: string, inputs: number, hidden: number): Parameter[] => [
  { name: `${name}.kernel`, dims: [inputs + hidden, 4 * hidden] },
  { name: `${name}.bias`, dims: [4 * hidden] },
];

const classify = (hidden: number, classes: number): Parameter[] => [
  { name: 'classify.kernel', dims: [hidden, classes] },
  { name: 'classify.bias', dims: [classes] },
];

/** What training changes in an HMS model, in the order in which it lies in one flat vector. */
export const hmsParameters = (shape: HmsShape): Parameter[] => {
  const { projected: p, hidden: h, classes } = shape;
  return [
    ...SENSES.flatMap((sense) => projection(sense, shape)),
    ...lstm('audio.lstm', p.audio, h.audio),
    { name: 'appearance.gate.kernel', dims: [p.audio + 2 * h.appearance, 2] },
    { name: 'appearance.gate.bias', dims: [2] },
    ...lstm('appearance.lstm', p.audio + p.appearance, h.appearance),
    { name: 'motion.gate.kernel', dims: [p.audio + p.appearance + 2 * h.motion, 2] },
    { name: 'motion.gate.bias', dims: [2] },
    ...lstm('motion.lstm', p.audio + p.appearance + p.motion, h.motion),
    ...classify(h.motion, classes),
  ];
};

/** What training changes in a fusion baseline. */
export const fusionParameters = (shape: FusionShape): Parameter[] => [
  ...shape.senses.flatMap((sense) => projection(sense, shape)),
  ...lstm('lstm', shape.senses.reduce((sum, sense) => sum + shape.projected[sense], 0), shape.hidden),
  ...classify(shape.hidden, shape.classes),
];

/** How long the flat vector of these parameters is. */
export const flatSize = (parameters: readonly Parameter[]): number => parameters.reduce((sum, { dims }) => sum + sizeOf(dims), 0);

/** The tensors that lie in one flat vector, by name. */
export interface Tensors {
  /** A kernel. */
  matrix(name: string): Tensor2D;
  /** A bias. */
  vector(name: string): Tensor1D;
}

/** Cuts a flat vector `[P]` into its tensors, so that one gradient, one clipping and one Adam serve all of them. */
export const cut = (flat: Tensor1D, parameters: readonly Parameter[]): Tensors => {
  const pieces = split<Tensor1D>(flat, parameters.map(({ dims }) => sizeOf(dims)), 0);
  const byName = new Map(parameters.map(({ name, dims }, i): [string, Tensor] => [name, reshape(pieces[i] ?? flat, [...dims])]));
  const named = (name: string): Tensor => {
    const tensor = byName.get(name);
    if (tensor === undefined) throw new RangeError(`no parameter is called ${name}`);
    return tensor;
  };
  return { matrix: (name) => named(name) as Tensor2D, vector: (name) => named(name) as Tensor1D };
};

/** The same as plain weights, each with its own copy of the numbers. */
export const toWeights = (flat: Float32Array, parameters: readonly Parameter[]): Weights => {
  const weights: Record<string, Weight> = {};
  let at = 0;
  for (const { name, dims } of parameters) {
    weights[name] = { data: flat.slice(at, at + sizeOf(dims)), dims };
    at += sizeOf(dims);
  }
  return weights;
};

/** One weight by name. @throws RangeError when the model lacks it */
export const weightOf = (weights: Weights, name: string): Weight => {
  const weight = weights[name];
  if (weight === undefined) throw new RangeError(`the model has no weight ${name}`);
  return weight;
};

/** Plain weights as one flat vector, in the order of the parameters. */
export const toFlat = (weights: Weights, parameters: readonly Parameter[]): Float32Array => {
  const flat = new Float32Array(flatSize(parameters));
  let at = 0;
  for (const { name, dims } of parameters) {
    flat.set(weightOf(weights, name).data, at);
    at += sizeOf(dims);
  }
  return flat;
};

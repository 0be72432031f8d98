import { windowPlaces } from './onnx-windows.js';
import { DATA_TYPE } from './onnx-schema.js';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from './onnx-schema.js';

/**
 * Shape inference over the operators that classifiers use, so that costs can be counted from the graph.
 * Each rule is that operator's own, as https://onnx.ai/onnx/operators/ states it. Free dimensions (the
 * batch) count as 1.
 */

/** Dimensions of a value. */
export type Dims = readonly number[];

/** What is known of a graph's values. */
export interface Shapes {
  /** Dimensions of a value; undefined when an operator before it is not known. */
  readonly of: (name: string | undefined) => Dims | undefined;
  /** Names of operators whose rule is not known, once each. */
  readonly unknown: readonly string[];
}

/** What a rule may look at. */
export interface RuleInput {
  readonly node: OnnxNode;
  /** Dimensions of the i-th input, if that is present. */
  readonly dims: (i: number) => Dims | undefined;
  /** Integers of the i-th input, if that is a constant. */
  readonly integers: (i: number) => readonly number[] | undefined;
}

type Rule = (input: RuleInput) => readonly (Dims | undefined)[];

/** The value of a whole-number attribute, or `absent` when the node does not have it. */
export const intAttribute = (node: OnnxNode, name: string, absent: number): number => {
  const attribute = node.attribute?.find((a) => a.name === name);
  // Some writers leave out a value of 0 and write only the attribute's name.
  return attribute === undefined ? absent : attribute.i ?? 0;
};

/** A list attribute; undefined when it is left out. */
export const intsAttribute = (node: OnnxNode, name: string): readonly number[] | undefined =>
  node.attribute?.find((a) => a.name === name)?.ints;

const product = (dims: Dims): number => dims.reduce((a, b) => a * b, 1);
const wrap = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
const axesOf = ({ node, integers }: RuleInput, at: number): readonly number[] | undefined => intsAttribute(node, 'axes') ?? integers(at);

/** Whole numbers of a constant tensor: shapes, axes, split sizes. */
const integersOf = (tensor: OnnxTensor): readonly number[] => {
  if (tensor.int64Data !== undefined) return tensor.int64Data;
  if (tensor.int32Data !== undefined) return tensor.int32Data;
  const raw = Uint8Array.from(tensor.rawData ?? []);
  if (tensor.dataType === DATA_TYPE.int64) return Array.from(new BigInt64Array(raw.buffer), Number);
  return tensor.dataType === DATA_TYPE.int32 ? Array.from(new Int32Array(raw.buffer)) : [];
};

const same: Rule = ({ dims, node }) => (node.output ?? []).map(() => dims(0));

/** Multidirectional broadcasting. */
const broadcast = (a: Dims, b: Dims): Dims => {
  const rank = Math.max(a.length, b.length);
  const at = (dims: Dims, i: number): number => dims[i - rank + dims.length] ?? 1;
  return Array.from({ length: rank }, (_, i) => (at(a, i) === 1 ? at(b, i) : at(a, i)));
};

const elementwise: Rule = ({ node, dims }) => {
  const all = (node.input ?? []).map((_, i) => dims(i));
  return [all.every((d) => d !== undefined) ? all.reduce(broadcast) : undefined];
};

const conv: Rule = ({ node, dims }) => {
  const x = dims(0);
  const w = dims(1);
  if (x === undefined || w === undefined) return [undefined];
  return [[x[0] ?? 1, w[0] ?? 1, ...windowPlaces(node, x.slice(2), w.slice(2))]];
};

const pool: Rule = ({ node, dims }) => {
  const x = dims(0);
  return [x === undefined ? undefined : [...x.slice(0, 2), ...windowPlaces(node, x.slice(2), intsAttribute(node, 'kernel_shape') ?? [])]];
};

const globalPool: Rule = ({ dims }) => [dims(0)?.map((d, i) => (i < 2 ? d : 1))];

const reduce: Rule = (input) => {
  const x = input.dims(0);
  const axes = axesOf(input, 1)?.map((axis) => wrap(axis, x?.length ?? 0));
  const keep = intAttribute(input.node, 'keepdims', 1) === 1;
  const gone = (i: number): boolean => axes === undefined || axes.length === 0 || axes.includes(i);
  return [x?.flatMap((d, i) => (gone(i) ? (keep ? [1] : []) : [d]))];
};

const flatten: Rule = ({ node, dims }) => {
  const x = dims(0);
  const axis = wrap(intAttribute(node, 'axis', 1), x?.length ?? 0);
  return [x === undefined ? undefined : [product(x.slice(0, axis)), product(x.slice(axis))]];
};

const reshape: Rule = ({ node, dims, integers }) => {
  const x = dims(0);
  const wanted = integers(1);
  if (x === undefined || wanted === undefined) return [undefined];
  const zeroIsZero = intAttribute(node, 'allowzero', 0) === 1;
  const known = wanted.map((d, i) => (d === 0 && !zeroIsZero ? x[i] ?? 1 : d));
  const rest = product(x) / Math.max(1, product(known.filter((d) => d !== -1)));
  return [known.map((d) => (d === -1 ? rest : d))];
};

const transpose: Rule = ({ node, dims }) => {
  const x = dims(0);
  return [(intsAttribute(node, 'perm') ?? x?.map((_, i) => i).reverse())?.map((axis) => x?.[axis] ?? 1)];
};

const gemm: Rule = ({ node, dims }) => {
  const [rows, columns] = [dims(0), dims(1)];
  if (rows === undefined || columns === undefined) return [undefined];
  return [[rows[intAttribute(node, 'transA', 0)] ?? 1, columns[1 - intAttribute(node, 'transB', 0)] ?? 1]];
};

const matMul: Rule = ({ dims }) => {
  const [a, b] = [dims(0), dims(1)];
  if (a === undefined || b === undefined) return [undefined];
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  return [[...batch, ...(a.length > 1 ? a.slice(-2, -1) : []), ...(b.length > 1 ? b.slice(-1) : [])]];
};

const concat: Rule = ({ node, dims }) => {
  const parts = (node.input ?? []).map((_, i) => dims(i));
  const [first] = parts;
  const axis = wrap(intAttribute(node, 'axis', 0), first?.length ?? 0);
  if (!parts.every((part) => part !== undefined)) return [undefined];
  return [first?.map((d, i) => (i === axis ? parts.reduce((sum, part) => sum + (part[i] ?? 0), 0) : d))];
};

const pad: Rule = ({ node, dims, integers }) => {
  const x = dims(0);
  const pads = intsAttribute(node, 'pads') ?? integers(1);
  const axes = integers(3)?.map((axis) => wrap(axis, x?.length ?? 0)) ?? x?.map((_, i) => i) ?? [];
  if (x === undefined || pads === undefined) return [undefined];
  const added = (i: number): number => (axes.includes(i) ? (pads[axes.indexOf(i)] ?? 0) + (pads[axes.length + axes.indexOf(i)] ?? 0) : 0);
  return [x.map((d, i) => d + added(i))];
};

const squeeze: Rule = (input) => {
  const x = input.dims(0);
  const axes = axesOf(input, 1)?.map((axis) => wrap(axis, x?.length ?? 0));
  return [x?.filter((d, i) => (axes === undefined ? d !== 1 : !axes.includes(i)))];
};

const unsqueeze: Rule = (input) => {
  const x = input.dims(0);
  const axes = axesOf(input, 1);
  if (x === undefined || axes === undefined) return [undefined];
  const rank = x.length + axes.length;
  const added = axes.map((axis) => wrap(axis, rank));
  const rest = [...x];
  return [Array.from({ length: rank }, (_, i) => (added.includes(i) ? 1 : rest.shift() ?? 1))];
};

const slice: Rule = ({ node, dims, integers }) => {
  const x = dims(0);
  const starts = intsAttribute(node, 'starts') ?? integers(1);
  const ends = intsAttribute(node, 'ends') ?? integers(2);
  if (x === undefined || starts === undefined || ends === undefined) return [undefined];
  const axes = (intsAttribute(node, 'axes') ?? integers(3) ?? starts.map((_, i) => i)).map((axis) => wrap(axis, x.length));
  const steps = integers(4);
  const length = (d: number, k: number): number => {
    const step = steps?.[k] ?? 1;
    const within = (n: number, low: number, high: number): number => Math.min(Math.max(n < 0 ? n + d : n, low), high);
    const from = within(starts[k] ?? 0, 0, step > 0 ? d : d - 1);
    const to = within(ends[k] ?? d, step > 0 ? 0 : -1, d);
    return Math.max(0, Math.ceil((to - from) / step));
  };
  return [x.map((d, i) => (axes.includes(i) ? length(d, axes.indexOf(i)) : d))];
};

const split: Rule = ({ node, dims, integers }) => {
  const x = dims(0);
  const outputs = node.output ?? [];
  const axis = wrap(intAttribute(node, 'axis', 0), x?.length ?? 0);
  const whole = x?.[axis] ?? 0;
  const each = Math.ceil(whole / Math.max(1, outputs.length));
  const sizes = intsAttribute(node, 'split') ?? integers(1) ?? outputs.map((_, k) => Math.min(each, whole - k * each));
  return outputs.map((_, k) => x?.map((d, i) => (i === axis ? sizes[k] ?? 0 : d)));
};

const gather: Rule = ({ node, dims }) => {
  const [x, indices] = [dims(0), dims(1)];
  const axis = wrap(intAttribute(node, 'axis', 0), x?.length ?? 0);
  return [x === undefined || indices === undefined ? undefined : [...x.slice(0, axis), ...indices, ...x.slice(axis + 1)]];
};

/** LSTM, GRU, RNN with layout 0: X `[steps, batch, in]`; Y `[steps, directions, batch, hidden]`; last states. */
const recurrent: Rule = ({ node, dims }) => {
  const x = dims(0);
  const [directions = 1] = dims(1) ?? [];
  const hidden = intAttribute(node, 'hidden_size', dims(2)?.[2] ?? 1);
  const [steps = 1, batch = 1] = x ?? [];
  const last = [directions, batch, hidden];
  return x === undefined ? [undefined] : [[steps, directions, batch, hidden], last, last];
};

const RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(['Relu', 'Clip', 'Sigmoid', 'Tanh', 'HardSwish', 'HardSigmoid', 'Identity', 'Softmax', 'LogSoftmax', 'Erf', 'Sqrt', 'Exp',
    'Log', 'Neg', 'Abs', 'Reciprocal', 'LeakyRelu', 'PRelu', 'Elu', 'Gelu', 'Softplus', 'Dropout', 'Cast', 'BatchNormalization',
    'InstanceNormalization', 'LayerNormalization', 'QuantizeLinear', 'DequantizeLinear'].map((name) => [name, same])),
  ...Object.fromEntries(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max'].map((name) => [name, elementwise])),
  ...Object.fromEntries(['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin'].map((name) => [name, reduce])),
  ...Object.fromEntries(['LSTM', 'GRU', 'RNN'].map((name) => [name, recurrent])),
  Conv: conv, MaxPool: pool, AveragePool: pool, GlobalAveragePool: globalPool, GlobalMaxPool: globalPool, Flatten: flatten,
  Reshape: reshape, Transpose: transpose, Gemm: gemm, MatMul: matMul, Concat: concat, Pad: pad, Squeeze: squeeze,
  Unsqueeze: unsqueeze, Slice: slice, Split: split, Gather: gather,
};

/** Dimensions a file declares for a value, free ones as 1; undefined when it declares none. */
export const declaredDims = ({ type }: OnnxValueInfo): Dims | undefined => type?.tensorType?.shape?.dim?.map((d) => d.dimValue ?? 1);

const constantsOf = (graph: OnnxGraph): ReadonlyMap<string, OnnxTensor> => {
  const constants = new Map<string, OnnxTensor>();
  for (const tensor of graph.initializer ?? []) constants.set(tensor.name ?? '', tensor);
  for (const { opType, output, attribute } of graph.node ?? []) {
    const [name] = output ?? [];
    const [value] = attribute ?? [];
    if (opType !== 'Constant' || name === undefined || value === undefined) continue;
    const ints = value.ints ?? (value.i === undefined ? undefined : [value.i]);
    constants.set(name, value.t ?? { dims: value.ints === undefined ? [] : [value.ints.length], dataType: DATA_TYPE.int64, ...(ints === undefined ? {} : { int64Data: ints }) });
  }
  return constants;
};

/** Infers the dimensions of every value of a model that it can. */
export const inferShapes = (model: OnnxModel): Shapes => {
  const graph = model.graph ?? {};
  const constants = constantsOf(graph);
  const shapes = new Map<string, Dims | undefined>();
  const unknown = new Set<string>();
  for (const [name, { dims = [] }] of constants) shapes.set(name, dims);
  for (const value of [...(graph.input ?? []), ...(graph.valueInfo ?? []), ...(graph.output ?? [])]) {
    if (!shapes.has(value.name)) shapes.set(value.name, declaredDims(value));
  }
  for (const node of graph.node ?? []) {
    if (node.opType === 'Constant') continue;
    const rule = RULES[node.opType];
    if (rule === undefined) {
      unknown.add(node.opType);
      continue;
    }
    const name = (i: number): string => node.input?.[i] ?? '';
    const found = rule({
      node,
      dims: (i) => shapes.get(name(i)),
      integers: (i) => {
        const tensor = constants.get(name(i));
        return tensor === undefined ? undefined : integersOf(tensor);
      },
    });
    found.forEach((dims, i) => {
      if (dims !== undefined) shapes.set(node.output?.[i] ?? '', dims);
    });
  }
  return { of: (name = '') => shapes.get(name), unknown: [...unknown] };
};

import { Fault } from '../faults.js';
import { EVERYTHING, representable } from './quantised.js';
import type { Range } from './quantised.js';
import type { Lowering } from './tflite-lowering.js';
import type { TfliteOperator } from './tflite-model.js';

/**
 * How each TensorFlow Lite operator is written in ONNX. Option field ids are those of the schema's
 * `Conv2DOptions`, `Pool2DOptions` and so on; enum values likewise.
 */

/** Writes one operator; reads its inputs and puts its output through the lowering. */
export type LowerOperator = (to: Lowering, operator: TfliteOperator) => void;

const refuse = (operator: TfliteOperator, why: string): Fault =>
  new Fault('inference', 'model-unsupported', `Operator ${operator.index} (${operator.name}) cannot be converted: ${why}.`,
    { remedy: 'Export the model to ONNX with its own tools and import that file.' });

/** `Padding.SAME`. */
const SAME = 0;
const NO_PADDING = [0, 0] as const;

/**
 * Zeros before and after one axis so that the output has ceil(size / stride) places (`SAME`). When their
 * number is odd the extra one goes after: with stride 2 on an even size the padding is lopsided.
 *
 * @param size places of the axis; @param filter taps; @param stride and dilation in places
 */
export const samePadding = (size: number, filter: number, stride: number, dilation: number): readonly [number, number] => {
  const reach = (filter - 1) * dilation + 1;
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  const before = Math.floor(total / 2);
  return [before, total - before];
};

interface Geometry {
  readonly padding: number;
  readonly filter: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

/** ONNX attributes of a window that slides over height and width. */
const sliding = (operator: TfliteOperator, dims: readonly number[], { padding, filter, strides, dilations }: Geometry): Record<string, readonly number[]> => {
  if ([...filter, ...strides, ...dilations].some((n) => n < 1)) throw refuse(operator, 'a filter, stride or dilation is not positive');
  const [, height = 1, width = 1] = dims;
  const [top, bottom] = padding === SAME ? samePadding(height, filter[0], strides[0], dilations[0]) : NO_PADDING;
  const [left, right] = padding === SAME ? samePadding(width, filter[1], strides[1], dilations[1]) : NO_PADDING;
  return { kernel_shape: filter, strides, pads: [top, left, bottom, right] };
};

/** `ActivationFunctionType`: NONE, RELU, RELU_N1_TO_1, RELU6, as bounds. */
const ACTIVATIONS: readonly Range[] = [EVERYTHING, { low: 0, high: Infinity }, { low: -1, high: 1 }, { low: 0, high: 6 }];

const activation = (operator: TfliteOperator, field: number): Range => {
  const code = operator.options?.int8(field) ?? 0;
  const range = ACTIVATIONS[code];
  if (range === undefined) throw refuse(operator, `its fused activation (number ${code}) is not a clipping`);
  return range;
};

/** The optional third input: −1 or left out when there is no bias. */
const bias = (to: Lowering, { inputs }: TfliteOperator): string[] => {
  const index = inputs[2] ?? -1;
  return index < 0 ? [] : [to.weights(index, to.tensor(index).dims.map((_, i) => i))];
};

const convolution = (to: Lowering, operator: TfliteOperator, depthwise: boolean): void => {
  const { options, inputs } = operator;
  const { dims } = to.tensor(inputs[0]);
  const filter = to.tensor(inputs[1]).dims;
  if (filter.length !== 4 || dims.length !== 4) throw refuse(operator, 'its input and its filter should have 4 dimensions');
  const channels = dims[3] ?? 1;
  const grouped = depthwise ? channels : channels / (filter[3] ?? 1);
  if (!Number.isInteger(grouped)) throw refuse(operator, 'its filter does not divide its channels');
  const late = depthwise ? 1 : 0; // DepthwiseConv2DOptions has the depth multiplier before the activation
  const dilations = [options?.int32(5 + late, 1) ?? 1, options?.int32(4 + late, 1) ?? 1] as const;
  const geometry = {
    padding: options?.int8(0) ?? SAME, filter: [filter[1] ?? 1, filter[2] ?? 1], dilations,
    strides: [options?.int32(2) ?? 1, options?.int32(1) ?? 1],
  } as const;
  // [out, h, w, in] and, for depthwise, [1, h, w, out] both become [out, in, h, w].
  const weights = to.weights(inputs[1], depthwise ? [3, 0, 1, 2] : [0, 3, 1, 2]);
  const value = to.graph.node('Conv', [to.channelsFirst(inputs[0]), weights, ...bias(to, operator)],
    { ...sliding(operator, dims, geometry), dilations, group: grouped });
  to.put(operator, value, 'channels-first', activation(operator, 3 + late));
};

const averagePool: LowerOperator = (to, operator) => {
  const { options, inputs } = operator;
  const { dims } = to.tensor(inputs[0]);
  const filter = [options?.int32(4) ?? 1, options?.int32(3) ?? 1] as const;
  const value = to.channelsFirst(inputs[0]);
  const whole = filter[0] === dims[1] && filter[1] === dims[2] && options?.int8(0) !== SAME;
  const geometry = { padding: options?.int8(0) ?? SAME, filter, dilations: [1, 1], strides: [options?.int32(2) ?? 1, options?.int32(1) ?? 1] } as const;
  // ONNX leaves padding out of the average by default, as TensorFlow Lite does.
  const pooled = whole ? to.graph.node('GlobalAveragePool', [value]) : to.graph.node('AveragePool', [value], sliding(operator, dims, geometry));
  to.put(operator, pooled, 'channels-first', activation(operator, 5));
};

const add: LowerOperator = (to, operator) => {
  const [a, b] = operator.inputs;
  const alike = to.tensor(a).dims.join() === to.tensor(b).dims.join();
  const layout = alike && to.isChannelsFirst(a) && to.isChannelsFirst(b) ? 'channels-first' : 'plain';
  const side = layout === 'plain' ? to.plain : to.channelsFirst;
  to.put(operator, to.graph.node('Add', [side(a), side(b)]), layout, activation(operator, 0));
};

/** New dimensions for a value whose elements keep their order. */
const reshaped = (to: Lowering, value: string, dims: readonly number[]): string =>
  to.graph.node('Reshape', [value, to.graph.constant(BigInt64Array.from(dims, BigInt), [dims.length])]);

/** The value of a tensor in its own order of elements, without a transposition where the layouts lie alike. */
const flat = (to: Lowering, index: number | undefined): string => {
  const [, height = 1, width = 1, channels = 1] = to.tensor(index).dims;
  return to.isChannelsFirst(index) && (channels === 1 || height * width === 1) ? to.channelsFirst(index) : to.plain(index);
};

const mean: LowerOperator = (to, operator) => {
  const [input] = operator.inputs;
  const { dims } = to.tensor(input);
  const axes = [...new Set(to.integers(operator.inputs[1]).map((axis) => (axis < 0 ? axis + dims.length : axis)))].sort();
  const out = to.tensor(operator.outputs[0]).dims;
  const keep = out.length === dims.length;
  if (dims.length === 4 && axes.join() === '1,2') {
    const pooled = to.graph.node('GlobalAveragePool', [to.channelsFirst(input)]);
    if (keep) to.put(operator, pooled, 'channels-first');
    else to.put(operator, reshaped(to, pooled, out), 'plain');
    return;
  }
  to.put(operator, to.graph.node('ReduceMean', [to.plain(input)], { axes, keepdims: keep ? 1 : 0 }), 'plain');
};

const fullyConnected: LowerOperator = (to, operator) => {
  const { options, inputs } = operator;
  if ((options?.int8(1) ?? 0) !== 0) throw refuse(operator, 'its weights are shuffled');
  const [units = 1, width = 1] = to.tensor(inputs[1]).dims;
  const count = to.tensor(inputs[0]).dims.reduce((a, b) => a * b, 1);
  if (count % width !== 0) throw refuse(operator, 'its weights do not fit its input');
  const rows = count / width;
  const value = to.graph.node('Gemm', [reshaped(to, flat(to, inputs[0]), [rows, width]), to.weights(inputs[1], [0, 1]), ...bias(to, operator)], { transB: 1 });
  const { dims } = to.tensor(operator.outputs[0]);
  to.put(operator, dims.join() === [rows, units].join() ? value : reshaped(to, value, dims), 'plain', activation(operator, 0));
};

const softmax: LowerOperator = (to, operator) => {
  const beta = operator.options?.float32(0) ?? 1;
  const value = to.plain(operator.inputs[0]);
  const scaled = beta === 1 ? value : to.graph.node('Mul', [value, to.graph.constant(Float32Array.of(beta), [])]);
  to.putExact(operator, to.graph.node('Softmax', [scaled], { axis: -1 }), 'plain');
};

/** QUANTIZE: the value stays, bounded by what its new type can hold. */
const quantise: LowerOperator = (to, operator) => {
  const [input] = operator.inputs;
  const before = representable(to.tensor(input));
  const after = representable(to.tensor(operator.outputs[0]));
  const value = to.plain(input);
  if (before.low >= after.low && before.high <= after.high) to.put(operator, value, 'plain');
  else to.put(operator, value, 'plain', after);
};

/** SPLIT into one part is the identity; exporters leave such operators behind. */
const split: LowerOperator = (to, operator) => {
  if (operator.outputs.length !== 1) throw refuse(operator, `it splits into ${operator.outputs.length} parts`);
  to.putExact(operator, to.plain(operator.inputs[1]), 'plain');
};

/** Every operator we convert, by its name in the schema. */
export const OPERATORS: Readonly<Record<string, LowerOperator>> = {
  ADD: add,
  AVERAGE_POOL_2D: averagePool,
  CONV_2D: (to, operator) => { convolution(to, operator, false); },
  DEPTHWISE_CONV_2D: (to, operator) => { convolution(to, operator, true); },
  DEQUANTIZE: (to, operator) => { to.putExact(operator, to.plain(operator.inputs[0]), 'plain'); },
  FULLY_CONNECTED: fullyConnected,
  // A quantised sigmoid or softmax lies in 0…1 by nature; its type would only round it.
  LOGISTIC: (to, operator) => { to.putExact(operator, to.graph.node('Sigmoid', [to.plain(operator.inputs[0])]), 'plain'); },
  MEAN: mean,
  QUANTIZE: quantise,
  RESHAPE: (to, operator) => {
    const value = reshaped(to, flat(to, operator.inputs[0]), to.tensor(operator.outputs[0]).dims);
    to.put(operator, value, 'plain', EVERYTHING);
  },
  SOFTMAX: softmax,
  SPLIT: split,
};

/** Writes one operator, or refuses it by name and place. */
export const lowerOperator: LowerOperator = (to, operator) => {
  const lower = OPERATORS[operator.name];
  if (lower === undefined) throw refuse(operator, `Hearken converts only ${Object.keys(OPERATORS).join(', ')}`);
  lower(to, operator);
};

import { Fault } from '../faults.js';
import type { OnnxBuilder } from './onnx-builder.js';
import { EVERYTHING, dequantise, intersection, permute, representable, storedValues } from './quantised.js';
import type { Range } from './quantised.js';
import type { Quantisation, TfliteModel, TfliteOperator, TfliteTensor } from './tflite-model.js';

/**
 * The bookkeeping of the conversion: which ONNX value holds which tensor, in which layout. TensorFlow
 * Lite keeps pictures as `[batch, height, width, channels]`; ONNX convolutions want the channels before
 * height and width. A value is moved from one layout to the other once, and only when somebody asks.
 */
export interface Lowering {
  readonly graph: OnnxBuilder;
  /** The tensor at an index; a Fault when the operator lacks it. */
  readonly tensor: (index: number | undefined) => TfliteTensor;
  /** A tensor with its own dimensions: name of the ONNX value. */
  readonly plain: (index: number | undefined) => string;
  /** A 4-d tensor as `[batch, channels, height, width]`. */
  readonly channelsFirst: (index: number | undefined) => string;
  /** Whether the channels-first form exists already, so that asking for it costs nothing. */
  readonly isChannelsFirst: (index: number | undefined) => boolean;
  /** A constant with its axes moved (axis i is the stored axis `order[i]`). */
  readonly weights: (index: number | undefined, order: readonly number[]) => string;
  /** The values of a small integer constant: axes, shapes. */
  readonly integers: (index: number | undefined) => readonly number[];
  /** Says that `value` holds the operator's first output, after clipping to `range` and to what the output can hold. */
  readonly put: (operator: TfliteOperator, value: string, layout: Layout, range?: Range) => void;
  /** Says the same, but nothing is clipped or rounded: for outputs whose range is theirs by nature. */
  readonly putExact: (operator: TfliteOperator, value: string, layout: Layout) => void;
  /** Says that `value` holds a tensor that no operator makes: an input of the graph. */
  readonly declare: (index: number, value: string) => void;
}

/** Order of the axes: the tensor's own, or batch, channels, height, width. */
export type Layout = 'plain' | 'channels-first';

/** How the net computes. With `float` all arithmetic is in float32; with `qdq` quantise/dequantise pairs stay, so that ONNX Runtime may use integer kernels. */
export type Arithmetic = 'float' | 'qdq';

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_PLAIN = [0, 2, 3, 1];

const damaged = (what: string): Fault =>
  new Fault('inference', 'model-unreadable', `The model is damaged: ${what}.`, { remedy: 'Fetch or export it again.' });

const unsupported = (what: string): Fault =>
  new Fault('inference', 'model-unsupported', `The model cannot be converted: ${what}.`, { remedy: 'Export it to ONNX with its own tools and import that file.' });

/** Integers as stored. */
type Stored = Int32Array | Uint8Array | Int8Array;

/** Dimensions with their axes moved. */
export const reorder = (dims: readonly number[], order: readonly number[]): number[] => order.map((axis) => dims[axis] ?? 1);

/** Writes constants of the model into the graph. */
type WriteConstant = (of: TfliteTensor, order: readonly number[]) => string;

/** The same integers, unsigned, and what their zero point becomes. */
const unsigned = (stored: Int8Array): Uint8Array => Uint8Array.from(stored, (v) => v + 128);

/**
 * Stored integers as a constant with DequantizeLinear after it. All 8-bit numbers are written unsigned: with
 * signed weights ONNX Runtime's AVX2 kernel adds pairs of products in 16 bits, which saturate, and the
 * answers of YAMNet come out wrong (its features by 40 %).
 */
const dequantisedConstant = (graph: OnnxBuilder, stored: Stored, dims: readonly number[], { scales, zeroPoints, axis }: Quantisation): string => {
  const shape = scales.length === 1 ? [] : [scales.length];
  const signed = stored instanceof Int8Array;
  const inputs = [graph.constant(signed ? unsigned(stored) : stored, dims), graph.constant(Float32Array.from(scales), shape)];
  const zeros = Uint8Array.from(zeroPoints, (zero) => (signed ? zero + 128 : zero));
  // A bias (int32) has no zero point; the operator does not allow one.
  return graph.node('DequantizeLinear', stored instanceof Int32Array ? inputs : [...inputs, graph.constant(zeros, shape)],
    scales.length === 1 ? {} : { axis });
};

const constantWriter = (graph: OnnxBuilder, arithmetic: Arithmetic): WriteConstant => (of, order) => {
  // The data first: what claims a size and holds nothing may claim any size.
  const stored = of.data === undefined ? undefined : storedValues(of.type, of.data);
  if (stored === undefined || stored instanceof BigInt64Array) throw unsupported(`tensor ${of.name} should be a constant of at most 32 bits`);
  const moved = permute(stored, of.dims, order);
  const dims = reorder(of.dims, order);
  if (moved instanceof Float32Array) return graph.constant(moved, dims);
  if (of.quantisation === undefined) throw damaged(`the weights ${of.name} have no scale`);
  const quantisation = { ...of.quantisation, axis: order.indexOf(of.quantisation.axis) };
  return arithmetic === 'qdq'
    ? dequantisedConstant(graph, moved, dims, quantisation)
    : graph.constant(dequantise(moved, dims, quantisation), dims);
};

const scalar = (graph: OnnxBuilder, value: number): string => graph.constant(Float32Array.of(value), []);

/** Rounds an activation to what its tensor can hold, so that its neighbours may stay in integers. */
const rounded = (graph: OnnxBuilder, { type, quantisation }: TfliteTensor, value: string): string => {
  const [scale] = quantisation?.scales ?? [];
  const [zeroPoint] = quantisation?.zeroPoints ?? [];
  if (scale === undefined || zeroPoint === undefined) return value;
  // 8-bit activations are written unsigned, the same integers shifted by 128: ONNX Runtime has the faster kernels for those.
  const parameters = [scalar(graph, scale), graph.constant(Uint8Array.of(type === 'int8' ? zeroPoint + 128 : zeroPoint), [])];
  return graph.node('DequantizeLinear', [graph.node('QuantizeLinear', [value, ...parameters]), ...parameters]);
};

const clipped = (graph: OnnxBuilder, value: string, { low, high }: Range): string => {
  if (low === -Infinity && high === Infinity) return value;
  if (low === 0 && high === Infinity) return graph.node('Relu', [value]);
  return graph.node('Clip', [value, low === -Infinity ? '' : scalar(graph, low), high === Infinity ? '' : scalar(graph, high)]);
};

/** Moves a 4-d value to the other layout; `order` gives the stored axis of each new one. */
const transposed = (graph: OnnxBuilder, of: TfliteTensor, value: string, order: readonly number[]): string => {
  if (of.dims.length !== 4) throw unsupported(`tensor ${of.name} should have 4 dimensions and has ${of.dims.length}`);
  const [, height = 1, width = 1, channels = 1] = of.dims;
  if (channels !== 1 && height * width !== 1) return graph.node('Transpose', [value], { perm: order });
  // With one channel, or with one place, the two layouts lie in memory alike.
  const target = order === TO_CHANNELS_FIRST ? reorder(of.dims, TO_CHANNELS_FIRST) : of.dims;
  return graph.node('Reshape', [value, graph.constant(BigInt64Array.from(target, BigInt), [4])]);
};

/** Finds a value in one layout, making it from the other one or from the constant. */
type InLayout = (index: number | undefined) => string;

/** What {@link lowering} keeps of every value: its name in each layout in which it exists. */
type Held = Readonly<Record<Layout, Map<number, string>>>;

const finder = (held: Held, tensor: Lowering['tensor'], weights: Lowering['weights'], move: (index: number, value: string, order: readonly number[]) => string) =>
  (layout: Layout): InLayout => (index = -1) => {
    const there = held[layout].get(index);
    if (there !== undefined) return there;
    const of = tensor(index);
    const elsewhere = held[layout === 'plain' ? 'channels-first' : 'plain'].get(index);
    if (elsewhere === undefined && of.data === undefined) throw damaged(`tensor ${of.name} is used before it is made`);
    const own = of.dims.map((_, i) => i);
    const value = elsewhere === undefined
      ? weights(index, layout === 'plain' ? own : TO_CHANNELS_FIRST)
      : move(index, elsewhere, layout === 'plain' ? TO_PLAIN : TO_CHANNELS_FIRST);
    held[layout].set(index, value);
    return value;
  };

/**
 * An empty lowering.
 *
 * @param model what is converted
 * @param graph where its operators are written
 */
export const lowering = (model: TfliteModel, graph: OnnxBuilder, arithmetic: Arithmetic): Lowering => {
  const held: Held = { 'plain': new Map(), 'channels-first': new Map() };
  const constant = constantWriter(graph, arithmetic);
  const tensor = (index = -1): TfliteTensor => {
    const found = model.tensors[index];
    if (found === undefined) throw damaged('an operator lacks an input or an output');
    return found;
  };
  const round = (of: TfliteTensor, value: string): string => (arithmetic === 'qdq' ? rounded(graph, of, value) : value);
  const weights = (index: number | undefined, order: readonly number[]): string => constant(tensor(index), order);
  const inLayout = finder(held, tensor, weights, (index, value, order) => round(tensor(index), transposed(graph, tensor(index), value, order)));
  const putExact: Lowering['putExact'] = (operator, value, layout) => {
    tensor(operator.outputs[0]);
    held[layout].set(operator.outputs[0] ?? -1, value);
  };
  return {
    graph, tensor, weights, putExact,
    plain: inLayout('plain'),
    channelsFirst: inLayout('channels-first'),
    isChannelsFirst: (index = -1) => held['channels-first'].has(index),
    integers: (index) => {
      const of = tensor(index);
      if (of.data === undefined) throw unsupported(`tensor ${of.name} should be constant`);
      return Array.from(storedValues(of.type, of.data), Number);
    },
    put: (operator, value, layout, range = EVERYTHING) => {
      const of = tensor(operator.outputs[0]);
      const holdable = representable(of);
      // A quantise operator saturates by itself; only a narrower activation must be written before it.
      const narrower = range.low > holdable.low || range.high < holdable.high;
      const bounds = arithmetic === 'float' || of.quantisation === undefined ? intersection(range, holdable) : narrower ? range : EVERYTHING;
      putExact(operator, round(of, clipped(graph, value, bounds)), layout);
    },
    declare: (index, value) => void held.plain.set(index, round(tensor(index), value)),
  };
};

import { Fault } from '../faults.js';
import { DamagedTable, rootTable } from './tflite-reader.js';
import type { Table } from './tflite-reader.js';

/**
 * What a `.tflite` file says, as plain data. Field ids and enum values are those of the TensorFlow Lite
 * schema, version 3 (tensorflow/lite/schema/schema.fbs).
 */

/** `TensorType`, the ones we read. */
export const TFLITE_TYPES = { 0: 'float32', 2: 'int32', 3: 'uint8', 4: 'int64', 9: 'int8' } as const;
/** Element type of a tensor. */
export type TfliteType = (typeof TFLITE_TYPES)[keyof typeof TFLITE_TYPES];

/** real = scale · (stored − zeroPoint); one scale for all, or one per slice along `axis`. */
export interface Quantisation {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

/** One tensor; `data` is there when it is a constant (little endian, row-major). */
export interface TfliteTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: TfliteType;
  readonly quantisation?: Quantisation;
  readonly data?: Uint8Array;
}

/** One operator with its options, still a table: only its lowering knows their meaning. */
export interface TfliteOperator {
  readonly index: number;
  /** Name of the operator in the schema, or its number or custom name when we do not know it. */
  readonly name: string;
  /** Tensor indices; −1 where an optional input is absent. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: Table | undefined;
}

/** The first subgraph of a file. */
export interface TfliteModel {
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** `BuiltinOperator`: the ones we convert, and common others so that a refusal can name them. */
const OPERATOR_NAMES: Readonly<Record<number, string>> = {
  0: 'ADD', 1: 'AVERAGE_POOL_2D', 2: 'CONCATENATION', 3: 'CONV_2D', 4: 'DEPTHWISE_CONV_2D', 5: 'DEPTH_TO_SPACE',
  6: 'DEQUANTIZE', 7: 'EMBEDDING_LOOKUP', 8: 'FLOOR', 9: 'FULLY_CONNECTED', 11: 'L2_NORMALIZATION', 12: 'L2_POOL_2D',
  13: 'LOCAL_RESPONSE_NORMALIZATION', 14: 'LOGISTIC', 16: 'LSTM', 17: 'MAX_POOL_2D', 18: 'MUL', 19: 'RELU',
  20: 'RELU_N1_TO_1', 21: 'RELU6', 22: 'RESHAPE', 23: 'RESIZE_BILINEAR', 24: 'RNN', 25: 'SOFTMAX', 26: 'SPACE_TO_DEPTH',
  27: 'SVDF', 28: 'TANH', 34: 'PAD', 36: 'GATHER', 39: 'TRANSPOSE', 40: 'MEAN', 41: 'SUB', 42: 'DIV', 43: 'SQUEEZE',
  44: 'UNIDIRECTIONAL_SEQUENCE_LSTM', 45: 'STRIDED_SLICE', 47: 'EXP', 49: 'SPLIT', 53: 'CAST', 54: 'PRELU',
  67: 'TRANSPOSE_CONV', 74: 'SUM', 83: 'PACK', 97: 'RESIZE_NEAREST_NEIGHBOR', 98: 'LEAKY_RELU', 102: 'SPLIT_V',
  114: 'QUANTIZE', 117: 'HARD_SWISH',
};

const MODEL = { operatorCodes: 1, subgraphs: 2, buffers: 4 };
const CODE = { oldBuiltin: 0, custom: 1, builtin: 3 };
const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3 };
const OPERATOR = { code: 0, inputs: 1, outputs: 2, options: 4 };
const TENSOR = { shape: 0, type: 1, buffer: 2, name: 3, quantisation: 4 };
const QUANTISATION = { scale: 2, zeroPoint: 3, axis: 6 };
const BUFFER_DATA = 0;
/** `BuiltinOperator.CUSTOM`. */
const CUSTOM = 32;

/** Elements in a tensor of these dimensions. */
export const elementCount = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** Bytes of one element. */
export const bytesOf = (type: TfliteType): number => ({ float32: 4, int32: 4, uint8: 1, int64: 8, int8: 1 })[type];

/** A `.tflite` file holds less than 2 GiB, and no tensor between its operators is larger: more is a damaged size. */
const MAX_VALUES = 2 ** 31;

const operatorName = (code: Table | undefined): string => {
  if (code === undefined) throw new DamagedTable('an operator has no code');
  // Codes above 127 do not fit the old byte field, which then holds a placeholder of 127.
  const builtin = Math.max(code.int8(CODE.oldBuiltin), code.int32(CODE.builtin));
  return builtin === CUSTOM ? `custom operator ${code.string(CODE.custom)}` : OPERATOR_NAMES[builtin] ?? `operator number ${builtin}`;
};

const quantisationOf = (table: Table | undefined, dims: readonly number[]): Quantisation | undefined => {
  const scales = table?.float32s(QUANTISATION.scale) ?? [];
  if (table === undefined || scales.length === 0) return undefined;
  const zeroPoints = table.int64s(QUANTISATION.zeroPoint);
  const axis = table.int32(QUANTISATION.axis);
  if (scales.length > 1 && dims[axis] !== scales.length) throw new DamagedTable('there is not one scale per channel');
  if (!scales.every((s) => Number.isFinite(s) && s > 0)) throw new DamagedTable('a scale is not a positive number');
  return { scales, zeroPoints: scales.map((_, i) => zeroPoints[i] ?? zeroPoints[0] ?? 0), axis };
};

const tensorOf = (table: Table, buffers: readonly Table[]): TfliteTensor => {
  const name = table.string(TENSOR.name);
  const dims = table.int32s(TENSOR.shape);
  if (!dims.every((d) => d >= 0)) throw new DamagedTable(`the dimensions of tensor ${name} are negative`);
  if (elementCount(dims) > MAX_VALUES) throw new DamagedTable(`tensor ${name} claims ${elementCount(dims)} values`);
  const code = table.int8(TENSOR.type);
  const type = Object.entries(TFLITE_TYPES).find(([key]) => Number(key) === code)?.[1];
  if (type === undefined) {
    throw new Fault('inference', 'model-unsupported', `Tensor ${name} has an element type (${code}) that Hearken cannot convert.`,
      { remedy: 'Use a float32, uint8 or int8 model.' });
  }
  const quantisation = quantisationOf(table.table(TENSOR.quantisation), dims);
  const data = buffers[table.uint32(TENSOR.buffer)]?.bytes(BUFFER_DATA) ?? new Uint8Array(0);
  if (data.length > 0 && data.length !== elementCount(dims) * bytesOf(type)) throw new DamagedTable(`the values of tensor ${name} do not fill it`);
  return { name, dims, type, ...(quantisation === undefined ? {} : { quantisation }), ...(data.length === 0 ? {} : { data }) };
};

const modelOf = (file: Uint8Array): TfliteModel => {
  const root = rootTable(file, 'TFL3');
  const codes = root.tables(MODEL.operatorCodes);
  const graph = root.tables(MODEL.subgraphs)[0];
  if (graph === undefined) throw new DamagedTable('there is no graph');
  const buffers = root.tables(MODEL.buffers);
  const tensors = graph.tables(SUBGRAPH.tensors).map((table) => tensorOf(table, buffers));
  const known = (indices: readonly number[]): readonly number[] => {
    if (!indices.every((i) => i >= -1 && i < tensors.length)) throw new DamagedTable('a tensor is named that is not there');
    return indices;
  };
  const operators = graph.tables(SUBGRAPH.operators).map((table, index): TfliteOperator => ({
    index,
    name: operatorName(codes[table.uint32(OPERATOR.code)]),
    inputs: known(table.int32s(OPERATOR.inputs)),
    outputs: known(table.int32s(OPERATOR.outputs)),
    options: table.table(OPERATOR.options),
  }));
  const inputs = known(graph.int32s(SUBGRAPH.inputs));
  const outputs = known(graph.int32s(SUBGRAPH.outputs));
  if (operators.length === 0 || inputs.length === 0 || outputs.length === 0) throw new DamagedTable('the graph is empty');
  return { tensors, operators, inputs, outputs };
};

/**
 * Does something with a model's tables and turns what damage it meets into a Fault `model-unreadable`.
 *
 * @param name of the file, for the error
 */
export const unlessDamaged = <T>(name: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DamagedTable)) throw error;
    throw new Fault('inference', 'model-unreadable', `${name} is not a whole TensorFlow Lite file: ${error.message}.`,
      { remedy: 'Fetch or export it again.', cause: error });
  }
};

/**
 * Reads a `.tflite` file. Operators' options are read later, by whoever lowers them (see {@link unlessDamaged}).
 *
 * @param file its bytes; constants are views of them
 * @param name named in the error
 * @throws Fault `model-unreadable` when it is no TensorFlow Lite file, truncated or damaged;
 *   `model-unsupported` when a tensor has an element type that we do not convert
 */
export const readTflite = (file: Uint8Array, name: string): TfliteModel => unlessDamaged(name, () => modelOf(file));

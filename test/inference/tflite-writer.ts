import { Builder } from 'flatbuffers';
import type { Quantisation, TfliteType } from '../../src/inference/tflite-model.js';

/** Writes tiny `.tflite` files for tests: tables by the field ids of the TensorFlow Lite schema. */

/** A tensor to write. */
export interface TensorParts {
  readonly dims: readonly number[];
  readonly type?: TfliteType;
  readonly quantisation?: Quantisation;
  /** Stored values of a constant. */
  readonly values?: ArrayLike<number>;
}

/** An options field: [field id, kind, value]. */
export type OptionField = readonly [number, 'int8' | 'int32' | 'float32', number];

/** An operator to write; `code` is its `BuiltinOperator`. */
export interface OperatorParts {
  readonly code: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: readonly OptionField[];
  readonly custom?: string;
}

/** A model to write. */
export interface ModelParts {
  readonly tensors: readonly TensorParts[];
  readonly operators: readonly OperatorParts[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const TYPE_CODES: Readonly<Record<TfliteType, number>> = { float32: 0, int32: 2, uint8: 3, int64: 4, int8: 9 };

const bytesOf = (type: TfliteType, values: ArrayLike<number>): Uint8Array => {
  const array = type === 'float32' ? Float32Array.from(values) : type === 'int32' ? Int32Array.from(values)
    : type === 'int64' ? BigInt64Array.from(Array.from(values, BigInt)) : type === 'int8' ? Int8Array.from(values) : Uint8Array.from(values);
  return new Uint8Array(array.buffer);
};

const offsets = (b: Builder, list: readonly number[]): number => {
  b.startVector(4, list.length, 4);
  for (const offset of [...list].reverse()) b.addOffset(offset);
  return b.endVector();
};

const scalars = (b: Builder, bytes: Uint8Array, each: number): number => {
  b.startVector(each, bytes.length / each, 8);
  for (const byte of [...bytes].reverse()) b.addInt8((byte << 24) >> 24);
  return b.endVector();
};

const ints = (b: Builder, list: readonly number[]): number => scalars(b, bytesOf('int32', list), 4);

const quantisationTable = (b: Builder, { scales, zeroPoints, axis }: Quantisation): number => {
  const scale = scalars(b, bytesOf('float32', scales), 4);
  const zero = scalars(b, bytesOf('int64', zeroPoints), 8);
  b.startObject(7);
  b.addFieldOffset(2, scale, 0);
  b.addFieldOffset(3, zero, 0);
  b.addFieldInt32(6, axis, 0);
  return b.endObject();
};

const tensorTable = (b: Builder, { dims, type = 'float32', quantisation }: TensorParts, index: number, buffer: number): number => {
  const name = b.createString(`t${index}`);
  const shape = ints(b, dims);
  const q = quantisation === undefined ? 0 : quantisationTable(b, quantisation);
  b.startObject(8);
  b.addFieldOffset(0, shape, 0);
  b.addFieldInt8(1, TYPE_CODES[type], 0);
  b.addFieldInt32(2, buffer, 0);
  b.addFieldOffset(3, name, 0);
  b.addFieldOffset(4, q, 0);
  return b.endObject();
};

const optionsTable = (b: Builder, fields: readonly OptionField[]): number => {
  b.startObject(10);
  for (const [id, kind, value] of fields) {
    // The builder leaves out what equals the default it is told; none of ours equals this one.
    if (kind === 'int8') b.addFieldInt8(id, value, -100);
    else if (kind === 'int32') b.addFieldInt32(id, value, -100);
    else b.addFieldFloat32(id, value, -100);
  }
  return b.endObject();
};

const operatorTable = (b: Builder, { inputs, outputs, options = [] }: OperatorParts, code: number): number => {
  const from = ints(b, inputs);
  const to = ints(b, outputs);
  const table = optionsTable(b, options);
  b.startObject(6);
  b.addFieldInt32(0, code, 0);
  b.addFieldOffset(1, from, 0);
  b.addFieldOffset(2, to, 0);
  b.addFieldOffset(4, table, 0);
  return b.endObject();
};

const codeTable = (b: Builder, { code, custom }: OperatorParts): number => {
  const name = custom === undefined ? 0 : b.createString(custom);
  b.startObject(4);
  b.addFieldInt8(0, Math.min(code, 127), 0);
  b.addFieldOffset(1, name, 0);
  b.addFieldInt32(3, code, 0);
  return b.endObject();
};

const bufferTable = (b: Builder, bytes: Uint8Array): number => {
  const data = bytes.length === 0 ? 0 : scalars(b, bytes, 1);
  b.startObject(1);
  b.addFieldOffset(0, data, 0);
  return b.endObject();
};

/** The bytes of a `.tflite` file. */
export const tfliteFile = ({ tensors, operators, inputs, outputs }: ModelParts): Uint8Array => {
  const b = new Builder(1024);
  const buffers = offsets(b, [new Uint8Array(0), ...tensors.map(({ type = 'float32', values = [] }) => bytesOf(type, values))].map((bytes) => bufferTable(b, bytes)));
  const codes = offsets(b, operators.map((operator) => codeTable(b, operator)));
  const tensorTables = offsets(b, tensors.map((tensor, i) => tensorTable(b, tensor, i, tensor.values === undefined ? 0 : i + 1)));
  const operatorTables = offsets(b, operators.map((operator, i) => operatorTable(b, operator, i)));
  const from = ints(b, inputs);
  const to = ints(b, outputs);
  b.startObject(5);
  b.addFieldOffset(0, tensorTables, 0);
  b.addFieldOffset(1, from, 0);
  b.addFieldOffset(2, to, 0);
  b.addFieldOffset(3, operatorTables, 0);
  const graph = b.endObject();
  const graphs = offsets(b, [graph]);
  b.startObject(8);
  b.addFieldInt32(0, 3, 0);
  b.addFieldOffset(1, codes, 0);
  b.addFieldOffset(2, graphs, 0);
  b.addFieldOffset(4, buffers, 0);
  b.finish(b.endObject(), 'TFL3');
  return b.asUint8Array();
};

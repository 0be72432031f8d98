import protobuf from 'protobufjs';
import { Fault } from '../faults.js';

/**
 * The part of the ONNX file format that we read and write. Field numbers and enum values are those of
 * `onnx.proto` (ONNX IR version 8, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */

/** `TensorProto.DataType`. */
export const DATA_TYPE = {
  float: 1, uint8: 2, int8: 3, uint16: 4, int16: 5, int32: 6, int64: 7, string: 8, bool: 9, float16: 10, double: 11,
} as const;

/** `AttributeProto.AttributeType`. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7, strings: 8 } as const;

/** A constant; values either raw (little endian) or in the list of their type. */
export interface OnnxTensor {
  readonly dims?: readonly number[];
  readonly dataType?: number;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly int64Data?: readonly number[];
  readonly name?: string;
  readonly rawData?: Uint8Array;
  /** 1 when the values lie in another file. */
  readonly dataLocation?: number;
}

/** One attribute of a node; `type` says which field holds it. */
export interface OnnxAttribute {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: OnnxTensor;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
}

/** One operator: the names of the values it reads (empty = absent) and writes. */
export interface OnnxNode {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly opType: string;
  readonly attribute?: readonly OnnxAttribute[];
  readonly domain?: string;
}

/** One dimension: a number, or a name for one that is known only at run time. */
export interface OnnxDimension {
  readonly dimValue?: number;
  readonly dimParam?: string;
}

/** A declared value of the graph. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly type?: {
    readonly tensorType?: { readonly elemType?: number; readonly shape?: { readonly dim?: readonly OnnxDimension[] } };
  };
}

/** Nodes in an order in which they can be run, constants, inputs and outputs. */
export interface OnnxGraph {
  readonly node?: readonly OnnxNode[];
  readonly name?: string;
  readonly initializer?: readonly OnnxTensor[];
  readonly input?: readonly OnnxValueInfo[];
  readonly output?: readonly OnnxValueInfo[];
  readonly valueInfo?: readonly OnnxValueInfo[];
}

/** A model file. */
export interface OnnxModel {
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly graph?: OnnxGraph;
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: number }[];
}

const field = (type: string, id: number): protobuf.IField => ({ type, id });
/** `onnx.proto` is proto2: lists are packed only where it says so. */
const list = (type: string, id: number, packed = false): protobuf.IField & { rule: string } =>
  ({ type, id, rule: 'repeated', options: { packed } });

const MESSAGES: Record<string, protobuf.IType> = {
  TensorProto: { fields: {
    dims: list('int64', 1), dataType: field('int32', 2), floatData: list('float', 4, true), int32Data: list('int32', 5, true),
    int64Data: list('int64', 7, true), name: field('string', 8), rawData: field('bytes', 9), dataLocation: field('int32', 14),
  } },
  AttributeProto: { fields: {
    name: field('string', 1), f: field('float', 2), i: field('int64', 3), s: field('bytes', 4), t: field('TensorProto', 5),
    floats: list('float', 7), ints: list('int64', 8), type: field('int32', 20),
  } },
  NodeProto: { fields: {
    input: list('string', 1), output: list('string', 2), name: field('string', 3), opType: field('string', 4),
    attribute: list('AttributeProto', 5), domain: field('string', 7),
  } },
  Dimension: { fields: { dimValue: field('int64', 1), dimParam: field('string', 2) } },
  TensorShapeProto: { fields: { dim: list('Dimension', 1) } },
  TensorTypeProto: { fields: { elemType: field('int32', 1), shape: field('TensorShapeProto', 2) } },
  TypeProto: { fields: { tensorType: field('TensorTypeProto', 1) } },
  ValueInfoProto: { fields: { name: field('string', 1), type: field('TypeProto', 2) } },
  GraphProto: { fields: {
    node: list('NodeProto', 1), name: field('string', 2), initializer: list('TensorProto', 5),
    input: list('ValueInfoProto', 11), output: list('ValueInfoProto', 12), valueInfo: list('ValueInfoProto', 13),
  } },
  OperatorSetIdProto: { fields: { domain: field('string', 1), version: field('int64', 2) } },
  ModelProto: { fields: {
    irVersion: field('int64', 1), producerName: field('string', 2), graph: field('GraphProto', 7),
    opsetImport: list('OperatorSetIdProto', 8),
  } },
};

/** proto2 keeps a field that is 0 apart from one that is not there: an axis of 0 is not the default axis. */
const PROTO2 = Object.fromEntries(Object.entries(MESSAGES).map(([name, type]) => [name, { ...type, edition: 'proto2' }]));
const MODEL = protobuf.Root.fromJSON({ nested: PROTO2 }).lookupType('ModelProto');

/** Writes a model as the bytes of an `.onnx` file. */
export const encodeOnnx = (model: OnnxModel): Uint8Array => MODEL.encode(MODEL.fromObject(model)).finish();

/**
 * Reads an `.onnx` file. 64-bit integers become numbers (exact to 2⁵³).
 *
 * @param file named in the error
 * @throws Fault `model-unreadable` when the bytes are no ONNX model
 */
export const decodeOnnx = (bytes: Uint8Array, file: string): OnnxModel => {
  const unreadable = (cause?: unknown): Fault =>
    new Fault('inference', 'model-unreadable', `${file} is not a whole ONNX file.`, { remedy: 'Fetch or export it again.', cause });
  let model: OnnxModel;
  try {
    model = MODEL.toObject(MODEL.decode(bytes), { longs: Number });
  } catch (cause) {
    throw unreadable(cause);
  }
  if ((model.graph?.node?.length ?? 0) === 0 || (model.graph?.output?.length ?? 0) === 0) throw unreadable();
  return model;
};

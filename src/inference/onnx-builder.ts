import { ATTRIBUTE_TYPE, DATA_TYPE, encodeOnnx } from './onnx-schema.js';
import type { OnnxAttribute, OnnxNode, OnnxTensor, OnnxValueInfo } from './onnx-schema.js';

/** Values that an initialiser may hold; the element type follows from the array's. */
export type Values = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

/** An attribute's value: a whole number, a list of them, `{ float }`, or a word. */
export type AttributeValue = number | readonly number[] | { readonly float: number } | string;

/** Writes one ONNX graph, node by node, in the order in which it runs. */
export interface OnnxBuilder {
  /** Appends an operator with one output and gives that output's name. */
  node(opType: string, inputs: readonly string[], attributes?: Readonly<Record<string, AttributeValue>>, output?: string): string;
  /** Appends an operator with several outputs, of the names that are given. */
  nodes(opType: string, inputs: readonly string[], outputs: readonly string[], attributes?: Readonly<Record<string, AttributeValue>>): void;
  /** Adds a constant and gives its name. */
  constant(values: Values, dims: readonly number[]): string;
  /** Declares a float32 input `[dims]` of the graph. */
  input(name: string, dims: readonly number[]): void;
  /** Declares a float32 output `[dims]` of the graph. */
  output(name: string, dims: readonly number[]): void;
  /** The bytes of the `.onnx` file. */
  finish(): Uint8Array;
}

/** Operator set the builder writes: the last whose ReduceMean takes its axes as an attribute. */
const OPSET = 17;
const IR_VERSION = 8;

const elementType = (values: Values): number => {
  if (values instanceof Float32Array) return DATA_TYPE.float;
  if (values instanceof Uint8Array) return DATA_TYPE.uint8;
  if (values instanceof Int8Array) return DATA_TYPE.int8;
  return values instanceof Int32Array ? DATA_TYPE.int32 : DATA_TYPE.int64;
};

const attribute = (name: string, value: AttributeValue): OnnxAttribute => {
  if (typeof value === 'number') return { name, type: ATTRIBUTE_TYPE.int, i: value };
  if (typeof value === 'string') return { name, type: ATTRIBUTE_TYPE.string, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: ATTRIBUTE_TYPE.float, f: value.float };
  return { name, type: ATTRIBUTE_TYPE.ints, ints: value };
};

const floatValue = (name: string, dims: readonly number[]): OnnxValueInfo =>
  ({ name, type: { tensorType: { elemType: DATA_TYPE.float, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } } });

/**
 * An empty graph.
 *
 * @param name of the graph
 */
export const onnxBuilder = (name: string): OnnxBuilder => {
  const node: OnnxNode[] = [];
  const initializer: OnnxTensor[] = [];
  const input: OnnxValueInfo[] = [];
  const output: OnnxValueInfo[] = [];
  const append: OnnxBuilder['nodes'] = (opType, inputs, outputs, attributes = {}) => {
    node.push({
      opType, input: inputs, output: outputs, name: `n${node.length}`,
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    });
  };
  return {
    nodes: append,
    node: (opType, inputs, attributes = {}, out = `${opType.toLowerCase()}_${node.length}`) => {
      append(opType, inputs, [out], attributes);
      return out;
    },
    constant: (values, dims) => {
      const constant = `c${initializer.length}`;
      const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      initializer.push({ name: constant, dims, dataType: elementType(values), rawData });
      return constant;
    },
    input: (of, dims) => void input.push(floatValue(of, dims)),
    output: (of, dims) => void output.push(floatValue(of, dims)),
    finish: () => encodeOnnx({
      irVersion: IR_VERSION, producerName: 'hearken', opsetImport: [{ domain: '', version: OPSET }],
      graph: { name, node, initializer, input, output },
    }),
  };
};

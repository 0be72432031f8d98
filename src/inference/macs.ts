import { Fault } from '../faults.js';
import { inferShapes, intAttribute } from './onnx-shapes.js';
import type { Dims, Shapes } from './onnx-shapes.js';
import type { OnnxModel, OnnxNode } from './onnx-schema.js';

/**
 * Multiply-accumulates of one run, counted from the graph. Only where numbers meet weights or each other
 * in sums of products (convolutions, matrix products, recurrent cells) is anything counted; additions,
 * activations, normalisations and pools are not, as is the custom of the field.
 */
export interface MacCount {
  /** Multiply-accumulates of one run at batch 1. */
  readonly macs: number;
  /** Operators with a rule neither for shapes nor for costs, counted as 0: say them to the user. */
  readonly notCounted: readonly string[];
  /** Numbers in the model's constants: weights and biases. */
  readonly parameters: number;
}

const product = (dims: Dims): number => dims.reduce((a, b) => a * b, 1);

/** Gates of a recurrent cell: each has one matrix for the input and one for the state. */
const GATES: Readonly<Record<string, number>> = { LSTM: 4, GRU: 3, RNN: 1 };
/** Integer forms of the same products, which we do not read. */
const UNREAD = new Set(['ConvTranspose', 'ConvInteger', 'QLinearConv', 'MatMulInteger', 'QLinearMatMul', 'Einsum', 'If', 'Loop', 'Scan']);

const macsOf = (node: OnnxNode, shapes: Shapes): number => {
  const needed = (name: string | undefined): Dims => {
    const dims = shapes.of(name);
    if (dims !== undefined) return dims;
    throw new Fault('inference', 'model-unsupported',
      `The cost of operator ${node.name ?? node.opType} (${node.opType}) cannot be counted: the dimensions of ${name ?? 'its input'} are not known after ${shapes.unknown.join(', ') || 'a computed shape'}.`,
      { remedy: 'Export the model with fixed shapes and constant folding.' });
  };
  const [x, w] = node.input ?? [];
  const [y] = node.output ?? [];
  switch (node.opType) {
    case 'Conv': // w: [out, in / group, taps…]
      return product(needed(y)) * product(needed(w).slice(1));
    case 'Gemm':
      return product(needed(y)) * (needed(x)[1 - intAttribute(node, 'transA', 0)] ?? 1);
    case 'MatMul':
      return product(needed(y)) * (needed(x).at(-1) ?? 1);
    case 'LSTM': case 'GRU': case 'RNN': {
      const [steps = 1, batch = 1, width = 1] = needed(x);
      const [directions = 1, gatesTimesHidden = 1] = needed(w);
      return steps * batch * directions * gatesTimesHidden * (width + gatesTimesHidden / (GATES[node.opType] ?? 1));
    }
    default:
      return 0;
  }
};

const FLOATING = new Set([1, 10, 11]);

/**
 * Counts the multiply-accumulates and the parameters of a model. Free dimensions count as 1.
 *
 * @throws Fault `model-unsupported` when a product's dimensions cannot be known
 */
export const countMacs = (model: OnnxModel): MacCount => {
  const shapes = inferShapes(model);
  const nodes = model.graph?.node ?? [];
  const unread = nodes.map((node) => node.opType).filter((name) => UNREAD.has(name));
  // Weights: what a product reads, also behind a dequantiser. Shapes and quantisation parameters are none.
  const weights = (model.graph?.initializer ?? []).filter(({ dims = [], dataType = 0 }) => dims.length > 0 && (FLOATING.has(dataType) || dataType < 6));
  return {
    macs: nodes.reduce((sum, node) => sum + macsOf(node, shapes), 0),
    notCounted: [...new Set([...shapes.unknown, ...unread])],
    parameters: weights.reduce((sum, { dims = [] }) => sum + product(dims), 0),
  };
};

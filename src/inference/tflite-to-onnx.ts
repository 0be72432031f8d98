import { Fault } from '../faults.js';
import type { TensorSpec } from './manifest.js';
import { onnxBuilder } from './onnx-builder.js';
import { lowering } from './tflite-lowering.js';
import type { Arithmetic, Lowering } from './tflite-lowering.js';
import { elementCount, readTflite, unlessDamaged } from './tflite-model.js';
import type { TfliteModel, TfliteTensor } from './tflite-model.js';
import { lowerOperator } from './tflite-operators.js';

/** How to convert. */
export interface ConversionOptions {
  /** `float` (default): weights as float32. `qdq`: weights stay 8-bit, with QuantizeLinear/DequantizeLinear around every operator. */
  readonly arithmetic?: Arithmetic;
}

/** A converted model. */
export interface Conversion {
  /** Bytes of the `.onnx` file: input `input`, outputs `scores` and, when found, `features`. */
  readonly onnx: Uint8Array;
  readonly input: TensorSpec;
  /** For an 8-bit input: a pixel p (0…255) enters the net as p·scale + offset. */
  readonly pixel?: { readonly scale: number; readonly offset: number };
  /** `[1, labels]`. */
  readonly scores: TensorSpec;
  /** `[1, width]`: what the last fully connected or 1×1 convolution reads. */
  readonly features?: TensorSpec;
  /** How the scores are made, when the last operator says so. */
  readonly activation?: 'sigmoid' | 'softmax';
}

/** Index of the tensor that the classifier reads: the input of the last fully connected or 1×1 convolution operator. */
const classifierInput = (model: TfliteModel): number | undefined =>
  model.operators.findLast(({ name, inputs }) => {
    const filter = model.tensors[inputs[1] ?? -1]?.dims ?? [];
    return name === 'FULLY_CONNECTED' || (name === 'CONV_2D' && filter[1] === 1 && filter[2] === 1);
  })?.inputs[0];

const lastActivation = (model: TfliteModel): 'sigmoid' | 'softmax' | undefined => {
  const name = model.operators.findLast((operator) => operator.name === 'LOGISTIC' || operator.name === 'SOFTMAX')?.name;
  return name === undefined ? undefined : name === 'LOGISTIC' ? 'sigmoid' : 'softmax';
};

/** int8 models store a pixel as p − 128. */
const pixelOf = ({ type, quantisation }: TfliteTensor): { scale: number; offset: number } | undefined => {
  const [scale] = quantisation?.scales ?? [];
  const [zero] = quantisation?.zeroPoints ?? [];
  if (scale === undefined || zero === undefined || (type !== 'uint8' && type !== 'int8')) return undefined;
  return { scale, offset: -scale * (type === 'int8' ? zero + 128 : zero) };
};

/** Declares a value as the output `[1, n]` called `name`. */
const asRow = (to: Lowering, index: number, name: string): TensorSpec => {
  const { dims } = to.tensor(index);
  const row = [1, elementCount(dims)];
  const [, height = 1, width = 1] = dims;
  const value = to.isChannelsFirst(index) && height * width === 1 ? to.channelsFirst(index) : to.plain(index);
  to.graph.node('Reshape', [value, to.graph.constant(BigInt64Array.from(row, BigInt), [2])], {}, name);
  to.graph.output(name, row);
  return { name, dims: row };
};

/** Ten million elements are more than any input of ours; a damaged file claims more. */
const MAX_INPUT = 10_000_000;

const convert = (model: TfliteModel, name: string, arithmetic: Arithmetic): Conversion => {
  const [inputIndex = -1] = model.inputs;
  const [outputIndex = -1] = model.outputs;
  const graph = onnxBuilder(name);
  const to = lowering(model, graph, arithmetic);
  const tensor = to.tensor(inputIndex);
  if (elementCount(tensor.dims) > MAX_INPUT || elementCount(tensor.dims) < 1) {
    throw new Fault('inference', 'model-unreadable', `${name} claims an input of [${tensor.dims.join(', ')}].`, { remedy: 'Fetch or export it again.' });
  }
  const input = { name: 'input', dims: [...tensor.dims] };
  graph.input(input.name, input.dims);
  to.declare(inputIndex, input.name);
  for (const operator of model.operators) lowerOperator(to, operator);
  const featuresIndex = classifierInput(model);
  const featureDims = featuresIndex === undefined ? [] : to.tensor(featuresIndex).dims;
  // A classifier slid over a map has no one feature vector.
  const isVector = featuresIndex !== undefined && elementCount(featureDims) === featureDims.at(-1);
  const scores = asRow(to, outputIndex, 'scores');
  const features = isVector ? asRow(to, featuresIndex, 'features') : undefined;
  const pixel = pixelOf(tensor);
  const activation = lastActivation(model);
  return {
    onnx: graph.finish(), input, scores,
    ...(features === undefined ? {} : { features }), ...(pixel === undefined ? {} : { pixel }), ...(activation === undefined ? {} : { activation }),
  };
};

/**
 * Converts a TensorFlow Lite classifier to ONNX. Pictures keep their `[batch, height, width, channels]`
 * at the graph's edge; inside, convolutions run channels first, with a transposition only where needed.
 * An 8-bit input becomes a float one that takes the dequantised value (see {@link Conversion.pixel}).
 *
 * @param file bytes of the `.tflite` file
 * @param name of the file, for errors and as the graph's name
 * @throws Fault `model-unreadable` for a file that is truncated, damaged or no `.tflite`;
 *   `model-unsupported`, naming the operator and its index, for what we do not convert
 */
export const tfliteToOnnx = (file: Uint8Array, name: string, options: ConversionOptions = {}): Conversion => {
  const model = readTflite(file, name);
  if (model.inputs.length !== 1) {
    throw new Fault('inference', 'model-unsupported', `${name} has ${model.inputs.length} inputs; Hearken converts nets with one.`);
  }
  return unlessDamaged(name, () => convert(model, name, options.arithmetic ?? 'float'));
};

import type { TfliteModel, TfliteOperator, TfliteTensor } from '../../src/inference/tflite-model.js';

/**
 * A plain interpreter of `.tflite` graphs, written from the operators' definitions with nothing of the
 * converter in it: nested loops over [batch, height, width, channels] in double precision. With `round`
 * every quantised tensor is rounded to what it can store, which is what the integer kernels compute
 * (ties aside); without, it is only clipped.
 */

/** Real values of a tensor. */
type Values = Float64Array;

const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

const constantValues = ({ data, type, dims, quantisation }: TfliteTensor): Values => {
  const view = new DataView(data!.buffer, data!.byteOffset, data!.byteLength);
  const inner = quantisation === undefined ? 1 : product(dims.slice(quantisation.axis + 1));
  return Float64Array.from({ length: product(dims) }, (_, i) => {
    const stored = type === 'float32' ? view.getFloat32(i * 4, true) : type === 'int32' ? view.getInt32(i * 4, true)
      : type === 'int8' ? view.getInt8(i) : view.getUint8(i);
    if (quantisation === undefined) return stored;
    const slice = quantisation.scales.length === 1 ? 0 : Math.floor(i / inner) % quantisation.scales.length;
    return quantisation.scales[slice]! * (stored - quantisation.zeroPoints[slice]!);
  });
};

const stored = (values: Values, { type, quantisation }: TfliteTensor, round: boolean): Values => {
  if (quantisation?.scales.length !== 1 || (type !== 'int8' && type !== 'uint8')) return values;
  const scale = quantisation.scales[0]!;
  const zero = quantisation.zeroPoints[0]!;
  const least = type === 'int8' ? -128 : 0;
  return values.map((value) => {
    const steps = value / scale + zero;
    return scale * (Math.min(least + 255, Math.max(least, round ? Math.round(steps) : steps)) - zero);
  });
};

const activate = (values: Values, code: number): Values => {
  const [low, high] = [[-Infinity, Infinity], [0, Infinity], [-1, 1], [0, 6]][code]!;
  return values.map((v) => Math.min(high!, Math.max(low!, v)));
};

/** Places before the first one: SAME shares its padding out with the odd one at the end. */
const before = (padding: number, size: number, out: number, taps: number, stride: number, dilation: number): number =>
  (padding === 0 ? Math.floor(Math.max(0, (out - 1) * stride + (taps - 1) * dilation + 1 - size) / 2) : 0);

interface Slide {
  readonly padding: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly taps: readonly [number, number];
}

/** Calls back for each place of the output and each tap that falls inside the input. */
const slide = (dims: readonly number[], out: readonly number[], s: Slide, at: (outPlace: number, inPlace: number, tap: number) => void): void => {
  const [, height, width] = dims as [number, number, number, number];
  const [, rows, columns] = out as [number, number, number, number];
  const top = before(s.padding, height, rows, s.taps[0], s.strideY, s.dilationY);
  const left = before(s.padding, width, columns, s.taps[1], s.strideX, s.dilationX);
  for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) for (let i = 0; i < s.taps[0]; i++) for (let j = 0; j < s.taps[1]; j++) {
    const iy = y * s.strideY - top + i * s.dilationY;
    const ix = x * s.strideX - left + j * s.dilationX;
    if (iy >= 0 && iy < height && ix >= 0 && ix < width) at(y * columns + x, iy * width + ix, i * s.taps[1] + j);
  }
};

type Get = (i: number) => { readonly values: Values; readonly dims: readonly number[] };

const convolve = (operator: TfliteOperator, get: Get, out: readonly number[], depthwise: boolean): Values => {
  const { options } = operator;
  const [x, w] = [get(0), get(1)];
  const late = depthwise ? 1 : 0;
  const taps = [w.dims[1]!, w.dims[2]!] as const;
  const channels = x.dims[3]!;
  const filters = out[3]!;
  const y = new Float64Array(product(out));
  if ((operator.inputs[2] ?? -1) >= 0) {
    const bias = get(2).values;
    for (let i = 0; i < y.length; i++) y[i] = bias[i % filters]!;
  }
  const slideOver = { padding: options!.int8(0), strideX: options!.int32(1), strideY: options!.int32(2), dilationX: options!.int32(4 + late, 1), dilationY: options!.int32(5 + late, 1), taps };
  slide(x.dims, out, slideOver, (outPlace, inPlace, tap) => {
    for (let f = 0; f < filters; f++) {
      let sum = 0;
      if (depthwise) sum = x.values[inPlace * channels + Math.floor(f / (filters / channels))]! * w.values[tap * filters + f]!;
      else {
        const from = (f * taps[0] * taps[1] + tap) * channels;
        for (let c = 0; c < channels; c++) sum += x.values[inPlace * channels + c]! * w.values[from + c]!;
      }
      y[outPlace * filters + f]! += sum;
    }
  });
  return activate(y, options!.int8(3 + late));
};

const averagePool = ({ options }: TfliteOperator, get: Get, out: readonly number[]): Values => {
  const x = get(0);
  const channels = x.dims[3]!;
  const sums = new Float64Array(product(out));
  const counts = new Float64Array(product(out) / channels);
  const over = { padding: options!.int8(0), strideX: options!.int32(1), strideY: options!.int32(2), dilationX: 1, dilationY: 1, taps: [options!.int32(4), options!.int32(3)] as const };
  slide(x.dims, out, over, (outPlace, inPlace) => {
    counts[outPlace]! += 1;
    for (let c = 0; c < channels; c++) sums[outPlace * channels + c]! += x.values[inPlace * channels + c]!;
  });
  return activate(sums.map((sum, i) => sum / counts[Math.floor(i / channels)]!), options!.int8(5));
};

const fullyConnected = ({ options, inputs }: TfliteOperator, get: Get): Values => {
  const [x, w] = [get(0), get(1)];
  const [units, width] = w.dims as [number, number];
  const rows = x.values.length / width;
  const y = Float64Array.from({ length: rows * units }, (_, i) => {
    let sum = (inputs[2] ?? -1) >= 0 ? get(2).values[i % units]! : 0;
    for (let k = 0; k < width; k++) sum += x.values[Math.floor(i / units) * width + k]! * w.values[(i % units) * width + k]!;
    return sum;
  });
  return activate(y, options!.int8(0));
};

const mean = (get: Get, out: readonly number[]): Values => {
  const x = get(0);
  const axes = [...get(1).values].map((axis) => (axis < 0 ? axis + x.dims.length : axis));
  const y = new Float64Array(product(out));
  const kept = x.dims.map((d, i) => (axes.includes(i) ? 1 : d));
  for (let i = 0; i < x.values.length; i++) {
    let rest = i;
    const index = x.dims.map((_, axis) => {
      const stride = product(x.dims.slice(axis + 1));
      const at = Math.floor(rest / stride);
      rest %= stride;
      return at;
    });
    const place = index.reduce((sum, at, axis) => sum * kept[axis]! + (kept[axis] === 1 ? 0 : at), 0);
    y[place]! += x.values[i]!;
  }
  return y.map((sum) => sum / (x.values.length / y.length));
};

const softmax = ({ options }: TfliteOperator, get: Get): Values => {
  const x = get(0);
  const beta = options!.float32(0);
  const width = x.dims.at(-1)!;
  const raised = x.values.map((v, i) => Math.exp(beta * (v - Math.max(...x.values.subarray(Math.floor(i / width) * width, (Math.floor(i / width) + 1) * width)))));
  return raised.map((v, i) => v / raised.subarray(Math.floor(i / width) * width, (Math.floor(i / width) + 1) * width).reduce((a, b) => a + b));
};

const compute = (operator: TfliteOperator, get: Get, out: readonly number[]): Values => {
  switch (operator.name) {
    case 'CONV_2D': return convolve(operator, get, out, false);
    case 'DEPTHWISE_CONV_2D': return convolve(operator, get, out, true);
    case 'ADD': {
      const b = get(1).values;
      return activate(get(0).values.map((v, i) => v + b[i % b.length]!), operator.options!.int8(0));
    }
    case 'AVERAGE_POOL_2D': return averagePool(operator, get, out);
    case 'FULLY_CONNECTED': return fullyConnected(operator, get);
    case 'MEAN': return mean(get, out);
    case 'LOGISTIC': return get(0).values.map((v) => 1 / (1 + Math.exp(-v)));
    case 'SOFTMAX': return softmax(operator, get);
    case 'SPLIT': return get(1).values;
    case 'RESHAPE': case 'QUANTIZE': case 'DEQUANTIZE': return get(0).values;
    default: throw new Error(`the reference does not know ${operator.name}`);
  }
};

/**
 * Runs a graph on one input of real values.
 *
 * @returns the values of any tensor by its index
 */
export const runReference = (model: TfliteModel, input: ArrayLike<number>, round: boolean): ((index: number) => Values) => {
  const made = new Map<number, Values>([[model.inputs[0]!, stored(Float64Array.from(input), model.tensors[model.inputs[0]!]!, round)]]);
  const valuesAt = (index: number): Values => {
    const there = made.get(index) ?? constantValues(model.tensors[index]!);
    made.set(index, there);
    return there;
  };
  for (const operator of model.operators) {
    const index = operator.outputs[0]!;
    const tensor = model.tensors[index]!;
    const get: Get = (i) => ({ values: valuesAt(operator.inputs[i]!), dims: model.tensors[operator.inputs[i]!]!.dims });
    const exact = operator.name === 'LOGISTIC' || operator.name === 'SOFTMAX';
    const values = compute(operator, get, tensor.dims);
    made.set(index, exact ? values : stored(values, tensor, round));
  }
  return valuesAt;
};

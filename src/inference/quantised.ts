import { elementCount } from './tflite-model.js';
import type { Quantisation, TfliteTensor, TfliteType } from './tflite-model.js';

/**
 * Affine quantisation, real = scale · (stored − zeroPoint), after Jacob et al. 2018, "Quantization and
 * Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", eq. 1.
 */

/** Bounds of a value; infinite where there is none. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** No bounds. */
export const EVERYTHING: Range = { low: -Infinity, high: Infinity };

/** What both ranges allow. */
export const intersection = (a: Range, b: Range): Range => ({ low: Math.max(a.low, b.low), high: Math.min(a.high, b.high) });

/**
 * The real values that a quantised tensor can hold. An integer net saturates there, and that is how a
 * ReLU6 after a quantised convolution is written: the range is 0…6 and no operator says so. A float net
 * that leaves the clipping out answers differently.
 *
 * @returns {@link EVERYTHING} for a tensor that is not an 8-bit per-tensor one
 */
export const representable = (tensor: TfliteTensor): Range => {
  const q = tensor.quantisation;
  const [scale] = q?.scales ?? [];
  const [zero] = q?.zeroPoints ?? [];
  if (scale === undefined || zero === undefined || (tensor.type !== 'uint8' && tensor.type !== 'int8')) return EVERYTHING;
  const least = tensor.type === 'uint8' ? 0 : -128;
  return { low: scale * (least - zero), high: scale * (least + 255 - zero) };
};

/** The stored numbers of a constant, in a typed array of their kind (64-bit ones as they are). */
export const storedValues = (type: TfliteType, data: Uint8Array): Float32Array | Int32Array | Uint8Array | Int8Array | BigInt64Array => {
  // A copy, because values in the file need not be aligned.
  const { buffer } = Uint8Array.from(data);
  switch (type) {
    case 'float32': return new Float32Array(buffer);
    case 'int32': return new Int32Array(buffer);
    case 'uint8': return new Uint8Array(buffer);
    case 'int8': return new Int8Array(buffer);
    case 'int64': return new BigInt64Array(buffer);
  }
};

/** Row-major strides of these dimensions. */
const stridesOf = (dims: readonly number[]): number[] => dims.map((_, i) => elementCount(dims.slice(i + 1)));

/**
 * Moves the axes of a row-major array: axis i of the result is axis `order[i]` of the input.
 *
 * @param dims dimensions of `values`
 */
export const permute = <T extends Float32Array | Int32Array | Uint8Array | Int8Array>(values: T, dims: readonly number[], order: readonly number[]): T => {
  const moved = values.slice() as T;
  const from = stridesOf(dims);
  const sizes = order.map((axis) => dims[axis] ?? 1);
  const strides = order.map((axis) => from[axis] ?? 0);
  const index = sizes.map(() => 0);
  let source = 0;
  for (let target = 0; target < moved.length; target++) {
    moved[target] = values[source] ?? 0;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      source += strides[axis] ?? 0;
      if (next < (sizes[axis] ?? 1)) {
        index[axis] = next;
        break;
      }
      source -= next * (strides[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return moved;
};

/**
 * Real values of stored integers.
 *
 * @param dims dimensions of `stored`
 * @param quantisation its `axis` refers to these dimensions
 */
export const dequantise = (stored: Int32Array | Uint8Array | Int8Array, dims: readonly number[], quantisation: Quantisation): Float32Array => {
  const { scales, zeroPoints, axis } = quantisation;
  const inner = elementCount(dims.slice(axis + 1));
  const real = new Float32Array(stored.length);
  for (let i = 0; i < stored.length; i++) {
    const slice = scales.length === 1 ? 0 : Math.floor(i / inner) % scales.length;
    real[i] = (scales[slice] ?? 0) * ((stored[i] ?? 0) - (zeroPoints[slice] ?? 0));
  }
  return real;
};

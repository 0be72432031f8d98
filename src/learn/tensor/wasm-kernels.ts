/**
 * Cutting tables on the WASM backend without copying them first. Its own kernels for slices and splits copy the whole
 * table out of the heap for each piece, so that cutting T steps off a table of T steps costs T² copies; these
 * read it where it lies.
 */
import { getKernel, registerKernel, unregisterKernel, type KernelConfig, type NamedAttrMap, type TensorInfo } from './tf.js';

/** What is used of the WASM backend. */
export interface HeapBackend {
  makeOutput(shape: number[], dtype: string): TensorInfo;
  /** A view on a table's numbers, valid until the heap grows. */
  typedArrayFromHeap(table: TensorInfo): Float32Array | Int32Array | Uint8Array;
}

/** Copies a rectangle of a table of `columns` columns. */
const copy = (from: Float32Array | Int32Array | Uint8Array, columns: number, [row, column]: readonly [number, number], [rows, width]: readonly [number, number], to: Float32Array | Int32Array | Uint8Array): void => {
  if (width === columns) {
    to.set(from.subarray(row * columns, (row + rows) * columns));
    return;
  }
  for (let r = 0; r < rows; r += 1) {
    const at = (row + r) * columns + column;
    const out = r * width;
    for (let c = 0; c < width; c += 1) to[out + c] = from[at + c] ?? 0;
  }
};

/** A vector `[n]` as a table `[n, 1]`. */
const asTable = (shape: readonly number[]): readonly [number, number] => [shape[0] ?? 1, shape[1] ?? 1];

const piece = (backend: HeapBackend, x: TensorInfo, begin: readonly number[], size: readonly number[]): TensorInfo => {
  const shape = size.map((n, axis) => (n < 0 ? (x.shape[axis] ?? 0) - (begin[axis] ?? 0) : n));
  const out = backend.makeOutput(shape, x.dtype);
  // After making the output: making it may have moved the heap.
  copy(backend.typedArrayFromHeap(x), asTable(x.shape)[1], [begin[0] ?? 0, begin[1] ?? 0], asTable(shape), backend.typedArrayFromHeap(out));
  return out;
};

const flatEnough = (x: TensorInfo): boolean => x.shape.length <= 2 && x.shape.length > 0 && x.dtype !== 'string' && x.dtype !== 'complex64';

const sliced = (backend: HeapBackend, x: TensorInfo, attributes: NamedAttrMap): TensorInfo => {
  const all = (value: unknown, rest: number): number[] => {
    const given = (Array.isArray(value) ? value : [value]) as number[];
    return [...given, ...x.shape.slice(given.length).map(() => rest)];
  };
  return piece(backend, x, all(attributes['begin'], 0), all(attributes['size'], -1));
};

const splitUp = (backend: HeapBackend, x: TensorInfo, attributes: NamedAttrMap): TensorInfo[] => {
  const axis = ((attributes['axis'] as number) + x.shape.length) % x.shape.length;
  const into = attributes['numOrSizeSplits'] as number | number[];
  const whole = x.shape[axis] ?? 0;
  const sizes = Array.isArray(into) ? into : Array.from({ length: into }, () => whole / into);
  let at = 0;
  return sizes.map((n) => {
    const begin = x.shape.map((_, k) => (k === axis ? at : 0));
    at += n;
    return piece(backend, x, begin, x.shape.map((all, k) => (k === axis ? n : all)));
  });
};

/** A kernel that takes over from the backend's own for vectors and tables of numbers. */
const overtake = (kernelName: string, work: (backend: HeapBackend, x: TensorInfo, attributes: NamedAttrMap) => TensorInfo | TensorInfo[]): void => {
  const own = getKernel(kernelName, 'wasm') as KernelConfig | undefined;
  if (own === undefined) return;
  unregisterKernel(kernelName, 'wasm');
  registerKernel({
    kernelName, backendName: 'wasm',
    kernelFunc: (given) => {
      const { x } = given.inputs;
      return x !== undefined && flatEnough(x) ? work(given.backend as HeapBackend, x, given.attrs ?? {}) : own.kernelFunc(given);
    },
  });
};

/** Puts the faster cuts in place of the backend's own. Called once, when the backend is opened. */
export const cutInPlace = (): void => {
  overtake('Slice', sliced);
  overtake('SplitV', splitUp);
};

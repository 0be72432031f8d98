/**
 * Gradients of the few plain kernels that training walks back through. The library's own come only with its largest
 * package, and multiply and add up in ways that the WASM backend is slow at. Only tables of one shape, or a table
 * and a single number that is not differentiated by; anything else is refused by the tape itself, which compares
 * shapes.
 */
import { clone, concat, mul, neg, onesLike, pad, registerGradient, reshape, slice, type GradConfig, type NamedAttrMap, type Tensor } from './tf.js';

const saved = (tensors: readonly Tensor[], i: number): Tensor => {
  const tensor = tensors[i];
  if (tensor === undefined) throw new RangeError(`nothing was saved as number ${i}`);
  return tensor;
};

const one = (dy: Tensor | Tensor[]): Tensor => (Array.isArray(dy) ? saved(dy, 0) : dy);

const axisOf = (attributes: NamedAttrMap): number => attributes['axis'] as number;

const GRADIENTS: readonly GradConfig[] = [
  // A gradient is handed on as it is once at most, for whoever adds to it frees it.
  { kernelName: 'Add', gradFunc: (dy) => ({ a: () => one(dy), b: () => clone(one(dy)) }) },
  { kernelName: 'Sub', gradFunc: (dy) => ({ a: () => one(dy), b: () => neg(one(dy)) }) },
  {
    kernelName: 'Multiply', inputsToSave: ['a', 'b'],
    gradFunc: (dy, tensors) => ({ a: () => mul(one(dy), saved(tensors, 1)), b: () => mul(one(dy), saved(tensors, 0)) }),
  },
  { kernelName: 'Identity', gradFunc: (dy) => ({ x: () => clone(one(dy)) }) },
  { kernelName: 'Square', inputsToSave: ['x'], gradFunc: (dy, tensors) => ({ x: () => mul(one(dy), mul(saved(tensors, 0), 2)) }) },
  { kernelName: 'Reshape', inputsToSave: ['x'], gradFunc: (dy, tensors) => ({ x: () => reshape(one(dy), saved(tensors, 0).shape) }) },
  // Only the sum of everything.
  { kernelName: 'Sum', inputsToSave: ['x'], gradFunc: (dy, tensors) => ({ x: () => mul(reshape(one(dy), []), onesLike(saved(tensors, 0))) }) },
  { kernelName: 'SplitV', gradFunc: (dy, _, attributes) => ({ x: () => concat(Array.isArray(dy) ? dy : [dy], axisOf(attributes)) }) },
  {
    kernelName: 'Concat', saveAllInputs: true,
    gradFunc: (dy, tensors, attributes) => {
      const axis = axisOf(attributes);
      let at = 0;
      return Object.fromEntries(tensors.map(({ shape }, i) => {
        const begin = shape.map((_, k) => (k === axis ? at : 0));
        at += shape[axis] ?? 0;
        return [String(i), () => slice(one(dy), begin, [...shape])];
      }));
    },
  },
  {
    kernelName: 'Slice', inputsToSave: ['x'],
    gradFunc: (dy, tensors, attributes) => {
      const { begin, size } = attributes as unknown as { readonly begin: readonly number[]; readonly size: readonly number[] };
      const { shape } = saved(tensors, 0);
      return { x: () => pad(one(dy), shape.map((n, k): [number, number] => [begin[k] ?? 0, n - (begin[k] ?? 0) - (one(dy).shape[k] ?? size[k] ?? 0)])) };
    },
  },
];

/** Makes the gradients known to the engine; doing so twice changes nothing. */
export const registerGradients = (): void => {
  for (const gradient of GRADIENTS) registerGradient(gradient);
};

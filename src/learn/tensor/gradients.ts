/**
 * Gradients of the few plain kernels that training walks back through. The library's own come only with its largest
 * package, and multiply and add up in ways that the WASM backend is slow at. Tables have the same shape, or one of
 * them is a single number; anything else is refused by the tape itself, which compares shapes.
 */
import { concat, mul, neg, onesLike, pad, registerGradient, reshape, slice, sum, type GradConfig, type NamedAttrMap, type Tensor } from './tf.js';

/** A gradient for an input of this shape, where the input may have been a single number against a table. */
const like = (dy: Tensor, shape: readonly number[]): Tensor => (dy.size > 1 && shape.every((n) => n === 1) ? reshape(sum(dy), [...shape]) : reshape(dy, [...shape]));

const saved = (tensors: readonly Tensor[], i: number): Tensor => {
  const tensor = tensors[i];
  if (tensor === undefined) throw new RangeError(`nothing was saved as number ${i}`);
  return tensor;
};

const one = (dy: Tensor | Tensor[]): Tensor => (Array.isArray(dy) ? saved(dy, 0) : dy);

const axisOf = (attributes: NamedAttrMap): number => attributes['axis'] as number;

/** a ∘ b where the gradients are dy times something of both. */
const binary = (kernelName: string, da: (dy: Tensor, a: Tensor, b: Tensor) => Tensor, db: (dy: Tensor, a: Tensor, b: Tensor) => Tensor): GradConfig => ({
  kernelName, inputsToSave: ['a', 'b'],
  gradFunc: (dy, tensors) => {
    const [a, b] = [saved(tensors, 0), saved(tensors, 1)];
    return { a: () => like(da(one(dy), a, b), a.shape), b: () => like(db(one(dy), a, b), b.shape) };
  },
});

const GRADIENTS: readonly GradConfig[] = [
  binary('Add', (dy) => dy, (dy) => dy),
  binary('Sub', (dy) => dy, (dy) => neg(dy)),
  binary('Multiply', (dy, _, b) => mul(dy, b), (dy, a) => mul(dy, a)),
  { kernelName: 'Identity', gradFunc: (dy) => ({ x: () => one(dy) }) },
  { kernelName: 'Square', inputsToSave: ['x'], gradFunc: (dy, tensors) => ({ x: () => mul(one(dy), mul(saved(tensors, 0), 2)) }) },
  { kernelName: 'Reshape', inputsToSave: ['x'], gradFunc: (dy, tensors) => ({ x: () => reshape(one(dy), saved(tensors, 0).shape) }) },
  // Only the sum of everything.
  { kernelName: 'Sum', inputsToSave: ['x'], gradFunc: (dy, tensors) => ({ x: () => mul(reshape(one(dy), []), onesLike(saved(tensors, 0))) }) },
  { kernelName: 'SplitV', gradFunc: (dy, _, attributes) => ({ x: () => concat(dy as Tensor[], axisOf(attributes)) }) },
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

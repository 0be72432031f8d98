/**
 * Operations with gradients of their own. The WASM backend multiplies `aᵀ·b` about ten times slower than `a·b`, and
 * adds or multiplies with broadcasting several times slower than without. So every gradient here writes its
 * transposes out, and rows are spread and summed by products with ones.
 */
import { add, concat2d, customGrad, fused, keep, logSoftmax, matMul, mul, neg, ones, relu, reshape, scalar, sigmoid, slice, softmax, step, sub, sum, tidy, transpose, valueAndGrad, zeros } from './tf.js';
import { runCell } from './cells.js';
import { CELLS } from './wasm-cells.js';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from './tf.js';

/** A value, and the gradients of its inputs given the value's own gradient and what was saved. */
export interface Differentiable<T extends Tensor> {
  readonly value: T;
  readonly gradients: (dy: T, saved: readonly Tensor2D[]) => Tensor[];
}

/** What the operations of a pass have saved of the tensors made in it, those with a higher id than the last before. */
interface Held {
  readonly tensors: Tensor[];
  readonly after: number;
}

/** Of the pass under way; like the library's own tape there is one at a time. */
let held: Held | undefined;

/**
 * An operation with a hand-written gradient, as one entry of the tape.
 *
 * @param inputs what it is differentiated by; anything else that its gradients use must be saved too, for the tape frees it
 * @param forward is given `save`, for tensors that the gradients need
 */
export const differentiable = <T extends Tensor>(inputs: readonly Tensor[], forward: (save: (...tensors: Tensor[]) => void) => Differentiable<T>): T =>
  customGrad<T>(() => {
    const saved: Tensor[] = [];
    const { value, gradients } = forward((...tensors) => {
      saved.push(...tensors);
      // The library's own saving makes a copy of each, and at these sizes a call costs more than what it does.
      for (const tensor of tensors) if (held !== undefined && !tensor.kept && tensor.id > held.after) held.tensors.push(keep(tensor));
    });
    return { value, gradFunc: (dy) => tidy(() => gradients(dy, saved as Tensor2D[])) };
  })(...inputs);

/** The value of a function of one vector, and its gradient; both belong to the caller's tidy. */
export const valueAndGradient = (f: (x: Tensor1D) => Scalar, x: Tensor1D): { readonly value: Scalar; readonly gradient: Tensor1D } => {
  const pass: Held = { tensors: [], after: tidy(() => scalar(0).id) };
  held = pass;
  try {
    const { value, grad } = valueAndGrad((given) => f(given as Tensor1D))(x);
    return { value, gradient: grad as Tensor1D };
  } finally {
    held = undefined;
    for (const tensor of pass.tensors) tensor.dispose();
  }
};

/** Does something with tensors and gives back what is none; every tensor made along the way is disposed unless kept. */
export const tidily = <T>(work: () => T): T => {
  let result: { readonly value: T } | undefined;
  tidy(() => {
    result = { value: work() };
  });
  return (result as unknown as { readonly value: T }).value;
};

/** The saved tensor of this number. */
export const savedAt = (saved: readonly Tensor2D[], i: number): Tensor2D => {
  const tensor = saved[i];
  if (tensor === undefined) throw new RangeError(`nothing was saved as number ${i}`);
  return tensor;
};

/** Repeats a column `[N, 1]` n times to `[N, n]`, by a product with ones. */
export const spread = (column: Tensor2D, n: number): Tensor2D => matMul(column, ones([1, n]));

/** Sums `[N, n]` over its columns to `[N, 1]`, by a product with ones. */
const sumColumns = (x: Tensor2D): Tensor2D => matMul(x, ones([x.shape[1], 1]));

/** `a·b` for `[N, m]` and `[m, n]`, whose gradients are plain products too: dy·bᵀ and aᵀ·dy with bᵀ and aᵀ written out. */
export const product = (a: Tensor2D, b: Tensor2D): Tensor2D => differentiable([a, b], (save) => {
  save(a, b);
  return {
    value: matMul(a, b),
    gradients: (dy, saved) => [matMul(dy, transpose(savedAt(saved, 1))), matMul(transpose(savedAt(saved, 0)), dy)],
  };
});

/** The gradients of a kernel `[m, n]` and a bias `[n]` in one product: [xᵀ; 1]·dy. */
const kernelAndBias = (x: Tensor2D, dy: Tensor2D): [Tensor2D, Tensor1D] => {
  const [m, n] = [x.shape[1], dy.shape[1]];
  const both: Tensor2D = matMul(concat2d([transpose(x), ones([1, x.shape[0]])], 0), dy);
  return [slice(both, [0, 0], [m, n]), reshape(slice(both, [m, 0], [1, n]), [n])];
};

/** x·kernel + bias in one call. The WASM backend looks at the rank with which the bias was made, not at its own: so it is made anew. */
const fusedAffine = (x: Tensor2D, kernel: Tensor2D, bias: Tensor1D): Tensor2D => fused.matMul({ a: x, b: kernel, bias: mul<Tensor1D>(bias, 1) }) as Tensor2D;

/** `x·kernel + bias` for `[N, m]`, `[m, n]` and `[n]`. */
export const affine = (x: Tensor2D, kernel: Tensor2D, bias: Tensor1D): Tensor2D => differentiable([x, kernel, bias], (save) => {
  save(x, kernel);
  return {
    value: fusedAffine(x, kernel, bias),
    gradients: (dy, saved) => [matMul(dy, transpose(savedAt(saved, 1))), ...kernelAndBias(savedAt(saved, 0), dy)],
  };
});

/** relu(x·kernel + bias), where x `[N, m]` is data and has no gradient. */
export const project = (x: Tensor2D, kernel: Tensor2D, bias: Tensor1D): Tensor2D => differentiable([kernel, bias], (save) => {
  const value = relu(fusedAffine(x, kernel, bias));
  save(value, x);
  return { value, gradients: (dy, saved) => kernelAndBias(savedAt(saved, 1), mul<Tensor2D>(dy, step(savedAt(saved, 0)))) };
});

/**
 * The straight-through gate: 1 where d `[N, 1]` is positive, else 0; backwards as σ(d/τ). With d the difference of two
 * logits plus that of two Gumbel variables this is the Gumbel-softmax for two categories, its hard sample forwards.
 * @see HMS equations 9 and 10
 */
export const straightThrough = (d: Tensor2D, temperature: number): Tensor2D => differentiable([d], (save) => {
  save(d);
  return {
    value: step(d),
    gradients: (dy, saved) => {
      const soft = sigmoid(mul(savedAt(saved, 0), 1 / temperature));
      return [mul(mul(dy, 1 / temperature), mul(soft, sub(1, soft)))];
    },
  };
});

/** `gate·x`, a gate `[N, 1]` before every column of x `[N, n]`. */
export const gated = (gate: Tensor2D, x: Tensor2D): Tensor2D => differentiable([gate, x], (save) => {
  save(gate, x);
  return {
    value: runCell(CELLS.gating, [gate, x])?.[0] ?? mul<Tensor2D>(spread(gate, x.shape[1]), x),
    gradients: (dy, saved) => {
      const [opened, masked] = [savedAt(saved, 0), savedAt(saved, 1)];
      return runCell(CELLS.gatingGradient, [dy, opened, masked]) ?? [sumColumns(mul<Tensor2D>(dy, masked)), mul(dy, spread(opened, masked.shape[1]))];
    },
  };
});

/** What a shut gate lets overwrite the kept row: the first columns of another table. */
export interface Lower {
  readonly table: Tensor2D;
  /** How many of its columns, from the first. */
  readonly columns: number;
}

/** What a shut gate leaves: the kept row, with the first columns of the lower table over it. */
const left = (kept: Tensor2D, lower: Tensor2D | undefined, columns: number): Tensor2D =>
  lower === undefined ? kept : concat2d([slice(lower, [0, 0], [-1, columns]), slice(kept, [0, columns], [-1, kept.shape[1] - columns])], 1);

const choiceGradient = (dy: Tensor2D, [gate, next, kept, lower]: readonly [Tensor2D, Tensor2D, Tensor2D, Tensor2D | undefined], columns: number): Tensor2D[] => {
  const [rows, n] = kept.shape;
  const dNext = mul<Tensor2D>(dy, spread(gate, n));
  const dLeft = sub<Tensor2D>(dy, dNext);
  const dGate = sumColumns(mul<Tensor2D>(dy, sub(next, left(kept, lower, columns))));
  if (lower === undefined) return [dGate, dNext, dLeft];
  const dKept = concat2d([zeros([rows, columns]), slice(dLeft, [0, columns], [rows, n - columns])], 1);
  return [dGate, dNext, dKept, concat2d([slice(dLeft, [0, 0], [rows, columns]), zeros([rows, lower.shape[1] - columns])], 1)];
};

/**
 * `next` where the gate `[N, 1]` is open, else `kept`, row by row; with `lower` a shut gate lets its first columns
 * overwrite the first ones of `kept` (HMS's fusing of hidden states). The gate's gradient is dy·(next − what a shut
 * gate leaves).
 * @see HMS equations 5 and 7
 */
export const choose = (gate: Tensor2D, next: Tensor2D, kept: Tensor2D, lower?: Lower): Tensor2D => {
  const columns = lower?.columns ?? 0;
  const tables = lower === undefined ? [gate, next, kept] : [gate, next, kept, lower.table];
  return differentiable(tables, (save) => {
    save(...tables);
    const shut = (): Tensor2D => left(kept, lower?.table, columns);
    return {
      value: runCell(CELLS.choice, tables, columns)?.[0] ?? add<Tensor2D>(shut(), mul(spread(gate, kept.shape[1]), sub(next, shut()))),
      gradients: (dy, saved) => runCell(CELLS.choiceGradient, [dy, ...saved], columns)
        ?? choiceGradient(dy, [savedAt(saved, 0), savedAt(saved, 1), savedAt(saved, 2), saved[3]], columns),
    };
  });
};

/**
 * The weighted sum of cross entropies: −Σ weights·log softmax(logits)[target].
 *
 * @param targets one-hot rows `[N, classes]` multiplied by the row's weight
 * @param weights the rows' weights `[N, 1]`
 * @see HMS equation 8
 */
export const crossEntropy = (logits: Tensor2D, targets: Tensor2D, weights: Tensor2D): Scalar => differentiable<Scalar>([logits], (save) => {
  save(logits, targets, weights);
  return {
    value: neg(sum(mul(targets, logSoftmax(logits)))),
    gradients: (dy, saved) => [mul(dy, sub(mul(spread(savedAt(saved, 2), logits.shape[1]), softmax(savedAt(saved, 0))), savedAt(saved, 1)))],
  };
});

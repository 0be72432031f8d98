/**
 * Recurrence over a batch, time-major: row t·B + b is step t of sequence b. The products of the inputs are made for all
 * steps at once before the loop; in the loop only the state is multiplied. The state's kernel gets its gradient in
 * one product over all steps when the loop has been walked back.
 */
import { add, clone, concat, concat2d, matMul, mul, ones, reshape, sigmoid, slice, split, sub, transpose, zeros } from './tf.js';
import type { Tensor1D, Tensor2D } from './tf.js';
import { runCell } from './cells.js';
import { differentiable, savedAt } from './ops.js';
import { CELLS } from './wasm-cells.js';

/** What is before the loop, row block by row block, and what a step adds to it. */
export interface Recurrence {
  /** Steps in the batch. */
  readonly steps: number;
  /** What step t gets from its inputs, `[B, n]`. */
  at(t: number): Tensor2D;
  /** The state's kernel `[m, n]`. */
  readonly kernel: Tensor2D;
  /** The same with rows for columns; only in training. */
  readonly kernelT: Tensor2D | undefined;
  /** To be called for each step on the way back, with the state `[B, m]` of which it was made. */
  walkedBack(t: number, state: Tensor2D): void;
}

/**
 * Opens a loop of `inputs + state·kernel`.
 *
 * @param inputs what the inputs give, all steps, `[T·B, n]`
 * @param kernel the state's kernel `[m, n]`
 * @param training whether it will be walked back
 */
export const recurrence = (inputs: Tensor2D, kernel: Tensor2D, steps: number, training: boolean): Recurrence => {
  const states = new Map<number, Tensor2D>();
  const nothing = (): Tensor2D => zeros([inputs.shape[0] / steps, kernel.shape[0]]);
  const all = differentiable<Tensor2D>([inputs, kernel], () => ({
    value: clone(inputs),
    // A step on which the loss does not depend is not walked back; its rows of dy are zero.
    gradients: (dy) => [dy, matMul(transpose(concat2d(Array.from({ length: steps }, (_, t) => states.get(t) ?? nothing()), 0)), dy)],
  }));
  const rows = steps === 1 ? [all] : split<Tensor2D>(all, steps, 0);
  return {
    steps,
    kernel,
    kernelT: training ? transpose(kernel) : undefined,
    at: (t) => savedAt(rows, t),
    walkedBack: (t, state) => {
      states.set(t, state);
    },
  };
};

/** `inputs + state·kernel` for one step of a recurrence; also where the state is more than a hidden state. */
export const recurrentStep = (recurrent: Recurrence, t: number, inputs: Tensor2D, state: Tensor2D): Tensor2D => differentiable([inputs, state], (save) => {
  save(state, recurrent.kernelT ?? state);
  return {
    value: add<Tensor2D>(inputs, matMul(state, recurrent.kernel)),
    gradients: (dy, saved) => {
      recurrent.walkedBack(t, savedAt(saved, 0));
      return [dy, matMul(dy, savedAt(saved, 1))];
    },
  };
});

/** tanh by the sigmoid, which the WASM backend has vectorised (some ten times faster). */
const tanhOf = (x: Tensor2D): Tensor2D => sub(mul(sigmoid(mul(x, 2)), 2), 1);

/**
 * The columns of the third gate, the cell's candidate, doubled, so that one sigmoid serves all four gates:
 * tanh x = 2σ(2x) − 1. For a kernel `[m, 4h]` or a bias `[4h]`.
 */
export const doubled = <T extends Tensor1D | Tensor2D>(weights: T, hidden: number): T => {
  const rows = weights.rank === 1 ? 1 : weights.shape[0];
  const row = concat([ones([rows, 2 * hidden]), mul(ones([rows, hidden]), 2), ones([rows, hidden])], 1);
  return mul(weights, reshape(row, weights.shape));
};

/**
 * One step of an LSTM, as one entry of the tape. Gates stand in the order input, forget, cell, output.
 *
 * @param inputs what the step's inputs give, bias included, `[B, 4h]`, by {@link doubled} weights
 * @param state `[h | c]` of the step before, `[B, 2h]`
 * @returns the new `[h | c]`
 */
export const lstmStep = (recurrent: Recurrence, t: number, inputs: Tensor2D, state: Tensor2D): Tensor2D => differentiable([inputs, state], (save) => {
  const [rows, hidden] = [state.shape[0], state.shape[1] / 2];
  const h = slice(state, [0, 0], [rows, hidden]);
  const gates = sigmoid(add<Tensor2D>(inputs, matMul(h, recurrent.kernel)));
  const [next, squashed] = cell(gates, state);
  save(h, state, gates, squashed, recurrent.kernelT ?? h);
  return {
    value: next,
    gradients: (dy, saved) => {
      recurrent.walkedBack(t, savedAt(saved, 0));
      const [dInputs, dCell] = cellGradient(dy, savedAt(saved, 2), savedAt(saved, 1), savedAt(saved, 3));
      return [dInputs, concat2d([matMul(dInputs, savedAt(saved, 4)), dCell], 1)];
    },
  };
});

const four = (gates: Tensor2D): [Tensor2D, Tensor2D, Tensor2D, Tensor2D] => split(gates, 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];

/** Gates `[B, 4h]` after the sigmoid and the old `[h | c]` → the new `[h | c]`, and tanh of its c. */
const cell = (gates: Tensor2D, state: Tensor2D): [Tensor2D, Tensor2D] => {
  const hidden = state.shape[1] / 2;
  const [next, squashed] = runCell(CELLS.cell, [gates, state], hidden) ?? [];
  if (next !== undefined && squashed !== undefined) return [next, squashed];
  const [input, forget, candidate, output] = four(gates);
  const c = add<Tensor2D>(mul(forget, slice(state, [0, hidden], [-1, hidden])), mul(input, sub(mul(candidate, 2), 1)));
  const tanh = tanhOf(c);
  return [concat2d([mul(output, tanh), c], 1), tanh];
};

/** The gradient of what goes into the sigmoid, and that of the old c. */
const cellGradient = (dy: Tensor2D, gates: Tensor2D, state: Tensor2D, squashed: Tensor2D): [Tensor2D, Tensor2D] => {
  const hidden = squashed.shape[1];
  const [dInputs, dCell] = runCell(CELLS.cellGradient, [dy, gates, state, squashed], hidden) ?? [];
  if (dInputs !== undefined && dCell !== undefined) return [dInputs, dCell];
  const [dh, dcLater] = split<Tensor2D>(dy, 2, 1) as [Tensor2D, Tensor2D];
  const [input, forget, candidate, output] = four(gates);
  const dc = add(dcLater, mul(mul(dh, output), sub(1, mul(squashed, squashed))));
  const dGates = concat2d([
    mul(dc, sub(mul(candidate, 2), 1)), mul(dc, slice(state, [0, hidden], [-1, hidden])), mul(mul(dc, input), 2), mul(dh, squashed),
  ], 1);
  return [mul<Tensor2D>(dGates, sub(gates, mul(gates, gates))), mul(dc, forget)];
};

import { expect } from 'chai';
import { seeded } from '../../../src/learn/random.js';
import { openEngine } from '../../../src/learn/tensor/engine.js';
import { doubled, lstmStep, recurrence, recurrentStep } from '../../../src/learn/tensor/lstm.js';
import { affine, choose, crossEntropy, gated, product, project, straightThrough, tidily, valueAndGradient } from '../../../src/learn/tensor/ops.js';
import { add, concat2d, memory, mul, reshape, slice, split, sum, tensor1d, tensor2d, type Rank, type Scalar, type Tensor1D, type Tensor2D } from '../../../src/learn/tensor/tf.js';

const random = seeded(7);
const numbers = (n: number): Float32Array => Float32Array.from({ length: n }, () => random.normal());
const table = (rows: number, columns: number): Tensor2D => tensor2d(numbers(rows * columns), [rows, columns]);

/** Tables of these shapes, cut from one vector, so that one finite difference serves all of them. */
const tables = (x: Tensor1D, shapes: readonly (readonly [number, number])[]): Tensor2D[] =>
  split<Tensor1D>(x, shapes.map(([r, c]) => r * c)).map((piece, i) => reshape<Rank.R2>(piece, [...shapes[i]!]));

/** Compares the gradient with central differences. */
const checkGradient = (shapes: readonly (readonly [number, number])[], f: (...tables: Tensor2D[]) => Tensor2D): void => {
  const at = numbers(shapes.reduce((n, [r, c]) => n + r * c, 0));
  tidily(() => {
    // A weighted sum, so that no two entries have the same gradient.
    let weights: Tensor2D | undefined;
    const loss = (x: Tensor1D): Scalar => {
      const y = f(...tables(x, shapes));
      weights ??= tensor2d(Float32Array.from({ length: y.size }, (_, i) => Math.sin(i + 1)), y.shape);
      return sum(mul(y, weights));
    };
    // Made outside the pass, which frees what it makes.
    loss(tensor1d(at));
    const { gradient } = valueAndGradient(loss, tensor1d(at));
    const found = gradient.dataSync<'float32'>();
    const moved = (i: number, by: number): number => loss(tensor1d(at.map((value, k) => (k === i ? value + by : value)))).dataSync<'float32'>()[0]!;
    at.forEach((_, i) => {
      const expected = (moved(i, 5e-3) - moved(i, -5e-3)) / 1e-2;
      expect(found[i], `entry ${i}`).to.be.closeTo(expected, 0.01 + 0.02 * Math.abs(expected));
    });
  });
};

describe('learning: operations', () => {
  before(async () => openEngine('wasm'));

  it('product: the gradients of plain products', () => {
    checkGradient([[3, 4], [4, 2]], product);
  });

  it('affine: the gradients of input, kernel and bias', () => {
    checkGradient([[3, 4], [4, 2], [1, 2]], (x, kernel, bias) => affine(x, kernel, reshape<Rank.R1>(bias, [2])));
  });

  it('project: nothing flows back where the ReLU is shut', () => {
    const x = table(5, 3);
    checkGradient([[3, 4], [1, 4]], (kernel, bias) => project(x, kernel, reshape<Rank.R1>(bias, [4])));
    x.dispose();
  });

  it('gated and choose: gate, both sides, and what a shut gate copies from below', () => {
    checkGradient([[3, 1], [3, 4]], gated);
    checkGradient([[3, 1], [3, 4], [3, 4]], (gate, next, kept) => choose(gate, next, kept));
    checkGradient([[3, 1], [3, 6], [3, 6], [3, 4]], (gate, next, kept, lower) => choose(gate, next, kept, { table: lower, columns: 2 }));
  });

  it('an LSTM over three steps, state and all, and a gate that reads the state', () => {
    checkGradient([[6, 12], [3, 12], [6, 1], [2, 6]], (inputs, kernel, gateKernel, first) => {
      const loop = recurrence(inputs, kernel, 3, true);
      const gates = recurrence(slice(inputs, [0, 0], [6, 1]), gateKernel, 3, true);
      let state = first;
      const seen: Tensor2D[] = [];
      for (let t = 0; t < 3; t += 1) {
        seen.push(recurrentStep(gates, t, gates.at(t), state));
        state = lstmStep(loop, t, loop.at(t), state);
      }
      return concat2d([...seen, state], 1);
    });
  });

  it('a step that the loss does not depend on takes no part in the kernel’s gradient', () => {
    checkGradient([[6, 8], [2, 8], [2, 4]], (inputs, kernel, first) => {
      const loop = recurrence(inputs, kernel, 3, true);
      const second = lstmStep(loop, 1, loop.at(1), lstmStep(loop, 0, loop.at(0), first));
      lstmStep(loop, 2, loop.at(2), second);
      return second;
    });
  });

  it('doubling a kernel doubles its gradient in the third gate', () => {
    checkGradient([[2, 8]], (kernel) => doubled(kernel, 2));
  });

  it('cross entropy: the gradient is softmax less target, weighted', () => {
    const [targets, weights] = [tensor2d([[0.5, 0, 0], [0, 0, 0.25]]), tensor2d([[0.5], [0.25]])];
    checkGradient([[2, 3]], (logits) => reshape<Rank.R2>(crossEntropy(logits, targets, weights), [1, 1]));
  });

  it('straight through: hard forwards, a sigmoid of the temperature backwards', () => {
    tidily(() => {
      const { value, gradient } = valueAndGradient((d) => sum(straightThrough(reshape<Rank.R2>(d, [4, 1]), 2)), tensor1d([-1, 0, 0.5, 3]));
      expect(value.dataSync()[0]).to.equal(2);
      const expected = [-1, 0, 0.5, 3].map((x) => {
        const s = 1 / (1 + Math.exp(-x / 2));
        return s * (1 - s) / 2;
      });
      gradient.dataSync<'float32'>().forEach((value, i) => {
        expect(value).to.be.closeTo(expected[i]!, 1e-6);
      });
    });
  });

  it('no tensor stays behind after a pass', () => {
    const before = memory().numTensors;
    checkGradient([[4, 8], [2, 8], [2, 4]], (inputs, kernel, first) => {
      const loop = recurrence(inputs, kernel, 2, true);
      return add(lstmStep(loop, 1, loop.at(1), lstmStep(loop, 0, loop.at(0), first)), 0);
    });
    expect(memory().numTensors).to.equal(before);
  });
});

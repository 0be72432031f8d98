import { expect } from 'chai';
import fc from 'fast-check';
import { dequantise, intersection, permute, representable } from '../../src/inference/quantised.js';

const dimsAndOrder = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 })
  .chain((dims) => fc.tuple(fc.constant(dims), fc.shuffledSubarray(dims.map((_, i) => i), { minLength: dims.length })));
const count = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

describe('permute', () => {
  it('moves a matrix to its transpose', () => {
    expect([...permute(Int32Array.of(1, 2, 3, 4, 5, 6), [2, 3], [1, 0])]).to.deep.equal([1, 4, 2, 5, 3, 6]);
  });

  it('puts each element where its indices say, in any number of dimensions', () => {
    fc.assert(fc.property(dimsAndOrder, ([dims, order]) => {
      const values = Int32Array.from({ length: count(dims) }, (_, i) => i);
      const moved = permute(values, dims, order);
      const newDims = order.map((axis) => dims[axis]!);
      moved.forEach((value, flat) => {
        let rest = flat;
        const index = newDims.map((_, i) => {
          const stride = count(newDims.slice(i + 1));
          const at = Math.floor(rest / stride);
          rest %= stride;
          return at;
        });
        const source = dims.reduce((sum, d, axis) => sum * d + index[order.indexOf(axis)]!, 0);
        expect(value).to.equal(source);
      });
    }));
  });

  it('is undone by the inverse order', () => {
    fc.assert(fc.property(dimsAndOrder, ([dims, order]) => {
      const values = Uint8Array.from({ length: count(dims) }, (_, i) => i);
      const there = permute(values, dims, order);
      const back = permute(there, order.map((axis) => dims[axis]!), dims.map((_, axis) => order.indexOf(axis)));
      expect([...back]).to.deep.equal([...values]);
    }));
  });
});

describe('dequantise', () => {
  it('takes scale and zero point of the slice along the axis', () => {
    const real = dequantise(Int8Array.of(1, 2, 3, 4, 5, 6), [2, 3], { scales: [1, 10, 100], zeroPoints: [0, 1, 2], axis: 1 });
    expect([...real]).to.deep.equal([1, 10, 100, 4, 40, 400]);
  });

  it('takes the one scale for all when there is one', () => {
    expect([...dequantise(Uint8Array.of(0, 128, 255), [3], { scales: [0.5], zeroPoints: [128], axis: 0 })]).to.deep.equal([-64, 0, 63.5]);
  });
});

describe('representable', () => {
  const tensor = (type: 'uint8' | 'int8' | 'float32', zero: number) => ({ name: 't', dims: [1], type, quantisation: { scales: [6 / 255], zeroPoints: [zero], axis: 0 } });

  it('finds the ReLU6 that a quantised range stands for', () => {
    for (const range of [representable(tensor('uint8', 0)), representable(tensor('int8', -128))]) {
      expect(range.low).to.equal(0);
      expect(range.high).to.be.closeTo(6, 1e-12);
    }
  });

  it('does not bound a float tensor', () => {
    expect(representable(tensor('float32', 0))).to.deep.equal({ low: -Infinity, high: Infinity });
  });

  it('meets an activation in what both allow', () => {
    expect(intersection({ low: 0, high: Infinity }, { low: -3, high: 5 })).to.deep.equal({ low: 0, high: 5 });
  });
});

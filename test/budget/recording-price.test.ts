import { expect } from 'chai';
import fc from 'fast-check';
import { recordingPrice } from '../../src/budget/recording-price.js';
import type { RecordingPrice } from '../../src/inference/manifest.js';

const TABLE: RecordingPrice = { stepsLeft: [1, 4, 10], leftGmacs: [0.03, 0.3, 1.2], price: [[4, 2, 1], [40, 10, 1], [100, 50, 2]] };

describe('budget/recording-price', () => {
  it('is the table at its knots, its ends beyond them, and in between half-way in logarithms', () => {
    expect(recordingPrice(TABLE, 4, 0.3)).to.be.closeTo(10, 1e-9);
    expect(recordingPrice(TABLE, 40, 0)).to.be.closeTo(100, 1e-9);
    expect(recordingPrice(TABLE, 1, 7)).to.be.closeTo(1, 1e-9);
    expect(recordingPrice(TABLE, 2, 0.03)).to.be.closeTo(Math.sqrt(4 * 40), 1e-9);
    expect(recordingPrice(TABLE, 1, Math.sqrt(0.03 * 0.3))).to.be.closeTo(Math.sqrt(8), 1e-9);
    expect(recordingPrice({ stepsLeft: [5], leftGmacs: [1], price: [[3]] }, 2, 0.1)).to.be.closeTo(3, 1e-9);
  });

  const row = fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength: 3, maxLength: 3 }).map((prices) => prices.sort((a, b) => b - a));
  const amount = fc.double({ min: 0, max: 3, noNaN: true });

  it('never rises with what is left, and stays within the table', () => {
    fc.assert(fc.property(fc.array(row, { minLength: 3, maxLength: 3 }), fc.integer({ min: 1, max: 30 }), amount, amount, (price, steps, left, more) => {
      const table = { ...TABLE, price };
      const here = recordingPrice(table, steps, left);
      expect(recordingPrice(table, steps, left + more)).to.be.at.most(here * (1 + 1e-9));
      expect(here).to.be.within(Math.min(...price.flat()) * (1 - 1e-9), Math.max(...price.flat()) * (1 + 1e-9));
    }));
  });
});

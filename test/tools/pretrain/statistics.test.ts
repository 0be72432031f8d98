import { expect } from 'chai';
import fc from 'fast-check';
import { seeded } from '../../../tools/pretrain/random.js';
import { argmax, bootstrap, expectedCalibrationError, quantile, wilson } from '../../../tools/pretrain/statistics.js';

describe('the statistics of the model cards', () => {
  it("gives Wilson's interval as published tables do", () => {
    const { value, low, high } = wilson(81, 263); // Newcombe 1998, table I, method 3
    expect(value).to.be.closeTo(0.3080, 1e-4);
    expect(low).to.be.closeTo(0.2553, 1e-4);
    expect(high).to.be.closeTo(0.3662, 1e-4);
  });

  it('keeps an interval inside 0…1 and around its share', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (n, some) => {
      const { value, low, high } = wilson(Math.min(some, n), n);
      expect(low).to.be.at.least(-1e-12).and.at.most(value + 1e-12);
      expect(high).to.be.at.most(1 + 1e-12).and.at.least(value - 1e-12);
    }));
  });

  it('draws groups, not members: the interval of a mean narrows as the groups grow in number', () => {
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const width = (n: number): number => {
      const { low, high } = bootstrap(Array.from({ length: n }, (_, i) => i % 2), mean, seeded(1));
      return high - low;
    };
    expect(width(400)).to.be.closeTo(2 * 1.96 * 0.5 / Math.sqrt(400), 0.02);
    expect(width(100)).to.be.above(width(400) * 1.6);
  });

  it('finds no calibration error where scores are frequencies, and all of it where they are opposite', () => {
    const sure = (score: number, hits: number): { score: number; right: boolean }[] => Array.from({ length: 10 }, (_, i) => ({ score, right: i < hits }));
    expect(expectedCalibrationError([...sure(0.3, 3), ...sure(0.7, 7), ...sure(1, 10)])).to.be.closeTo(0, 1e-12);
    expect(expectedCalibrationError(sure(1, 0))).to.equal(1);
    expect(expectedCalibrationError([...sure(0.9, 5), ...sure(0.1, 1)])).to.be.closeTo(0.2, 1e-12);
  });

  it('takes the first of equals, only among the asked, and quantiles of any order', () => {
    expect(argmax([1, 3, 3, 2])).to.equal(1);
    expect(argmax([1, 3, 3, 2], [0, 3])).to.equal(3);
    expect(quantile([5, 1, 4, 2, 3], 0.5)).to.equal(3);
    expect(quantile([5, 1, 4, 2, 3], 1)).to.equal(5);
  });
});

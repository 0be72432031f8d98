import { expect } from 'chai';
import fc from 'fast-check';
import { argmax, quantile, rankCorrelation } from '../../src/evaluate/order.js';

describe('order', () => {
  it('takes the first of equals, only among the asked, and quantiles of any order', () => {
    expect(argmax([1, 3, 3, 2])).to.equal(1);
    expect(argmax([1, 3, 3, 2], [0, 3])).to.equal(3);
    expect(argmax([])).to.equal(-1);
    expect(quantile([5, 1, 4, 2, 3], 0.5)).to.equal(3);
    expect(quantile([5, 1, 4, 2, 3], 1)).to.equal(5);
  });

  it("gives Spearman's correlation, by hand: 1 − 6·Σd²/(n³−n), and ties at their mean rank", () => {
    expect(rankCorrelation([10, 20, 30, 40, 50], [2, 1, 4, 3, 5])).to.be.closeTo(1 - (6 * 4) / 120, 1e-12);
    expect(rankCorrelation([1, 1, 2], [1, 2, 3])).to.be.closeTo(1.5 / Math.sqrt(1.5 * 2), 1e-12); // ranks 1.5 1.5 3 and 1 2 3
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).to.be.NaN;
    expect(() => rankCorrelation([1], [1, 2])).to.throw(RangeError);
  });

  it('cares for order only, and turns its sign when one side is turned', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 20 }), fc.array(fc.integer(), { minLength: 20, maxLength: 20 }), (some, luck) => {
      const others = luck.slice(0, some.length);
      fc.pre(new Set(others).size > 1);
      const r = rankCorrelation(some, others);
      expect(r).to.be.within(-1 - 1e-12, 1 + 1e-12);
      expect(rankCorrelation(some.map((v) => v ** 3), others)).to.be.closeTo(r, 1e-12);
      expect(rankCorrelation(some.map((v) => -v), others)).to.be.closeTo(-r, 1e-12);
      expect(rankCorrelation(some, some)).to.be.closeTo(1, 1e-12);
    }));
  });
});

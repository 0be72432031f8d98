import { expect } from 'chai';
import fc from 'fast-check';
import { accuracyAtCost, areaUnderCurve, gmacsPerSecond, meanGmacs, sequenceGmacs, type Prices } from '../../src/evaluate/cost.js';
import { shareOfTheWay, shareOfTheWayInterval } from '../../src/evaluate/compare.js';
import { usage, usageByClass, usageByGroup, usageFollows } from '../../src/evaluate/usage.js';
import { seeded } from '../../src/learn/random.js';
import { anyRuns, runOf } from './made-runs.js';

const prices: Prices = { gmacs: { audio: 0.5, appearance: 2, motion: 10 }, headGmacs: 0.25 };
const p = [0.5, 0.5];
const one = runOf([{ target: 0, p, i: 1 }, { target: 0, p }, { target: 1, p, i: 1, m: 1 }]);
const other = runOf([{ target: 1, p, m: 1 }]);

describe('usage', () => {
  it('is the share of steps on which a gate was open: of all, by class, by group', () => {
    expect(usage([one, other])).to.deep.equal({ steps: 4, appearance: 0.5, motion: 0.5 });
    expect(usageByClass([one, other], 3)).to.deep.equal([
      { steps: 2, appearance: 0.5, motion: 0 }, { steps: 2, appearance: 0.5, motion: 1 }, { steps: 0, appearance: NaN, motion: NaN },
    ]);
    expect(usageByGroup([one, other], ['sound', 'motion']).get('motion')).to.deep.equal({ steps: 2, appearance: 0.5, motion: 1 });
  });

  it('is the mean of the usage by class, weighed by steps', () => {
    fc.assert(fc.property(anyRuns(), (runs) => {
      const all = usage(runs), parts = usageByClass(runs, 4).filter(({ steps }) => steps > 0);
      expect(parts.reduce((sum, part) => sum + part.motion * part.steps, 0)).to.be.closeTo(all.motion * all.steps, 1e-9);
    }));
  });

  it('follows a matrix that asks for it, and goes against its opposite', () => {
    const matrix = [{ appearance: 1, motion: 0 }, { appearance: 0.5, motion: 1 }, { appearance: 9, motion: 9 }]; // class 2 does not occur
    const rise = runOf([{ target: 0, p, i: 1 }, { target: 1, p, m: 1 }]);
    expect(usageFollows([rise], matrix)).to.deep.include({ appearance: 1, motion: 1 });
    expect(usageFollows([rise], matrix.map(({ appearance, motion }) => ({ appearance: -appearance, motion: -motion })))).to.deep.include({ appearance: -1, motion: -1 });
    expect(usageFollows([rise], matrix).together).to.be.closeTo(4 / Math.sqrt(4 * 4.5), 1e-12); // ranks 3.5 1.5 1.5 3.5 and 3.5 2 1 3.5
  });
});

describe('cost', () => {
  it('charges sound and heads on every step, and the rest where a gate was open', () => {
    expect(sequenceGmacs(one, prices)).to.equal(3 * 0.75 + 2 * 2 + 10);
    expect(sequenceGmacs(one, prices, 1)).to.equal(2 * 0.75 + 2);
    expect(meanGmacs([one, other], prices)).to.equal((16.25 + 10.75) / 2);
    expect(gmacsPerSecond([one, other], prices, 500_000)).to.equal(27 / 2);
  });

  it('lies on the upper hull of a family of policies', () => {
    const points = [{ gmacs: 1, accuracy: 0.5 }, { gmacs: 2, accuracy: 0.55 }, { gmacs: 3, accuracy: 0.9 }, { gmacs: 4, accuracy: 0.8 }];
    expect(accuracyAtCost(points, 2), 'half of the sequences by the first, half by the third').to.be.closeTo(0.7, 1e-12);
    expect(accuracyAtCost(points, 9)).to.equal(0.9);
    expect(accuracyAtCost(points, 0.5)).to.be.NaN;
    fc.assert(fc.property(fc.array(fc.record({ gmacs: fc.integer({ min: 1, max: 20 }), accuracy: fc.double({ min: 0, max: 1, noNaN: true }) }), { minLength: 1 }), (any) => {
      for (const point of any) expect(accuracyAtCost(any, point.gmacs)).to.be.at.least(point.accuracy - 1e-12);
    }));
  });

  it('spreads budgets evenly in their logarithm under the curve', () => {
    const points = [{ gmacs: 1, accuracy: 0.5 }, { gmacs: 10, accuracy: 0.7 }, { gmacs: 50, accuracy: 0.6 }];
    expect(areaUnderCurve(points, { from: 1, to: 10 })).to.be.closeTo(0.6, 1e-12);
    expect(areaUnderCurve(points, { from: 1, to: 100 }), 'what is dearer and worse is dropped').to.be.closeTo(0.65, 1e-12);
    expect(areaUnderCurve(points, { from: Math.sqrt(10), to: 10 })).to.be.closeTo(0.65, 1e-12);
    expect(() => areaUnderCurve(points, { from: 0.1, to: 10 })).to.throw(RangeError, 'as cheap as');
    expect(() => areaUnderCurve(points, { from: 2, to: 2 })).to.throw(RangeError);
  });
});

describe('the share of the way', () => {
  it('is 0 at random, 1 at the oracle, and has an interval', () => {
    expect(shareOfTheWay({ random: 0.5, ours: 0.8, oracle: 0.9 })).to.be.closeTo(0.75, 1e-12);
    expect(shareOfTheWay({ random: 0.5, ours: 0.8, oracle: 0.5 })).to.be.NaN;
    const share = (rate: number): number[] => Array.from({ length: 400 }, (_, i) => ((i % 20) < rate * 20 ? 1 : 0));
    const { value, low, high } = shareOfTheWayInterval({ random: share(0.5), ours: share(0.8), oracle: share(0.9) }, seeded(1));
    expect(value).to.be.closeTo(0.75, 1e-12);
    expect(low).to.be.within(0.6, 0.73);
    expect(high).to.be.within(0.77, 0.9);
    expect(() => shareOfTheWayInterval({ random: [1], ours: [1, 0], oracle: [1, 0] }, seeded(1))).to.throw(RangeError);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { bootstrap, bootstrapOverSeeds, bootstrapWithinSeeds, pairedBootstrap, wilson } from '../../src/evaluate/intervals.js';
import { mean } from '../../src/evaluate/order.js';
import { seeded } from '../../src/learn/random.js';

describe('intervals', () => {
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
    const width = (n: number): number => {
      const { low, high } = bootstrap(Array.from({ length: n }, (_, i) => i % 2), mean, seeded(1));
      return high - low;
    };
    expect(width(400)).to.be.closeTo(2 * 1.96 * 0.5 / Math.sqrt(400), 0.02);
    expect(width(100)).to.be.above(width(400) * 1.6);
  });

  it('cancels in a paired difference what both sides share', () => {
    const random = seeded(5), theirs = Array.from({ length: 300 }, () => random.normal() * 10);
    const ours = theirs.map((value) => value + 1);
    const { value, low, high } = pairedBootstrap(ours, theirs, mean, seeded(1));
    for (const bound of [value, low, high]) expect(bound).to.be.closeTo(1, 1e-9);
    expect(() => pairedBootstrap(ours, theirs.slice(1), mean, seeded(1))).to.throw(RangeError, 'paired');
  });

  it('has the luck of the seeds in its interval, and that of the groups', () => {
    const still = (value: number): number[] => Array.from({ length: 50 }, () => value);
    const seeds = bootstrapOverSeeds([still(0.7), still(0.8), still(0.9)], mean, seeded(1));
    expect(seeds.value).to.be.closeTo(0.8, 1e-9);
    expect([seeds.low, seeds.high, seeds.n].map((x) => +x.toFixed(6))).to.deep.equal([0.7, 0.9, 3]);

    const coin = Array.from({ length: 100 }, (_, i) => i % 2);
    const shared = bootstrapOverSeeds([coin, coin, coin, coin], mean, seeded(1));
    const own = bootstrapWithinSeeds([coin, coin, coin, coin], mean, seeded(1));
    expect(shared.high - shared.low, 'the same clips for all four: four seeds make them no more').to.be.closeTo(2 * 1.96 * 0.05, 0.03);
    expect(own.high - own.low, 'four sets of clips are four times as many').to.be.closeTo(1.96 * 0.05, 0.02);
    expect(() => bootstrapOverSeeds([coin, coin.slice(1)], mean, seeded(1))).to.throw(RangeError, 'same groups');
  });

  it('leaves out draws on which the statistic has no value', () => {
    const { low, high } = bootstrap([1, 1, Number.NaN], (values) => values.find((v) => !Number.isNaN(v)) ?? Number.NaN, seeded(1));
    expect([low, high]).to.deep.equal([1, 1]);
  });
});

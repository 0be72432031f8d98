import { expect } from 'chai';
import fc from 'fast-check';
import { grained, NO_GRAIN, targetOf, type Grain } from '../../src/budget/grain.js';

const after = (wishes: readonly number[]): Grain => wishes.reduce((grain, ms) => grained(grain, { gmacs: 0, ms }), NO_GRAIN);
const often = (...ms: readonly number[]): Grain => after(Array.from({ length: 2000 }, (_, i) => ms[i % ms.length] ?? 0));

describe('budget/grain', () => {
  it('promises all of a cap away before the first wish, and in a currency in which nothing costs', () => {
    expect(targetOf(NO_GRAIN, { gmacs: 1, ms: 100 })).to.deep.equal({ gmacs: 1, ms: 1 });
    expect(targetOf(often(10), { gmacs: 1, ms: 1000 }).gmacs).to.equal(1);
  });

  it('leaves more the coarser the wishes are, with the root of how many fit into a window', () => {
    const slack = (ms: number): number => 1 - targetOf(often(ms), { gmacs: 1, ms: 1000 }).ms;
    expect(slack(40) / slack(10)).to.be.closeTo(2, 0.01);
    expect(1 - targetOf(often(10), { gmacs: 1, ms: 4000 }).ms).to.be.closeTo(slack(10) / 2, 0.001);
  });

  it('goes by the wishes that make up the work: many small ones beside a large one do not hide it', () => {
    const [large, both] = [often(50), often(50, 1, 1, 1, 1)].map((grain) => targetOf(grain, { gmacs: 1, ms: 1000 }).ms);
    expect(both).to.be.closeTo(large ?? 0, 0.02);
  });

  it('is a part of the cap whatever was wished for, a cap of nothing and none at all included', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true })), fc.constantFrom(0, 0.001, 1, 1e9, Infinity), (wishes, ms) => {
      expect(targetOf(after(wishes), { gmacs: 1, ms }).ms).to.be.within(0, 1);
    }));
  });
});

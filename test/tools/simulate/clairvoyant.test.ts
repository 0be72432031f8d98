import { expect } from 'chai';
import fc from 'fast-check';
import { bestFixedPrice, clairvoyant, foreseen, wholeLooks, type Chance } from '../../../tools/simulate/clairvoyant.js';

const LENGTH_S = 10;

/** Whether no half-open window of the length holds more than is allowed. */
const keeps = (taken: readonly Chance[], allowed: number): boolean => taken.every(({ atUs }) =>
  taken.filter((other) => other.atUs <= atUs && other.atUs > atUs - LENGTH_S * 1e6).reduce((sum, { cost }) => sum + cost, 0) <= allowed + 1e-9);

/** The best of all schedules without parts of looks, by trying every one. */
const bestWhole = (chances: readonly Chance[], allowed: number): number => {
  let best = 0;
  for (let choice = 0; choice < 2 ** chances.length; choice += 1) {
    const taken = chances.filter((_, i) => Math.floor(choice / 2 ** i) % 2 === 1);
    if (keeps(taken, allowed)) best = Math.max(best, taken.reduce((sum, { worth }) => sum + worth, 0));
  }
  return best;
};

const chance = fc.record({ atUs: fc.integer({ min: 0, max: 40_000_000 }), worth: fc.double({ min: 0.01, max: 5, noNaN: true }), cost: fc.double({ min: 0.1, max: 3, noNaN: true }) });
const some = fc.array(chance, { minLength: 1, maxLength: 8 }).map((all) => all.sort((a, b) => a.atUs - b.atUs));

describe('tools/simulate/clairvoyant', () => {
  it('is never below what any schedule has that keeps to the cap', () => {
    fc.assert(fc.property(some, fc.double({ min: 0.5, max: 6, noNaN: true }), (chances, allowed) => {
      expect(clairvoyant(chances, allowed, LENGTH_S)).to.be.at.least(bestWhole(chances, allowed) - 1e-9);
    }), { numRuns: 40 });
  });

  it('is what there is, where everything fits, and what fits, where all are alike', () => {
    const alike = Array.from({ length: 100 }, (_, i): Chance => ({ atUs: i * 1e6 + 1, worth: 1, cost: 1 }));
    expect(clairvoyant(alike, 10, LENGTH_S)).to.be.closeTo(100, 1e-6);
    expect(clairvoyant(alike, 5, LENGTH_S)).to.be.within(50, 51.5);
  });

  it('leads to a schedule of whole looks that keeps to the cap, and has nearly all where there are many small ones', () => {
    const worthOf = (taken: readonly Chance[]): number => taken.reduce((sum, { worth }) => sum + worth, 0);
    fc.assert(fc.property(some, fc.double({ min: 0.5, max: 6, noNaN: true }), (chances, allowed) => {
      const taken = wholeLooks(chances, foreseen(chances, allowed, LENGTH_S).prices, allowed, LENGTH_S);
      expect(keeps(taken, allowed)).to.equal(true);
      expect(new Set(taken).size).to.equal(taken.length);
      expect(worthOf(taken)).to.be.at.most(bestWhole(chances, allowed) + 1e-9);
    }), { numRuns: 40 });
    const many = Array.from({ length: 600 }, (_, i): Chance => ({ atUs: i * 200_000 + 1, worth: 1 + ((i * 37) % 100) / 25, cost: 0.05 }));
    const { bound, prices } = foreseen(many, 1, LENGTH_S);
    expect(worthOf(wholeLooks(many, prices, 1, LENGTH_S)) / bound).to.be.within(0.92, 1);
  });

  it('is beyond the best single price, which keeps to the cap itself', () => {
    fc.assert(fc.property(some, (chances) => {
      const { worth, spent } = bestFixedPrice(chances, 3, LENGTH_S);
      expect(worth).to.be.at.most(clairvoyant(chances, 3, LENGTH_S) + 1e-9);
      expect(spent).to.be.at.most(chances.reduce((sum, { cost }) => sum + cost, 0) + 1e-9);
    }), { numRuns: 40 });
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { goesFirst, type Rank, type Standing } from '../../src/budget/site-side.js';

const standing: fc.Arbitrary<Standing> = fc.record({ rank: fc.constantFrom<Rank>('asked', 'own', 'priced'), bitPerS: fc.constantFrom(0, 0.5, 2, 30), sinceUs: fc.constantFrom(1, 2, 3, Infinity) });

describe('budget/site-side', () => {
  it('lets the better rank go first, then whose look is worth more for what it takes, then who has waited longer', () => {
    const priced: Standing = { rank: 'priced', bitPerS: 2, sinceUs: 5 };
    expect(goesFirst({ rank: 'own', bitPerS: 0, sinceUs: 9 }, priced)).to.equal(true);
    expect(goesFirst({ rank: 'asked', bitPerS: 0, sinceUs: 9 }, { rank: 'own', bitPerS: 0, sinceUs: 1 })).to.equal(true);
    expect(goesFirst({ ...priced, bitPerS: 3, sinceUs: 9 }, priced)).to.equal(true);
    expect(goesFirst({ ...priced, sinceUs: 4 }, priced)).to.equal(true);
    expect(goesFirst({ ...priced, sinceUs: Infinity }, priced)).to.equal(false);
  });

  it('is an order: never both before the other, and never in a circle', () => {
    fc.assert(fc.property(standing, standing, standing, (a, b, c) => {
      expect(goesFirst(a, a)).to.equal(false);
      expect(goesFirst(a, b) && goesFirst(b, a)).to.equal(false);
      if (goesFirst(a, b) && goesFirst(b, c)) expect(goesFirst(a, c)).to.equal(true);
    }));
  });
});

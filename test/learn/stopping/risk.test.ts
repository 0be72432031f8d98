import { expect } from 'chai';
import fc from 'fast-check';
import { seeded } from '../../../src/learn/random.js';
import { bestBet, bettingP } from '../../../src/learn/stopping/risk.js';

const anyLosses = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 });
const anyRisk = fc.double({ min: 0.01, max: 0.5, noNaN: true });

describe('a bet against a mean', () => {
  it('is what it is made of', () => {
    expect(bettingP([0, 0, 0], 0.1, 1)).to.be.closeTo(1.1 ** -3, 1e-12);
    expect(bettingP([0, 0.5], 0.1, 1)).to.be.closeTo(Math.min(1, 1 / (1.1 * 0.6)), 1e-12);
    expect(bettingP([], 0.1, 1)).to.equal(1);
    expect(bettingP([1, 1], 0.1, 0.5), 'no p-value is above one').to.equal(1);
  });

  it('staked in full without a loss, shows as much as the binomial tail', () => {
    expect(bettingP(Array<number>(59).fill(0), 0.05, 1 / 0.95)).to.be.closeTo(0.95 ** 59, 1e-12);
  });

  it('does not depend on the order, and falls with each loss that is less', () => {
    fc.assert(fc.property(anyLosses, anyRisk, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (losses, risk, part, at) => {
      const bet = part / (1 - risk), p = bettingP(losses, risk, bet);
      expect(p).to.be.within(0, 1);
      expect(bettingP(losses.toReversed(), risk, bet)).to.be.closeTo(p, 1e-9);
      expect(bettingP(losses.with(at % losses.length, 0), risk, bet)).to.be.at.most(p + 1e-12);
    }));
  });

  it('is chosen within what cannot lose more than all, boldly where there is little loss and not at all where there is much', () => {
    fc.assert(fc.property(anyLosses, anyRisk, (losses, risk) => { expect(bestBet(losses, risk)).to.be.within(0, 1 / (1 - risk)); }));
    expect(bestBet(Array<number>(200).fill(0), 0.1)).to.be.above(0.9);
    expect(bestBet(Array<number>(200).fill(0.3), 0.1)).to.equal(0);
  });

  it('is fooled no more often than it says, at the edge of what is asked about', () => {
    const risk = 0.1, rounds = 2000;
    // Losses of nought, a half and one, of mean 0.1.
    const draw = (random: ReturnType<typeof seeded>): number[] => Array.from({ length: 80 }, () => (random.chance(0.05) ? 1 : random.chance(0.1053) ? 0.5 : 0));
    const random = seeded(5), bet = bestBet(draw(seeded(6)).map((loss) => loss / 2), risk);
    const fooled = Array.from({ length: rounds }, () => bettingP(draw(random), risk, bet)).filter((p) => p <= 0.05).length;
    expect(bet).to.be.above(0.1);
    // 5 % of 2000 are 100, with a deviation of 10.
    expect(fooled / rounds).to.be.at.most(0.065);
  });
});

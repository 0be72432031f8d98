import { expect } from 'chai';
import fc from 'fast-check';
import { advanced, openAccount, priceOf, reserved, type Account } from '../../src/budget/account.js';
import { costOf, scarcity, secondsOf } from '../../src/budget/price.js';

const ms = (amount: number): { readonly gmacs: number; readonly ms: number } => ({ gmacs: 0, ms: amount });
const ALL = { gmacs: Infinity, ms: 100 };
const held = fc.array(fc.double({ min: 0, max: 120, noNaN: true }), { minLength: 1, maxLength: 20 });

describe('budget/price', () => {
  it('takes a cap to be scarcer the more of it is booked for the time of the work, and never dearer than its price', () => {
    fc.assert(fc.property(held, fc.nat(19), fc.double({ min: 0, max: 50, noNaN: true }), (parts, which, more) => {
      const before = scarcity(parts.map(ms), ALL);
      const after = scarcity(parts.map((one, i) => ms(i === which % parts.length ? one + more : one)), ALL);
      expect(before.ms).to.be.within(0, 1);
      expect(after.ms).to.be.within(before.ms, 1);
    }));
  });

  it('knows a window that stays full from one that empties soon', () => {
    const full = (at: number): Account => {
      const then = advanced(openAccount({ perS: { gmacs: Infinity, ms: 10 }, burstS: 10 }), at);
      return advanced(reserved(then, ms(90)).account, 20_000_000);
    };
    // Nine tenths are booked in both: for nine seconds more, and for one.
    const [fresh, old] = [priceOf(full(19_000_000), ms(5)), priceOf(full(11_000_000), ms(5))];
    expect(fresh).to.be.above(2 * old);
    expect(old).to.be.above(0);
  });

  it('is free without a cap, and all of the price under a cap of nothing', () => {
    const none = scarcity([ms(5)], { gmacs: Infinity, ms: Infinity }), nothing = scarcity([ms(0)], { gmacs: 0, ms: 0 });
    const capPerS = { gmacs: Infinity, ms: Infinity };
    expect(costOf({ gmacs: 3, ms: 3 }, { gmacs: 1, ms: 1 }, capPerS, none)).to.equal(0);
    expect(nothing).to.deep.equal({ gmacs: 1, ms: 1 });
  });

  it('says how long a cap gives for some work, in all capped currencies together', () => {
    expect(secondsOf({ gmacs: 0.1, ms: 20 }, { gmacs: 0.2, ms: 100 })).to.be.closeTo(0.7, 1e-12);
    expect(secondsOf({ gmacs: 0.1, ms: 20 }, { gmacs: Infinity, ms: 100 })).to.be.closeTo(0.2, 1e-12);
    expect(secondsOf({ gmacs: 0.1, ms: 20 }, { gmacs: Infinity, ms: Infinity })).to.equal(0);
  });
});

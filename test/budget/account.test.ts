import { expect } from 'chai';
import fc from 'fast-check';
import { advanced, allowance, openAccount, recapped, reserved, room, roomBesideDebt, settled, wished, type Account } from '../../src/budget/account.js';
import type { Amount } from '../../src/budget/amount.js';

/** What is done to an account, one thing after another. */
type Deed =
  | { readonly do: 'wait'; readonly us: number }
  | { readonly do: 'reserve'; readonly amount: Amount }
  | { readonly do: 'settle'; readonly which: number; readonly factor: number };

const amount = fc.record({ gmacs: fc.double({ min: 0, max: 3, noNaN: true }), ms: fc.double({ min: 0, max: 300, noNaN: true }) });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: fc.constant('wait' as const), us: fc.integer({ min: 1, max: 3_000_000 }) }),
  fc.record({ do: fc.constant('reserve' as const), amount }),
  // Up to ten times what was reserved.
  fc.record({ do: fc.constant('settle' as const), which: fc.nat(20), factor: fc.double({ min: 0, max: 10, noNaN: true }) }),
);
const caps = fc.record({ perS: fc.record({ gmacs: fc.double({ min: 0.01, max: 1, noNaN: true }), ms: fc.double({ min: 1, max: 100, noNaN: true }) }), burstS: fc.constantFrom(1, 2, 5, 10) });

interface Entry { readonly atUs: number; amount: Amount }

const times = (a: Amount, by: number): Amount => ({ gmacs: a.gmacs * by, ms: a.ms * by });
const minus = (a: Amount, b: Amount): Amount => ({ gmacs: Math.max(0, a.gmacs - b.gmacs), ms: Math.max(0, a.ms - b.ms) });

/** Follows an account from outside: every booking by its time, to the microsecond. */
class Books {
  readonly entries: Entry[] = [];
  readonly held: { readonly entry: Entry; readonly amount: Amount; readonly slot: number }[] = [];
  spent: Amount = { gmacs: 0, ms: 0 };

  constructor(public account: Account) {}

  #booked(next: Account): Entry {
    const entry = { atUs: next.nowUs, amount: minus(next.total, this.account.total) };
    this.entries.push(entry);
    this.account = next;
    return entry;
  }

  act(what: Deed): void {
    if (what.do === 'wait') this.#booked(advanced(this.account, this.account.nowUs + what.us));
    if (what.do === 'reserve') {
      const { account, slot, amount: granted } = reserved(this.account, what.amount);
      this.held.push({ entry: this.#booked(account), amount: granted, slot });
    }
    if (what.do === 'settle') this.#settle(what.which, what.factor);
  }

  #settle(which: number, factor: number): void {
    const [ticket] = this.held.splice(which % Math.max(1, this.held.length), 1);
    if (ticket === undefined) return;
    const actual = times(ticket.amount, factor);
    this.spent = { gmacs: this.spent.gmacs + actual.gmacs, ms: this.spent.ms + actual.ms };
    ticket.entry.amount = minus(ticket.entry.amount, minus(ticket.amount, actual));
    this.account = settled(this.account, ticket.slot, ticket.amount, actual);
  }

  /** What is booked in the window that ends now. */
  window(): Amount {
    const from = this.account.nowUs - this.account.cap.burstS * 1e6;
    return this.entries.filter(({ atUs }) => atUs > from).reduce((sum, { amount: { gmacs, ms } }) => ({ gmacs: sum.gmacs + gmacs, ms: sum.ms + ms }), { gmacs: 0, ms: 0 });
  }
}

describe('budget/account', () => {
  it('never books more than the cap gives in any window, whatever is asked and whatever it turns out to cost', () => {
    fc.assert(fc.property(caps, fc.array(deed, { minLength: 1, maxLength: 120 }), (cap, deeds) => {
      const books = new Books(openAccount(cap));
      const most = allowance(cap);
      for (const one of deeds) {
        books.act(one);
        const { gmacs, ms } = books.window();
        expect(gmacs).to.be.at.most(most.gmacs * (1 + 1e-9));
        expect(ms).to.be.at.most(most.ms * (1 + 1e-9));
      }
    }), { numRuns: 400 });
  });

  it('loses no debt: what was spent is booked, or owed', () => {
    fc.assert(fc.property(caps, fc.array(deed, { minLength: 1, maxLength: 80 }), (cap, deeds) => {
      const books = new Books(openAccount(cap));
      for (const one of deeds) books.act(one);
      const open = books.held.reduce((sum, { amount: { ms } }) => sum + ms, 0);
      const { total, debt } = books.account;
      expect(total.ms + debt.ms).to.be.closeTo(books.spent.ms + open, 1e-6 * (1 + books.spent.ms));
    }));
  });

  it('pays a debt before anything else, as fast as the cap allows', () => {
    let account = openAccount({ perS: { gmacs: Infinity, ms: 10 }, burstS: 1 });
    const first = reserved(account, { gmacs: 0, ms: 10 });
    account = settled(first.account, first.slot, first.amount, { gmacs: 0, ms: 25 });
    expect(account.debt.ms).to.equal(15);
    expect(roomBesideDebt(account, { base: { gmacs: 0, ms: 0 }, perS: { gmacs: 0, ms: 0 } }).ms).to.equal(0);
    account = advanced(account, 1_020_000);
    expect(account.debt.ms).to.equal(5);
    expect(room(account).ms).to.equal(0);
    account = advanced(account, 2_050_000);
    expect(account.debt.ms).to.equal(0);
    expect(room(account).ms).to.equal(5);
  });

  it('keeps room for what is ahead: who takes what is left is never in its way', () => {
    const burst = fc.record({ gapUs: fc.integer({ min: 1, max: 400_000 }), ms: fc.double({ min: 0, max: 200, noNaN: true }) });
    fc.assert(fc.property(fc.array(burst, { minLength: 1, maxLength: 200 }), (asks) => {
      const one = { gmacs: 0.01, ms: 20 };
      const ahead = { base: one, perS: times(one, 2) };
      let account = openAccount({ perS: { gmacs: 1, ms: 100 }, burstS: 5 });
      let nextUs = 500_000;
      for (const { gapUs, ms } of asks) {
        const nowUs = account.nowUs + gapUs;
        // Twice a second something must always fit.
        for (; nextUs <= nowUs; nextUs += 500_000) {
          account = advanced(account, nextUs, ahead);
          const listening = reserved(account, one);
          expect(listening.amount.ms).to.be.closeTo(one.ms, 1e-9);
          ({ account } = listening);
        }
        account = advanced(account, nowUs, ahead);
        const free = roomBesideDebt(account, ahead);
        if (ms <= free.ms) ({ account } = reserved(account, { gmacs: 0, ms }));
      }
    }));
  });

  it('has nothing to give under a cap of nothing, and everything without a cap', () => {
    const nothing = openAccount({ perS: { gmacs: 0, ms: 0 }, burstS: 10 });
    expect(reserved(nothing, { gmacs: 1, ms: 1 }).amount).to.deep.equal({ gmacs: 0, ms: 0 });
    const all = openAccount({ perS: { gmacs: Infinity, ms: Infinity }, burstS: 10 });
    expect(reserved(all, { gmacs: 1, ms: 1 }).amount).to.deep.equal({ gmacs: 1, ms: 1 });
    expect(advanced(settled(all, 0, { gmacs: 0, ms: 0 }, { gmacs: 0, ms: 5 }), 1).debt.ms).to.equal(0);
  });

  it('does not give twice what was booked when the cap changes', () => {
    const before = reserved(openAccount({ perS: { gmacs: 1, ms: 10 }, burstS: 10 }), { gmacs: 0, ms: 80 }).account;
    expect(room(recapped(before, { perS: { gmacs: 1, ms: 20 }, burstS: 5 })).ms).to.equal(20);
    expect(room(recapped(before, { perS: { gmacs: 1, ms: 5 }, burstS: 10 })).ms).to.equal(0);
  });

  for (const [size, count, falls] of [['fine', 10, 100], ['coarse', 1, 50]] as const) {
    it(`has a price that rises with ${size} wishes beyond the cap and falls without`, () => {
      let account = openAccount({ perS: { gmacs: Infinity, ms: 10 }, burstS: 10 });
      const first = account.price.ms;
      for (let i = 1; i <= 60; i += 1) {
        account = advanced(account, i * 1e6);
        for (let k = 0; k < count; k += 1) account = wished(account, { gmacs: 0, ms: 30 / count });
      }
      const high = account.price.ms;
      expect(high).to.be.above(first * 100);
      // Room is left for coarse ones, so that their price falls more slowly.
      expect(advanced(account, 120e6).price.ms).to.be.below(high / falls);
      expect(account.price.gmacs).to.equal(first);
    });
  }
});

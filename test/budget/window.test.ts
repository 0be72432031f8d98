import { expect } from 'chai';
import fc from 'fast-check';
import { book, emptyWindow, passed, remaining, takeBack, type SlidingWindow } from '../../src/budget/window.js';

const LENGTH_S = 10;
const booked = (times: readonly { readonly atUs: number; readonly ms: number }[]): SlidingWindow =>
  times.reduce((window, { atUs, ms }) => book(passed(window, atUs), atUs, { gmacs: ms / 1000, ms }).window, emptyWindow(LENGTH_S));

const bookings = fc.array(fc.record({ gapUs: fc.integer({ min: 0, max: 4_000_000 }), ms: fc.double({ min: 0.1, max: 50, noNaN: true }) }), { minLength: 1, maxLength: 30 })
  .map((all) => all.map(({ ms }, i) => ({ ms, atUs: all.slice(0, i + 1).reduce((sum, { gapUs }) => sum + gapUs, 0) })));

describe('budget/window', () => {
  it('says what of its bookings it will still hold in each part of its length, as it turns out', () => {
    fc.assert(fc.property(bookings, fc.integer({ min: 1, max: 20 }), (times, parts) => {
      const nowUs = times.at(-1)!.atUs;
      const window = booked(times);
      // A slot may leave a part sooner or later than its middle.
      const slack = (part: number): readonly [number, number] => [passed(window, nowUs + ((part + 1.6) / parts) * LENGTH_S * 1e6).held.ms, passed(window, nowUs + ((part - 0.6) / parts) * LENGTH_S * 1e6).held.ms];
      const held = remaining(window, nowUs, parts);
      expect(held.length).to.equal(parts);
      for (const [part, { gmacs, ms }] of held.entries()) {
        const [least, most] = slack(part);
        expect(ms).to.be.within(least - 1e-9, most + 1e-9);
        expect(gmacs).to.be.closeTo(ms / 1000, 1e-9);
      }
    }));
  });

  it('holds all of what was just booked to its end, half as long what was booked half a length ago, and nothing that was taken back', () => {
    const fresh = remaining(booked([{ atUs: 60_000_000, ms: 8 }]), 60_000_000, 10);
    expect(fresh.map(({ ms }) => ms)).to.deep.equal(Array.from({ length: 10 }, () => 8));
    const old = booked([{ atUs: 55_000_000, ms: 8 }]);
    expect(remaining(old, 60_000_000, 10).map(({ ms }) => ms)).to.deep.equal([8, 8, 8, 8, 8, 0, 0, 0, 0, 0]);
    expect(remaining(takeBack(old, old.slots[0]!.index, { gmacs: 0, ms: 8 }), 60_000_000, 4).map(({ ms }) => ms)).to.deep.equal([0, 0, 0, 0]);
    expect(remaining(emptyWindow(LENGTH_S), 0, 2)).to.deep.equal([{ gmacs: 0, ms: 0 }, { gmacs: 0, ms: 0 }]);
  });
});

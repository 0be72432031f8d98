import { expect } from 'chai';
import fc from 'fast-check';
import { book, EMPTY_BOOKS } from '../../src/budget/ledger.js';
import { addCosts, NO_COST } from '../../src/sense/types.js';
import { belief, cost, HOP_US, noReading, reading, WINDOW_US } from './beliefs.js';

const hear = reading('audio', cost(0.07, 5));

describe('budget/ledger', () => {
  it('counts overlapping windows once', () => {
    const { ledger } = [0, 1, 2].map((i) => belief(i)).reduce(book, EMPTY_BOOKS);
    expect(ledger.mediaUs).to.equal(WINDOW_US + 2 * HOP_US);
  });

  it('counts what was dropped in between as time gone by, but not what lies across a jump', () => {
    const { ledger } = [belief(0), belief(4), belief(1000, { era: 1 })].reduce(book, EMPTY_BOOKS);
    expect(ledger.mediaUs).to.equal(WINDOW_US + 4 * HOP_US + WINDOW_US);
  });

  it('books each sense by itself; a reading taken over is no run, a miss still costs its decoding', () => {
    const { ledger } = [
      belief(0, { readings: { audio: hear, appearance: reading('appearance', cost(0.3, 20, 8, 1)) } }),
      belief(1, { readings: { audio: hear, appearance: reading('appearance', NO_COST, { reused: true }) } }),
      belief(2, { readings: { audio: hear, appearance: noReading('appearance', 'not-decodable', cost(0, 0, 3)) } }),
      belief(3, { readings: { audio: hear } }),
    ].reduce(book, EMPTY_BOOKS);
    expect(ledger.senses.audio?.runs).to.equal(4);
    expect(ledger.senses.audio?.cost.gmacs).to.be.closeTo(0.28, 1e-12);
    expect(ledger.senses.appearance).to.deep.equal({ runs: 1, misses: 1, cost: cost(0.3, 20, 11, 1) });
    expect(ledger.senses.motion).to.equal(undefined);
    expect(ledger.looked).to.equal(1);
    expect(ledger.lookedShare).to.equal(0.25);
  });

  it('says the cost per minute of media', () => {
    const { ledger } = book(EMPTY_BOOKS, belief(0, { startUs: 0, endUs: 30_000_000, readings: { audio: hear } }));
    expect(ledger.perMinute.gmacs).to.be.closeTo(0.14, 1e-12);
    expect(ledger.perMinute.ms).to.be.closeTo(10, 1e-9);
  });

  it('neither loses nor invents cost, and time never runs back', () => {
    const anyCost = fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(9)).map(([a, b, c, d]) => cost(a, b, c, d));
    const anyBelief = fc.record({ index: fc.nat(50), era: fc.nat(2), audio: anyCost, look: fc.option(anyCost) }).map(({ index, era, audio, look }) =>
      belief(index, { era, readings: { audio: reading('audio', audio), ...(look === null ? {} : { motion: reading('motion', look) }) } }));
    fc.assert(fc.property(fc.array(anyBelief, { minLength: 1 }), (beliefs) => {
      let books = EMPTY_BOOKS;
      for (const one of beliefs) {
        const next = book(books, one);
        expect(next.ledger.mediaUs).to.be.at.least(books.ledger.mediaUs);
        books = next;
      }
      const { total, senses, segments, looked } = books.ledger;
      expect(total).to.deep.equal(addCosts(...beliefs.map((one) => one.cost)));
      expect(addCosts(...Object.values(senses).map((one) => one.cost))).to.deep.equal(total);
      expect(segments).to.equal(beliefs.length);
      expect(looked).to.equal(beliefs.filter((one) => one.evidence.readings.motion !== undefined).length);
    }));
  });
});

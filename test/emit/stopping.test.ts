import { expect } from 'chai';
import fc from 'fast-check';
import { answerOf, certaintyOf, haltsAt } from '../../src/emit/stopping.js';
import { ranked } from '../budget/beliefs.js';

const known = (scores: Readonly<Record<string, number>>, background = 0) => ({ labels: ranked(scores), background, pattern: 'a' as const });

const share = fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
const boundary = fc.array(fc.option(share), { minLength: 1, maxLength: 12 });
/** Where a recording with these scores is answered; its length where it is not. */
const haltOf = (rule: { boundary: (number | null)[] } | undefined, scores: readonly number[]): number => {
  const at = scores.findIndex((score, step) => haltsAt(rule, step, score) !== undefined);
  return at === -1 ? scores.length : at;
};

describe('emit/stopping', () => {
  it('answers with the likeliest label', () => {
    expect(answerOf(known({ birch: 0.6, oak: 0.3 }, 0.1))).to.deep.equal({ label: 'birch', score: 0.6 });
  });

  it('answers with nothing where all background together is likelier, and with the label where it is as likely', () => {
    expect(answerOf(known({ birch: 0.4 }, 0.6))).to.deep.equal({ label: null, score: 0.6 });
    expect(answerOf(known({ birch: 0.5 }, 0.5))).to.deep.equal({ label: 'birch', score: 0.5 });
    expect(answerOf(known({}, 1))).to.deep.equal({ label: null, score: 1 });
  });

  it('halts where the boundary is reached, at the boundary itself too, and at the last step', () => {
    const rule = { boundary: [null, 0.9, 0.8, 0.5] };
    expect([0, 1, 2, 3].map((step) => haltsAt(rule, step, 0.8))).to.deep.equal([undefined, undefined, 'confident', 'confident']);
    expect([0, 1, 2, 3].map((step) => haltsAt(rule, step, 0.1))).to.deep.equal([undefined, undefined, undefined, 'horizon']);
    expect(haltsAt(rule, 7, 1)).to.equal('horizon');
  });

  it('is never sure where the boundary is null, whatever the score', () => {
    expect(haltsAt({ boundary: [null, null] }, 0, 1)).to.equal(undefined);
    expect(haltsAt({ boundary: [null, null] }, 1, 1)).to.equal('horizon');
  });

  it('never halts without a rule', () => {
    fc.assert(fc.property(fc.nat(1000), share, (step, score) => haltsAt(undefined, step, score) === undefined));
  });

  it('the end always comes: nothing is followed beyond the horizon', () => {
    fc.assert(fc.property(boundary, fc.array(share, { minLength: 12, maxLength: 12 }), (rule, scores) => haltOf({ boundary: rule }, scores) <= rule.length - 1));
  });

  it('is confident only of a score that has reached the boundary of its step', () => {
    fc.assert(fc.property(boundary, fc.nat(15), share, (rule, step, score) => {
      const sure = rule[step] !== undefined && rule[step] !== null && score >= rule[step];
      return (haltsAt({ boundary: rule }, step, score) === 'confident') === sure;
    }));
  });

  it('a rule that asks for more never answers earlier', () => {
    fc.assert(fc.property(boundary, fc.array(share, { minLength: 12, maxLength: 12 }), share, (rule, scores, more) => {
      const stricter = rule.map((at) => (at === null ? null : at + more));
      return haltOf({ boundary: stricter }, scores) >= haltOf({ boundary: rule }, scores);
    }));
  });

  it('says how sure it is for being picked out: the odds to a power, by the reason', () => {
    const rule = { temperatures: { confident: 0.5, horizon: 2 } };
    expect(certaintyOf(rule, 'confident', 0.9)).to.be.closeTo(0.81 / 0.82, 1e-12);
    expect(certaintyOf(rule, 'horizon', 0.9)).to.be.closeTo(0.75, 1e-12);
    expect([certaintyOf(rule, undefined, 0.9), certaintyOf({}, 'confident', 0.9), certaintyOf(undefined, 'horizon', 0.9)]).to.deep.equal([0.9, 0.9, 0.9]);
    fc.assert(fc.property(share, share, fc.double({ min: 0.05, max: 20, noNaN: true }), (a, b, temperature) => {
      const said = (score: number): number => certaintyOf({ temperatures: { confident: temperature, horizon: 1 } }, 'confident', score);
      expect(said(a)).to.be.within(0, 1);
      if (a <= b) expect(said(a), 'more is never said as less').to.be.at.most(said(b) + 1e-12);
    }));
  });
});

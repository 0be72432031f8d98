import { expect } from 'chai';
import fc from 'fast-check';
import { filter, map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { emitEarly } from '../../src/emit/emit-early.js';
import type { EmitSpec, EventMessage } from '../../src/emit/types.js';
import type { Belief } from '../../src/policy/types.js';
import { ranked } from '../budget/beliefs.js';
import { messagesOf, settled, SPEC } from './settled.js';

const RULED: EmitSpec = { ...SPEC, minDurationS: undefined, confirmation: { boundary: [0.95, null, 0.9, 0.85] } };
const known = (i: number, score: number, refused = false): Belief => settled(i, {
  known: { labels: ranked({ fire: score }), background: 1 - score, pattern: 'a' }, ...(refused ? { gates: { appearance: { open: false, reason: 'budget' } } } : {}),
});
const stream = (scores: readonly number[]): Belief[] => scores.map((score, i) => known(i, score));
const GONE = [0, 0, 0, 0];
const types = (spec: EmitSpec, beliefs: readonly Belief[]): string[] => messagesOf(spec, beliefs).map(({ type }) => type);
/** On which of its segments an event was confirmed (half a second each), and why. */
const confirmations = (spec: EmitSpec, beliefs: readonly Belief[]): [number, string][] =>
  messagesOf(spec, beliefs).filter(({ type }) => type === 'confirmed').map(({ observed_s: observedS, reason }) => [Math.round((observedS - 0.48) / 0.48), reason]);

describe('emit/events, under a learned rule', () => {
  it('confirms on the first segment whose score reaches the boundary, and says that it was sure', () => {
    expect(confirmations(RULED, stream([0.96, ...GONE]))).to.deep.equal([[1, 'confident']]);
    expect(confirmations(RULED, stream([0.9, 0.99, 0.91, ...GONE]))).to.deep.equal([[3, 'confident']]);
  });

  it('waits with doubtful ones for longer than a second, and confirms them from the last score on', () => {
    expect(confirmations(RULED, stream([0.8, 0.8, 0.8, 0.86, ...GONE]))).to.deep.equal([[4, 'horizon']]);
    expect(confirmations(RULED, stream([...Array<number>(9).fill(0.8), 0.86, 0.99, ...GONE]))).to.deep.equal([[10, 'horizon']]);
  });

  it('retracts what never convinces, once it is gone, however long it lasted', () => {
    expect(types(RULED, stream([...Array<number>(20).fill(0.82), ...GONE]))).to.deep.equal(['provisional', 'retracted']);
    expect(types({ ...RULED, confirmation: { boundary: [null] } }, stream([1, 1, 1, ...GONE]))).to.deep.equal(['provisional', 'retracted']);
  });

  it('says that the budget is why one had to wait for the end of the rule, where it refused a look', () => {
    expect(confirmations(RULED, [known(0, 0.8, true), known(1, 0.8), known(2, 0.8), known(3, 0.9)])).to.deep.equal([[4, 'budget']]);
    expect(confirmations(RULED, [known(0, 0.8, true), known(1, 0.8), known(2, 0.95)])).to.deep.equal([[3, 'confident']]);
  });

  it('gives way to what somebody asked for', () => {
    const sure = stream([0.99, 0.99, 0.99, ...GONE]), doubtful = stream([0.82, 0.82, 0.82, ...GONE]);
    expect(confirmations({ ...RULED, minDurationS: 1 }, sure)).to.deep.equal([[2, 'confident']]);
    expect(confirmations({ ...RULED, early: { boundary: [null, 0.8] } }, doubtful)).to.deep.equal([[2, 'confident']]);
    expect(confirmations({ ...SPEC, minDurationS: undefined }, doubtful), 'without a rule: after a second').to.deep.equal([[2, 'confident']]);
  });

  it('confirms in the frame in which the score comes, and ends what it confirmed', () => {
    new TestScheduler((actual, expected) => { expect(actual).to.deep.equal(expected); }).run(({ cold, expectObservable }) => {
      const beliefs = Object.fromEntries(['a', 'b', 'c', 'd'].map((name, i) => [name, settled(i, { known: { labels: ranked({ fire: [0.82, 0.99, 0.91, 0.99][i] ?? 0 }), background: 0, pattern: 'a' } })]));
      const said = cold('a--b--c--d-|', beliefs).pipe(emitEarly(RULED), filter(({ kind }) => kind === 'event'), map((output) => (output.kind === 'event' ? output.event.type : '')));
      expectObservable(said).toBe('p-----c----(e|)', { p: 'provisional', c: 'confirmed', e: 'end' });
    });
  });
});

describe('emit/events, under any learned rule', () => {
  const score = fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
  const anyBoundary = fc.array(fc.option(score), { minLength: 1, maxLength: 6 });
  const anyStream = fc.array(score, { maxLength: 60 }).map(stream);
  const LETTER = { provisional: 'p', confirmed: 'c', update: 'u', end: 'e', retracted: 'r' };
  const lives = (messages: readonly EventMessage[]): EventMessage[][] => [...new Set(messages.map(({ id }) => id))].map((id) => messages.filter((one) => one.id === id));

  it('every event ends, is confirmed once at most, and only from a score of the boundary on', () => {
    fc.assert(fc.property(anyStream, anyBoundary, fc.constantFrom(0, 5), (beliefs, boundary, cooldownS) => {
      for (const life of lives(messagesOf({ ...RULED, cooldownS, confirmation: { boundary } }, beliefs))) {
        expect(life.map(({ type }) => LETTER[type]).join('')).to.match(/^p(r|cu*e)$/);
        const confirmed = life.find(({ type }) => type === 'confirmed');
        if (confirmed === undefined) continue;
        const segment = Math.round((confirmed.observed_s - 0.48) / 0.48);
        const needed = boundary[Math.min(segment, boundary.length) - 1] ?? expect.fail('there it may not be confirmed');
        expect(confirmed.score).to.be.at.least(Math.round(needed * 1e4) / 1e4);
        expect(confirmed.reason).to.equal(segment < boundary.length ? 'confident' : 'horizon');
      }
    }), { numRuns: 300 });
  });

  it('says the same again, and its past does not depend on its future', () => {
    fc.assert(fc.property(anyStream, anyBoundary, fc.nat(60), (beliefs, boundary, cut) => {
      const spec = { ...RULED, confirmation: { boundary } };
      const before = messagesOf(spec, beliefs.slice(0, cut), false);
      expect(messagesOf(spec, beliefs, false).slice(0, before.length)).to.deep.equal(before);
    }));
  });
});

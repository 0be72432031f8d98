import { expect } from 'chai';
import { EMPTY, of, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { REST } from '../../src/policy/fusion.js';
import { through } from '../../src/policy/through.js';
import type { Gate, Verdict } from '../../src/policy/types.js';
import { NO_COST, type Evidence, type GateDecision, type NoReading, type Reading, type Thoughts } from '../../src/sense/types.js';
import { evidence, heard, seen } from './evidence.js';

const marbles = (): TestScheduler => new TestScheduler((actual, expected) => { expect(actual).to.deep.equal(expected); });

const gateThat = (decision: GateDecision, thoughts?: Thoughts, when = (verdict: Verdict): Observable<Verdict> => of(verdict)): Gate => ({
  sense: 'appearance',
  decide: () => when({ decision, ...(thoughts === undefined ? {} : { thoughts }) }),
  remember: () => { throw new Error('a gate is not asked to remember here'); },
});

const OPEN: GateDecision = { open: true, reason: 'listed', detail: 'Helicopter 0.82' };
const SHUT: GateDecision = { open: false, reason: 'quiet' };
const before = evidence(3, heard({ Speech: 0.9 }));
const look = seen({ cat: 0.9 }, 1_000_000);
const after = (decision: GateDecision, appearance?: Reading | NoReading): Evidence => ({
  ...before, gates: { appearance: decision }, readings: { ...before.readings, ...(appearance === undefined ? {} : { appearance }) },
});

describe('through', () => {
  it('never calls, let alone subscribes to, a sense whose gate is shut', () => {
    let calls = 0;
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const sensor = cold<Reading>('---r|', { r: look });
      const sense = (): typeof sensor => {
        calls += 1;
        return sensor;
      };
      expectObservable(cold('--e|', { e: before }).pipe(through(gateThat(SHUT), REST, sense))).toBe('--d|', { d: after(SHUT) });
      expectSubscriptions(sensor.subscriptions).toBe([]);
    });
    expect(calls).to.equal(0);
  });

  it('adds the reading and the decision when the gate opens, and subscribes once', () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const sensor = cold<Reading>('   ---r|', { r: look });
      expectObservable(cold('       --e|', { e: before }).pipe(through(gateThat(OPEN), REST, () => sensor)))
        .toBe('                      -----(d|)', { d: after(OPEN, look) });
      expectSubscriptions(sensor.subscriptions).toBe('--^--!');
    });
  });

  it('adds the reason when the sense has no answer, also when it says nothing at all', () => {
    const refusal: NoReading = { sense: 'appearance', reason: 'no-key-frame', cost: NO_COST };
    marbles().run(({ cold, expectObservable }) => {
      expectObservable(cold('(e|)', { e: before }).pipe(through(gateThat(OPEN), REST, () => cold<NoReading>('-(n|)', { n: refusal }))))
        .toBe('-(d|)', { d: after(OPEN, refusal) });
      expectObservable(cold('(e|)', { e: before }).pipe(through(gateThat(OPEN), REST, () => EMPTY)))
        .toBe('(d|)', { d: after(OPEN, { ...refusal, reason: 'closed' }) });
    });
  });

  it('waits for a gate that takes its time, asks it once a segment, and keeps what it worked out', () => {
    const thoughts: Thoughts = { of: 'a test' };
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const verdict = cold<Verdict>('  ---v|', { v: { decision: SHUT, thoughts } });
      expectObservable(cold('       --e|', { e: before }).pipe(through(gateThat(SHUT, thoughts, () => verdict), REST, () => EMPTY)))
        .toBe('                      -----(d|)', { d: { ...after(SHUT), thoughts } });
      expectSubscriptions(verdict.subscriptions).toBe('--^--!');
    });
  });

  it('leaves earlier thoughts as they are where the gate had none', () => {
    const thoughts: Thoughts = { of: 'a test' };
    marbles().run(({ cold, expectObservable }) => {
      expectObservable(cold('(e|)', { e: { ...before, thoughts } }).pipe(through(gateThat(SHUT), REST, () => EMPTY))).toBe('(d|)', { d: { ...after(SHUT), thoughts } });
    });
  });

  it('cancels a gate that is still at it when it is left, and hands on its fault', () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const verdict = cold<Verdict>('-----v|');
      expectObservable(cold('--e|', { e: before }).pipe(through(gateThat(SHUT, undefined, () => verdict), REST, () => EMPTY)), '^---!').toBe('-----');
      expectSubscriptions(verdict.subscriptions).toBe('--^-!');
      expectObservable(cold('--e|', { e: before }).pipe(through(gateThat(SHUT, undefined, () => cold<Verdict>('-#')), REST, () => EMPTY))).toBe('---#');
    });
  });

  it('cancels the sense when it is left', () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const sensor = cold<Reading>('-----r|', { r: look });
      expectObservable(cold('--e|', { e: before }).pipe(through(gateThat(OPEN), REST, () => sensor)), '^---!').toBe('-----');
      expectSubscriptions(sensor.subscriptions).toBe('--^-!');
    });
  });

  it('hands on a fault of the sense', () => {
    marbles().run(({ cold, expectObservable }) => {
      expectObservable(cold('--e|', { e: before }).pipe(through(gateThat(OPEN), REST, () => cold<Reading>('-#')))).toBe('---#');
    });
  });

  it('is not there at all without a gate', () => {
    marbles().run(({ cold, expectObservable }) => {
      expectObservable(cold('--e|', { e: before }).pipe(through(undefined, REST, () => { throw new Error('was called'); }))).toBe('--e|', { e: before });
    });
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import type { Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Outcome } from '../../../src/serve/webhooks/attempt.js';
import { outcomeOf } from '../../../src/serve/webhooks/attempt.js';
import { deliver, waitMs, type Patience } from '../../../src/serve/webhooks/deliver.js';

const PARCEL = { id: 'run-1', body: '{}' };
const PATIENCE: Patience = { attempts: 4, retryFirstMs: 100, retryMaxMs: 300 };
const AGAIN: Outcome = { kind: 'again', why: 'not now' };
const DONE: Outcome = { kind: 'delivered' };
const NO: Outcome = { kind: 'refused', why: 'no' };

const scheduler = (): TestScheduler => new TestScheduler((actual, expected) => { expect(actual).to.deep.equal(expected); });

describe('serve/webhooks/deliver', () => {
  it('tries again after waits that double up to the longest, until it is delivered', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const tries = ['(a|)', '(a|)', '(a|)', '(d|)'].map((marbles) => cold(marbles, { a: AGAIN, d: DONE }));
      const result = deliver(PARCEL, PATIENCE, (_parcel, attempt): Observable<Outcome> => tries[attempt - 1]!, () => 1);
      // waits: 100, 200, 300 (not 400)
      expectObservable(result).toBe('600ms (r|)', { r: { attempt: 4, outcome: DONE } });
      expectSubscriptions(tries[0]!.subscriptions).toBe('(^!)');
      expectSubscriptions(tries[1]!.subscriptions).toBe('100ms (^!)');
      expectSubscriptions(tries[2]!.subscriptions).toBe('300ms (^!)');
      expectSubscriptions(tries[3]!.subscriptions).toBe('600ms (^!)');
    });
  });

  it('gives up after so many attempts', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const result = deliver(PARCEL, { ...PATIENCE, attempts: 2 }, () => cold<Outcome>('(a|)', { a: AGAIN }), () => 0);
      expectObservable(result).toBe('50ms (r|)', { r: { attempt: 2, outcome: AGAIN } });
    });
  });

  it('does not try again what was refused', () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(deliver(PARCEL, PATIENCE, () => cold<Outcome>('--(n|)', { n: NO }), () => 0)).toBe('--(r|)', { r: { attempt: 1, outcome: NO } });
    });
  });

  it('waits as long as the receiver asks, but not longer than the longest', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const asking = (afterMs: number) => (_parcel: unknown, attempt: number): Observable<Outcome> =>
        cold<Outcome>('(a|)', { a: attempt === 1 ? { ...AGAIN, afterMs } : DONE });
      expectObservable(deliver(PARCEL, PATIENCE, asking(250), () => 0)).toBe('250ms (r|)', { r: { attempt: 2, outcome: DONE } });
      expectObservable(deliver(PARCEL, PATIENCE, asking(1e6), () => 0)).toBe('300ms (r|)', { r: { attempt: 2, outcome: DONE } });
    });
  });

  it('ends the attempt and the wait when it is left', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const slow = cold<Outcome>('---------(d|)', { d: DONE });
      expectObservable(deliver(PARCEL, PATIENCE, () => slow, () => 0), '^--!').toBe('----');
      expectSubscriptions(slow.subscriptions).toBe('^--!');
      const once = cold<Outcome>('(a|)', { a: AGAIN });
      expectObservable(deliver(PARCEL, PATIENCE, () => once, () => 0), '^ 20ms !').toBe('');
      expectSubscriptions(once.subscriptions).toBe('(^!)');
    });
  });

  it('never waits longer than the longest, nor less than half of what is due', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1e9), (attempt, chance, asked) => {
      const wait = waitMs(attempt, PATIENCE, chance, asked);
      const due = Math.min(PATIENCE.retryMaxMs, PATIENCE.retryFirstMs * 2 ** (attempt - 2));
      expect(wait).to.be.within(due / 2, PATIENCE.retryMaxMs);
    }));
  });

  it('takes any 2xx for a success, what may pass for another try, and everything else, redirects too, for a refusal', () => {
    const kind = (status: number): string => outcomeOf({ status, headers: new Headers() }, 0).kind;
    expect([200, 202, 204].map(kind)).to.deep.equal(['delivered', 'delivered', 'delivered']);
    expect([408, 425, 429, 500, 502, 503, 504].map(kind)).to.satisfy((kinds: string[]) => kinds.every((one) => one === 'again'));
    expect([301, 302, 307, 308, 400, 401, 404, 410, 413].map(kind)).to.satisfy((kinds: string[]) => kinds.every((one) => one === 'refused'));
    const after = (value: string): unknown => (outcomeOf({ status: 503, headers: new Headers({ 'retry-after': value }) }, 1000) as { afterMs?: number }).afterMs;
    expect([after('7'), after(new Date(61_000).toUTCString()), after('soon'), after('-1'), after(new Date(0).toUTCString())]).to.deep.equal([7000, 60_000, undefined, undefined, undefined]);
  });
});

import { expect } from 'chai';
import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { settle } from '../../src/budget/settle.js';
import { belief, cost, reading } from './beliefs.js';

const scheduler = (): TestScheduler => new TestScheduler((actual, expected) => { expect(actual).to.deep.equal(expected); });
const one = belief(0, { readings: { audio: reading('audio', cost(1)) } });

describe('budget/settle', () => {
  it('passes each belief on at once, with all spent so far', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-a-(a|)', { a: one });
      expectObservable(source.pipe(settle(), map(({ ledger, index }) => [index, ledger.total.gmacs])))
        .toBe('              x-y-(z|)', { x: [0, 1], y: [0, 2], z: [0, 3] });
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('keeps books of its own for each subscription', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const settled = cold('a|', { a: one }).pipe(settle(), map(({ ledger }) => ledger.segments));
      expectObservable(settled).toBe('a|', { a: 1 });
      expectObservable(settled).toBe('a|', { a: 1 });
    });
  });

  it('lets go of its source when it is left, and passes an error on', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a--#', { a: one });
      expectObservable(source.pipe(settle(), map(() => 'x')), '^-!').toBe('x');
      expectObservable(source.pipe(settle(), map(() => 'x'))).toBe('x--#');
      expectSubscriptions(source.subscriptions).toBe(['^-!', '^--!']);
    });
  });
});

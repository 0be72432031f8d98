import { expect } from 'chai';
import { map, takeUntil, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { answerEarly } from '../../src/emit/answer-early.js';
import type { Output } from '../../src/emit/types.js';
import { recordingOf } from './answers.js';

const scheduler = (): TestScheduler => new TestScheduler((actual, expected) => { expect(actual).to.deep.equal(expected); });
const word = (output: Output): string => output.kind === 'answer' ? output.answer.reason : output.kind;
const SURE_AT_THE_THIRD = { camera: 'clip', rule: { boundary: [null, 0.9, 0.8, 0.7, null] } };
const [a, b, c, d, e] = recordingOf([{ birch: 0.3 }, { birch: 0.6 }, { birch: 0.85 }, { birch: 0.9 }, { birch: 0.9 }]) as [never, never, never, never, never];
const beliefs = { a, b, c, d, e };
const words = { s: 'segment', c: 'confident', h: 'horizon', b: 'budget', e: 'ended' };

describe('emit/answer-early', () => {
  it('completes with its answer, in the very frame in which it is sure, and leaves its source', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('                                            -a--b--c---d--e--|', beliefs);
      expectObservable(source.pipe(answerEarly(SURE_AT_THE_THIRD), map(word))).toBe('-s--s--(sc|)', words);
      expectSubscriptions(source.subscriptions).toBe('                 ^------!');
    });
  });

  it('without a rule answers when the source completes', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('                                            -a--b--c--|', beliefs);
      expectObservable(source.pipe(answerEarly({ camera: 'clip' }), map(word))).toBe('-s--s--s--(e|)', words);
      expectSubscriptions(source.subscriptions).toBe('                 ^---------!');
    });
  });

  it('answers at the horizon, and leaves its source there', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a--b--c--d', beliefs);
      expectObservable(source.pipe(answerEarly({ camera: 'clip', rule: { boundary: [null, null] } }), map(word))).toBe('s--(sh|)', words);
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('answers when the budget is spent, before another step can begin', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const [x, y, z] = recordingOf([{ birch: 0.3, leftSteps: 1 }, { birch: 0.3, leftSteps: 0 }, { birch: 0.3, leftSteps: 0 }]) as [never, never, never];
      const source = cold('x--y--z', { x, y, z });
      expectObservable(source.pipe(answerEarly({ camera: 'clip' }), map(word))).toBe('s--(sb|)', words);
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('answers with what it knows when the source fails, and passes the error on', () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('a--b--#', beliefs).pipe(answerEarly(SURE_AT_THE_THIRD), map(word))).toBe('s--s--(e#)', words);
    });
  });

  it('has nothing to answer before the first step: it completes, or fails, as its source does', () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('---|', beliefs).pipe(answerEarly(SURE_AT_THE_THIRD))).toBe('---|');
      expectObservable(cold('---#', beliefs).pipe(answerEarly(SURE_AT_THE_THIRD))).toBe('---#');
    });
  });

  it('answers when it is stopped from outside by completion', () => {
    scheduler().run(({ cold, hot, expectObservable }) => {
      const stop = hot('     -----x');
      const stopped = cold(' a--b--c', beliefs).pipe(takeUntil(stop));
      expectObservable(stopped.pipe(answerEarly(SURE_AT_THE_THIRD), map(word))).toBe('s--s-(e|)', words);
    });
  });

  it('says nothing after it was left, and lets go of its source', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a--b--c', beliefs);
      expectObservable(source.pipe(answerEarly(SURE_AT_THE_THIRD), map(word)), '^---!').toBe('s--s', words);
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('answers for each subscription by itself', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const answered = cold('a--b|', beliefs).pipe(answerEarly(SURE_AT_THE_THIRD), map(word), toArray());
      expectObservable(answered).toBe('----(o|)', { o: ['segment', 'segment', 'ended'] });
      expectObservable(answered).toBe('----(o|)', { o: ['segment', 'segment', 'ended'] });
    });
  });
});

import { expect } from 'chai';
import { concat, EMPTY, finalize, map, NEVER, Observable, Subject, take, tap, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { causalScan, type DropReason } from '../../src/policy/causal-scan.js';
import type { Step } from '../../src/policy/types.js';

const marbles = (): TestScheduler => new TestScheduler((actual, expected) => { expect(actual).to.deep.equal(expected); });

/** Writes down what was dropped and why. */
const drops = (): { list: string[]; onDrop: (item: string, reason: DropReason) => void } => {
  const list: string[] = [];
  return { list, onDrop: (item, reason) => { list.push(`${item} ${reason}`); } };
};

/** A step of `frames` of virtual time whose memory is all it has seen. */
const slow = (frames: number) => (memory: string, item: string): Observable<Step<string, string>> =>
  timer(frames).pipe(map(() => ({ memory: memory + item, output: memory + item })));

const instant = (memory: string, item: string): Observable<Step<string, string>> =>
  new Observable((subscriber) => {
    subscriber.next({ memory: memory + item, output: memory + item });
    subscriber.complete();
  });

describe('causalScan', () => {
  it('steps in order, each with the memory that the one before it left', () => {
    marbles().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a----b----c----|');
      const { list, onDrop } = drops();
      expectObservable(source.pipe(causalScan(slow(2), '', { waiting: 1, onDrop }), tap({ complete: () => { expect(list).to.deep.equal([]); } })))
        .toBe('           ---x----y----z--|', { x: 'a', y: 'ab', z: 'abc' });
      expectSubscriptions(source.subscriptions).toBe('^---------------!');
    });
  });

  it('lets the newest wait, drops the older one and says so', () => {
    const { list, onDrop } = drops();
    marbles().run(({ hot, expectObservable }) => {
      const source = hot('-abcd---------|');
      expectObservable(source.pipe(causalScan(slow(5), '', { waiting: 1, onDrop })))
        .toBe('           ------x----y--|', { x: 'a', y: 'ad' });
    });
    expect(list).to.deep.equal(['b overtaken', 'c overtaken']);
  });

  it('lets as many wait as it is told, and none for 0', () => {
    const two = drops();
    const none = drops();
    marbles().run(({ hot, expectObservable }) => {
      expectObservable(hot('-abcd----------------|').pipe(causalScan(slow(5), '', { waiting: 2, onDrop: two.onDrop })))
        .toBe('             ------x----y----z----|', { x: 'a', y: 'ac', z: 'acd' });
      expectObservable(hot('-abcd---e-----|').pipe(causalScan(slow(5), '', { waiting: 0, onDrop: none.onDrop })))
        .toBe('             ------x------y|', { x: 'a', y: 'ae' });
    });
    expect(two.list).to.deep.equal(['b overtaken']);
    expect(none.list).to.deep.equal(['b overtaken', 'c overtaken', 'd overtaken']);
  });

  it('never subscribes to a second step while one is in flight, nor to one that was dropped', () => {
    marbles().run(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const steps = { a: cold('---x|'), b: cold('---x|'), c: cold('---x|') };
      const source = hot<'a' | 'b' | 'c'>('-abc---------|');
      const step = (memory: string, item: 'a' | 'b' | 'c'): Observable<Step<string, string>> =>
        steps[item].pipe(map(() => ({ memory: memory + item, output: memory + item })));
      expectObservable(source.pipe(causalScan(step, '', { waiting: 1, onDrop: () => undefined })))
        .toBe('----x---y----|', { x: 'a', y: 'ac' });
      expectSubscriptions(steps.a.subscriptions).toBe('-^---!');
      expectSubscriptions(steps.b.subscriptions).toBe([]);
      expectSubscriptions(steps.c.subscriptions).toBe('-----^---!');
    });
  });

  it('waits with its end for the step in flight and for what waits', () => {
    marbles().run(({ hot, expectObservable }) => {
      expectObservable(hot('-ab|').pipe(causalScan(slow(4), '', { waiting: 1, onDrop: () => undefined })))
        .toBe('             -----x---(y|)', { x: 'a', y: 'ab' });
      expectObservable(hot('-ab#').pipe(causalScan(slow(4), '', { waiting: 1, onDrop: () => undefined })))
        .toBe('             -----x---(y#)', { x: 'a', y: 'ab' });
      expectObservable(EMPTY.pipe(causalScan(slow(4), '', { waiting: 1, onDrop: () => undefined }))).toBe('|');
    });
  });

  it('fails at once with a step, leaves the source, and hands back what waited', () => {
    const { list, onDrop } = drops();
    marbles().run(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const source = hot('-ab------|');
      expectObservable(source.pipe(causalScan(() => cold<Step<string, string>>('---#'), '', { waiting: 1, onDrop }))).toBe('----#');
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
    expect(list).to.deep.equal(['b left']);
  });

  it('turns a step that throws into a fault of the stream', () => {
    marbles().run(({ hot, expectObservable }) => {
      const broken = (): Observable<Step<string, string>> => { throw new Error('broken'); };
      expectObservable(hot('-a-|').pipe(causalScan(broken, '', { waiting: 1, onDrop: () => undefined })))
        .toBe('-#', undefined, new Error('broken'));
    });
  });

  it('cancels the step in flight when it is left, and hands back what waited', () => {
    const { list, onDrop } = drops();
    marbles().run(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const inner = cold<Step<string, string>>('---------x|');
      const source = hot('-ab---------|');
      expectObservable(source.pipe(causalScan(() => inner, '', { waiting: 1, onDrop })), '^----!').toBe('------');
      expectSubscriptions(inner.subscriptions).toBe('-^---!');
      expectSubscriptions(source.subscriptions).toBe('^----!');
    });
    expect(list).to.deep.equal(['b left']);
  });

  it('can be left by the first output of a synchronous step', () => {
    let finished = 0;
    const { list, onDrop } = drops();
    const seen: string[] = [];
    const step = (_memory: string, item: string): Observable<Step<string, string>> =>
      concat(instant('', item), NEVER).pipe(finalize(() => { finished += 1; }));
    const source = new Subject<string>();
    source.pipe(causalScan(step, '', { waiting: 1, onDrop }), take(1)).subscribe((output) => { seen.push(output); });
    source.next('a');
    expect(seen).to.deep.equal(['a']);
    expect(finished).to.equal(1);
    expect(source.observed).to.equal(false);
    expect(list).to.deep.equal([]);
  });

  it('takes nothing more once it is left, though what is released brings the next', () => {
    const source = new Subject<string>();
    const fates: string[] = [];
    const release = (item: string): void => {
      fates.push(item);
      if (fates.length < 50) source.next(`${item}+`);
    };
    const step = (_memory: string, item: string): Observable<Step<string, string>> => NEVER.pipe(finalize(() => { release(item); }));
    const subscription = source.pipe(causalScan(step, '', { waiting: 1, onDrop: release })).subscribe();
    source.next('a');
    source.next('b');
    subscription.unsubscribe();
    expect(fates).to.deep.equal(['a', 'b']);
  });

  it('keeps the memory over a step without output, and gives out all outputs of a step with several', () => {
    const seen: string[] = [];
    const step = (memory: string, item: string): Observable<Step<string, string>> =>
      item === 'b' ? EMPTY : concat(instant(memory, item), instant(memory, item.toUpperCase()));
    const source = new Subject<string>();
    source.pipe(causalScan(step, '', { waiting: 1, onDrop: () => undefined })).subscribe((output) => { seen.push(output); });
    'abc'.split('').forEach((item) => { source.next(item); });
    expect(seen).to.deep.equal(['a', 'A', 'Ac', 'AC']);
  });

  it('runs synchronous steps of a synchronous source without dropping', () => {
    const { list, onDrop } = drops();
    let last = 0;
    const count = (memory: number, item: string): Observable<Step<number, number>> =>
      new Observable((subscriber) => {
        subscriber.next({ memory: memory + item.length, output: memory + item.length });
        subscriber.complete();
      });
    const source = new Observable<string>((subscriber) => {
      for (let i = 0; i < 1_000; i += 1) subscriber.next('x');
      subscriber.complete();
    });
    source.pipe(causalScan(count, 0, { waiting: 0, onDrop })).subscribe((n) => { last = n; });
    expect(last).to.equal(1_000);
    expect(list).to.deep.equal([]);
  });

  it('lets a step bring the next item of its source, before and after it ends, a hundred thousand times', () => {
    const { list, onDrop } = drops();
    const source = new Subject<string>();
    let made = 0;
    let ran = 0;
    const more = (): void => { if (made++ < 100_000) source.next('x'); };
    const step = (memory: string, item: string): Observable<Step<string, string>> => {
      ran += 1;
      return instant(memory.slice(0, 3), item).pipe(finalize(more));
    };
    source.pipe(causalScan(step, '', { waiting: 1, onDrop })).subscribe();
    // Two out at once, as a recording has them: one in the step, one that waits.
    more();
    more();
    expect(ran).to.equal(100_000);
    expect(list).to.deep.equal([]);
  });

  it('drops by the same rule when a step brings more than may wait', () => {
    const { list, onDrop } = drops();
    const source = new Subject<string>();
    const seen: string[] = [];
    const step = (memory: string, item: string): Observable<Step<string, string>> => {
      if (item === 'a') 'bcd'.split('').forEach((next) => { source.next(next); });
      return instant(memory, item);
    };
    source.pipe(causalScan(step, '', { waiting: 1, onDrop })).subscribe((output) => { seen.push(output); });
    source.next('a');
    expect(seen).to.deep.equal(['a', 'ad']);
    expect(list).to.deep.equal(['b overtaken', 'c overtaken']);
  });

  it('gives every item one fate: stepped on, or handed back once', () => {
    marbles().run(({ hot, expectObservable, flush }) => {
      const fates: string[] = [];
      const step = (memory: string, item: string): Observable<Step<string, string>> =>
        slow(3)(memory, item).pipe(finalize(() => { fates.push(item); }));
      const source = hot('abcdefghij');
      expectObservable(source.pipe(causalScan(step, '', { waiting: 2, onDrop: (item) => { fates.push(item); } })), '^-------!');
      flush();
      expect(fates.sort().join('')).to.equal('abcdefgh');
    });
  });

  it('hands on a fault of a source that fails before its first item', () => {
    const seen: string[] = [];
    throwError(() => new Error('gone')).pipe(causalScan(slow(1), '', { waiting: 1, onDrop: () => undefined }))
      .subscribe({ error: (error: unknown) => { seen.push((error as Error).message); } });
    expect(seen).to.deep.equal(['gone']);
  });
});

import { expect } from 'chai';
import { filter, map, takeUntil, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { emitEarly } from '../../src/emit/emit-early.js';
import type { Output } from '../../src/emit/types.js';
import { settled, SPEC } from './settled.js';

const scheduler = (): TestScheduler => new TestScheduler((actual, expected) => { expect(actual).to.deep.equal(expected); });
const isEvent = (output: Output): boolean => output.kind === 'event';
const word = (output: Output): string => output.kind === 'event' ? output.event.type : output.kind;

const open = { appearance: { open: true, reason: 'uncertain' } } as const;
const q = settled(0, { heard: { siren: 0.1 } });
const a = settled(1, { heard: { siren: 0.9 } });
const b = settled(2, { heard: { siren: 0.9 }, gates: open });
const c = settled(3, { heard: { siren: 0.9 }, gates: open });
const beliefs = { q, a, b, c };

describe('emit/emit-early', () => {
  it('emits gates, the segment and events of a belief in the very frame it came, and ends events on completion', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('                                       q-a----b-----c-|', beliefs);
      expectObservable(source.pipe(emitEarly(SPEC), map(word))).toBe('s-(sp)-(gsc)-s-(e|)',
        { s: 'segment', p: 'provisional', g: 'gate', c: 'confirmed', e: 'end' });
      expectSubscriptions(source.subscriptions).toBe('^--------------!');
    });
  });

  it('ends events before it passes an error on', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const source = cold('ab-----#', beliefs);
      expectObservable(source.pipe(emitEarly({ ...SPEC, camera: 'yard' }), filter(isEvent), map(word))).toBe('pc-----(e#)', { p: 'provisional', c: 'confirmed', e: 'end' });
    });
  });

  it('ends events when it is stopped from outside by completion', () => {
    scheduler().run(({ cold, hot, expectObservable }) => {
      const stop = hot('                -----x');
      const stopped = cold('            a------a---', beliefs).pipe(takeUntil(stop));
      expectObservable(stopped.pipe(emitEarly(SPEC), map(word))).toBe('(sp)-(r|)', { s: 'segment', p: 'provisional', r: 'retracted' });
    });
  });

  it('says nothing after it was left, and lets go of its source', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('                                     a-----b', beliefs);
      expectObservable(source.pipe(emitEarly(SPEC), map(word)), '^----!').toBe('(sp)', { s: 'segment', p: 'provisional' });
      expectSubscriptions(source.subscriptions).toBe('^----!');
    });
  });

  it('speaks for each subscription by itself', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const emitted = cold('a|', beliefs).pipe(emitEarly(SPEC), map((output) => output.kind === 'event' ? output.event.seq : -1), toArray());
      expectObservable(emitted).toBe('-(o|)', { o: [-1, 0, 1] });
      expectObservable(emitted).toBe('-(o|)', { o: [-1, 0, 1] });
    });
  });

  it('ends events of a live source that has gone silent, once, and goes on when it speaks again', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a 5s b 20s c 1s |', beliefs);
      const emitted = source.pipe(emitEarly({ ...SPEC, silenceS: 10, cooldownS: 0 }), map(word));
      // b comes at 5.001 s, the silence is over at 15.001 s, c comes at 25.002 s
      expectObservable(emitted).toBe('(sp) 4997ms (gsc) 9995ms e 10s (sp) 997ms (r|)',
        { s: 'segment', p: 'provisional', g: 'gate', c: 'confirmed', e: 'end', r: 'retracted' });
      expectSubscriptions(source.subscriptions).toBe('^ 26002ms !');
    });
  });
});

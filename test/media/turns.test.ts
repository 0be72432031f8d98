import { expect } from 'chai';
import { Observable, Subject, of, throwError } from 'rxjs';
import { Turns } from '../../src/media/turns.js';

/** Work that a test ends by hand; `begun` names what has begun. */
const works = (turns: Turns, names: readonly string[]) => {
  const begun: string[] = [];
  const all = names.map((name) => {
    const done = new Subject<string>();
    const work = turns.take(() => new Observable<string>((subscriber) => {
      begun.push(name);
      return done.subscribe(subscriber);
    }));
    return { done, subscription: work.subscribe({ error: () => undefined }) };
  });
  return { begun, all };
};

describe('Turns', () => {
  it('let so many work at a time, in the order in which they came', () => {
    const { begun, all } = works(new Turns(2), ['a', 'b', 'c', 'd']);
    expect(begun.join('')).to.equal('ab');
    all[1]?.done.complete();
    expect(begun.join('')).to.equal('abc');
    all[0]?.done.error(new Error('it failed'));
    expect(begun.join('')).to.equal('abcd');
  });

  it('are given back by who leaves, and forgotten by who leaves before', () => {
    const { begun, all } = works(new Turns(1), ['a', 'b', 'c']);
    all[1]?.subscription.unsubscribe();
    all[0]?.subscription.unsubscribe();
    expect(begun.join('')).to.equal('ac');
  });

  it('are over at once for work that is', () => {
    const turns = new Turns(1);
    const heard: unknown[] = [];
    for (let i = 0; i < 3; i += 1) turns.take(() => of(i)).subscribe((value) => heard.push(value));
    turns.take(() => throwError(() => new Error('no'))).subscribe({ error: () => heard.push('no') });
    turns.take((waitedMs) => of(waitedMs >= 0)).subscribe((value) => heard.push(value));
    expect(heard).to.deep.equal([0, 1, 2, 'no', true]);
  });
});

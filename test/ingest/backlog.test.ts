import { expect } from 'chai';
import { Backlog } from '../../src/ingest/backlog.js';

describe('A backlog', () => {
  const after = (silentMs: number): Backlog => {
    const backlog = new Backlog();
    backlog.heard(0);
    backlog.heard(480);
    backlog.heard(480 + silentMs);
    return backlog;
  };

  it('explains for as long as the source was silent that nobody follows', () => {
    const backlog = after(6_000);
    for (let ms = 6_500; ms < 12_480; ms += 100) backlog.heard(ms);
    expect([6_480, 12_479, 12_480].map((ms) => backlog.explains(ms))).to.deep.equal([true, true, false]);
  });

  it('explains nothing where no silence was, at the beginning, or on another connection', () => {
    expect(after(1_000).explains(1_480)).to.equal(false);
    expect(new Backlog().explains(0)).to.equal(false);
    const backlog = after(6_000);
    backlog.forget();
    backlog.heard(20_000);
    expect([backlog.explains(6_480), backlog.explains(20_000)]).to.deep.equal([false, false]);
  });
});

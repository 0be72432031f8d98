import { expect } from 'chai';
import fc from 'fast-check';
import { Permits } from '../../src/media/permits.js';

const S = 1_000_000;
const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false;
  void promise.then(() => { done = true; });
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

/** A recording with both tracks, permitted up to here. */
const recording = (untilUs: number): Permits => {
  const permits = new Permits();
  permits.begin({ live: false, audio: true, video: true }, 0);
  permits.extend(untilUs);
  return permits;
};

describe('Permits', () => {
  it('are exhausted when both tracks have reached them, or one is two seconds beyond', () => {
    const permits = recording(S);
    permits.heard(S);
    expect(permits.exhausted).to.equal(false);
    permits.seen(S);
    expect(permits.exhausted).to.equal(true);
    permits.extend(2 * S);
    permits.heard(4 * S - 1);
    expect(permits.exhausted).to.equal(false);
    permits.heard(4 * S);
    expect(permits.exhausted).to.equal(true);
  });

  it('count only the tracks that there are', () => {
    for (const [audio, video] of [[true, false], [false, true]] as const) {
      const permits = new Permits();
      permits.begin({ live: false, audio, video }, 0);
      expect(permits.exhausted).to.equal(true);
      permits.extend(S);
      expect(permits.exhausted).to.equal(false);
      if (audio) permits.heard(S);
      else permits.seen(S);
      expect(permits.exhausted).to.equal(true);
    }
  });

  it('are never taken back', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1 }), (steps) => {
      const permits = recording(0);
      for (const step of steps) permits.extend(step);
      const most = Math.max(...steps);
      expect([permits.isBeyond(most - 1), permits.isBeyond(most)]).to.deep.equal([false, true]);
    }));
  });

  it('wake the reader when more is permitted, and at the end', async () => {
    const permits = recording(S);
    const first = permits.more();
    expect(await settled(first)).to.equal(false);
    permits.extend(2 * S);
    expect(await settled(first)).to.equal(true);
    const second = permits.more();
    permits.end();
    expect(await settled(second)).to.equal(true);
    expect(await settled(permits.more())).to.equal(true);
  });

  it('let a live source begin before anybody answers', () => {
    const permits = new Permits();
    permits.begin({ live: true, audio: true, video: true }, 100 * S);
    expect([permits.live, permits.isBeyond(101 * S), permits.isBeyond(200 * S)]).to.deep.equal([true, false, true]);
  });
});

describe('The video clock of a reader', () => {
  it('wakes who waits for pictures once they are read', async () => {
    const permits = recording(10 * S);
    const [early, late] = [permits.videoClock.reached(S), permits.videoClock.reached(2 * S)];
    permits.seen(S);
    expect([await settled(early), await settled(late)]).to.deep.equal([true, false]);
    expect(await settled(permits.videoClock.reached(S))).to.equal(true);
    permits.seen(2 * S);
    expect(await settled(late)).to.equal(true);
  });

  it('lets nobody wait for a reader that waits itself', async () => {
    const permits = recording(S);
    const waiting = permits.videoClock.reached(2 * S);
    expect(await settled(waiting)).to.equal(false);
    void permits.more();
    expect(await settled(waiting)).to.equal(true);
    expect(await settled(permits.videoClock.reached(2 * S))).to.equal(true);
  });

  it('lets nobody wait after the end', async () => {
    const permits = recording(S);
    const waiting = permits.videoClock.reached(5 * S);
    permits.end();
    expect([await settled(waiting), await settled(permits.videoClock.reached(9 * S))]).to.deep.equal([true, true]);
  });

  it('lets nobody wait for ever for what a camera may never send', async () => {
    const permits = new Permits();
    permits.begin({ live: true, audio: true, video: true }, 0);
    await permits.videoClock.reached(5 * S);
  });

  it('lets a slow machine take its time with a recording, whose answers do not depend on it', async () => {
    const waiting = recording(10 * S).videoClock.reached(5 * S);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await settled(waiting)).to.equal(false);
  });
});

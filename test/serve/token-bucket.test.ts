import { expect } from 'chai';
import fc from 'fast-check';
import { TokenBucket } from '../../src/serve/token-bucket.js';

describe('serve/token-bucket', () => {
  it('lets a burst through, then as many a second as allowed', () => {
    const bucket = new TokenBucket({ perSecond: 2, burst: 3 }, 0);
    expect([0, 0, 0, 0, 499, 500, 501, 1000].map((ms) => bucket.take(ms))).to.deep.equal([true, true, true, false, false, true, false, true]);
  });

  it('never lets more through than burst + rate × time, even if the clock runs back', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -50, max: 200 })), (gapsMs) => {
      const bucket = new TokenBucket({ perSecond: 10, burst: 5 }, 0);
      let nowMs = 0;
      let forwardMs = 0;
      let taken = 0;
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        forwardMs += Math.max(0, gapMs);
        if (bucket.take(nowMs)) taken += 1;
      }
      expect(taken).to.be.at.most(5 + forwardMs / 100 + 1e-9);
    }));
  });
});

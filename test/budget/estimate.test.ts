import { expect } from 'chai';
import fc from 'fast-check';
import { learnt, RECENT_S, unmeasured, worstMs, type Estimate } from '../../src/budget/estimate.js';

const runs = fc.array(fc.record({ gapUs: fc.integer({ min: 1, max: 20_000_000 }), ms: fc.double({ min: 0.01, max: 500, noNaN: true }) }), { minLength: 1, maxLength: 100 });

describe('budget/estimate', () => {
  it('is never below what was measured recently', () => {
    fc.assert(fc.property(runs, (all) => {
      let estimate = unmeasured({ usualMs: 10, worstMs: 10 });
      let nowUs = 0;
      const measured: { atUs: number; ms: number }[] = [];
      for (const { gapUs, ms } of all) {
        nowUs += gapUs;
        estimate = learnt(estimate, ms, nowUs);
        measured.push({ atUs: nowUs, ms });
        const dearest = Math.max(...measured.filter(({ atUs }) => atUs > nowUs - RECENT_S * 1e6).map((one) => one.ms));
        expect(worstMs(estimate, nowUs)).to.be.at.least(dearest);
      }
    }));
  });

  it('rises at once, and falls slowly', () => {
    let estimate: Estimate = unmeasured({ usualMs: 10, worstMs: 10 });
    for (let i = 1; i <= 100; i += 1) estimate = learnt(estimate, 10, i * 500_000);
    const usual = worstMs(estimate, 50e6);
    expect(usual).to.be.within(10, 13);
    estimate = learnt(estimate, 100, 51e6);
    expect(worstMs(estimate, 51e6)).to.be.at.least(100);
    expect(worstMs(estimate, 75e6)).to.be.at.least(100);
    for (let i = 1; i <= 600; i += 1) estimate = learnt(estimate, 10, 51e6 + i * 500_000);
    expect(worstMs(estimate, 351e6)).to.be.below(14);
  });

  it('begins on the safe side, and comes down once something was measured', () => {
    expect(worstMs(unmeasured({ usualMs: 200, worstMs: 200 }), 0)).to.be.at.least(200);
    let estimate = unmeasured({ usualMs: 200, worstMs: 200 });
    for (let i = 1; i <= 400; i += 1) estimate = learnt(estimate, 5, i * 500_000);
    expect(worstMs(estimate, 200e6)).to.be.below(8);
  });
});

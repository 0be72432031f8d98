import { expect } from 'chai';
import fc from 'fast-check';
import { averagePrecision, calibratedAveragePrecision, clipMap, perFrameMap, type Scored } from '../../src/evaluate/precision.js';
import { anyRuns, runOf } from './made-runs.js';

const list = (marks: string): Scored[] => marks.split('').map((mark, i) => ({ score: -i, positive: mark === '+' }));
const anyScored = fc.array(fc.record({ score: fc.integer({ min: 0, max: 9 }), positive: fc.boolean() }), { minLength: 2, maxLength: 30 })
  .filter((all) => all.some(({ positive }) => positive) && all.some(({ positive }) => !positive));

describe('average precision', () => {
  it('is the mean precision at the positives', () => {
    expect(averagePrecision(list('+-+-'))).to.be.closeTo((1 + 2 / 3) / 2, 1e-12);
    expect(averagePrecision(list('++--'))).to.equal(1);
    expect(averagePrecision(list('--'))).to.be.NaN;
  });

  it('weighs false positives by rarity when calibrated', () => {
    // one positive behind one of three negatives: w = 3, so precision 1 / (1 + 1/3)
    expect(calibratedAveragePrecision(list('-+--'))).to.be.closeTo(0.75, 1e-12);
    expect(averagePrecision(list('-+--'))).to.equal(0.5);
    expect(calibratedAveragePrecision(list('+'))).to.be.NaN;
  });

  it('does not depend on the order of the data, nor on the scale of the scores; calibrated, not on copies of the negatives', () => {
    fc.assert(fc.property(anyScored, (scored) => {
      const ap = averagePrecision(scored), cap = calibratedAveragePrecision(scored);
      expect(ap).to.be.within(0, 1 + 1e-12);
      expect(averagePrecision([...scored].reverse())).to.be.closeTo(ap, 1e-12);
      expect(averagePrecision(scored.map((one) => ({ ...one, score: Math.exp(one.score) })))).to.be.closeTo(ap, 1e-12);
      const negatives = scored.filter(({ positive }) => !positive);
      expect(calibratedAveragePrecision([...scored, ...negatives, ...negatives])).to.be.closeTo(cap, 1e-9);
    }));
  });

  it('leaves background out of the mean, but keeps its frames as negatives', () => {
    const stream = runOf([
      { target: 0, p: [0.2, 0.7, 0.1] }, // background that looks like 1
      { target: 1, p: [0.4, 0.5, 0.1] },
      { target: 2, p: [0.1, 0.1, 0.8] },
    ]);
    expect(perFrameMap([stream], new Set([0]))).to.be.closeTo((0.5 + 1) / 2, 1e-12);
    expect(perFrameMap([stream])).to.be.closeTo(((1 / 2) + 0.5 + 1) / 3, 1e-12);
    expect(perFrameMap([stream], new Set([0]), calibratedAveragePrecision)).to.be.closeTo((1 / (1 + 1 / 2) + 1) / 2, 1e-12);
  });

  it('is that of the last steps for clips', () => {
    fc.assert(fc.property(anyRuns(), (runs) => {
      const lasts = runs.map((run) => ({
        ...run, targets: run.targets.slice(-1), logits: run.logits.slice(-4),
        opened: { appearance: run.opened.appearance.slice(-1), motion: run.opened.motion.slice(-1) },
      }));
      expect(clipMap(runs)).to.be.closeTo(perFrameMap(lasts), 1e-12);
    }));
  });
});

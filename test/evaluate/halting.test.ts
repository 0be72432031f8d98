import { expect } from 'chai';
import fc from 'fast-check';
import { byBoundary, byHaltingStep, byPrices, byScore, bySteps, gapOf, halt, lostShare, meanSteps, rightShare, savedGmacsShare, savedShare } from '../../src/evaluate/halting.js';
import { anyRuns, runOf } from './made-runs.js';

const PRICES = byPrices({ gmacs: { audio: 1, appearance: 10, motion: 100 } });

/** Wrong and unsure, then right and unsure, then right and sure. */
const slow = runOf([{ target: 0, p: [0.3, 0.7], i: 1 }, { target: 0, p: [0.6, 0.4] }, { target: 0, p: [0.95, 0.05], m: 1 }], 'slow');
/** Sure and wrong at once; right at the end. */
const hasty = runOf([{ target: 1, p: [0.9, 0.1] }, { target: 1, p: [0.2, 0.8] }, { target: 1, p: [0.1, 0.9] }], 'hasty');

describe('answers before the end', () => {
  it('come where they are said to come, and are paid for up to there', () => {
    const answers = halt([slow, hasty], new Set(), PRICES, byScore(0.9));
    expect(answers.map(({ id, step, right, rightAtEnd, gmacs, gmacsToEnd }) => [id, step, right, rightAtEnd, gmacs, gmacsToEnd])).to.deep.equal([
      ['slow', 2, true, true, 113, 113], ['hasty', 0, false, true, 1, 3],
    ]);
    expect([rightShare(answers), gapOf(answers), lostShare(answers), meanSteps(answers)]).to.deep.equal([0.5, 0.5, 0.5, 2]);
    expect(savedShare(answers)).to.be.closeTo(2 / 6, 1e-12);
    expect(savedGmacsShare(answers)).to.be.closeTo(1 - 57 / 58, 1e-12);
    expect(byHaltingStep(answers).map(({ step, n, right, claimed }) => [step, n, right, Number(claimed.toFixed(3))])).to.deep.equal([[0, 1, 0, 0.9], [2, 1, 1, 0.95]]);
  });

  it('by steps are those of a fixed time; a recording that ends before answers at its end', () => {
    expect(halt([slow, runOf([{ target: 0, p: [0.6, 0.4] }])], new Set(), PRICES, bySteps(2)).map(({ step }) => step)).to.deep.equal([1, 0]);
  });

  it('by a boundary come at its step; without one that is reached, at the last', () => {
    expect(halt([slow, hasty], new Set(), PRICES, byBoundary([0.95, 0.7, null])).map(({ step }) => step)).to.deep.equal([2, 1]);
  });

  it('at the end lose nothing and save nothing, whatever the runs', () => {
    fc.assert(fc.property(anyRuns(), (runs) => {
      const answers = halt(runs, new Set([0]), PRICES, ({ scores }) => scores.length - 1);
      expect([gapOf(answers), lostShare(answers), savedShare(answers)]).to.deep.equal([0, 0, 0]);
    }));
  });

  it('never lose more than was right at the end, and the gap is no more than what is lost', () => {
    fc.assert(fc.property(anyRuns(), fc.double({ min: 0.25, max: 1, noNaN: true }), (runs, threshold) => {
      const answers = halt(runs, new Set(), PRICES, byScore(threshold));
      expect(gapOf(answers)).to.be.at.most(lostShare(answers) + 1e-12);
      expect(savedShare(answers)).to.be.within(0, 1);
      expect(byHaltingStep(answers).reduce((sum, { n }) => sum + n, 0)).to.equal(runs.length);
    }));
  });
});

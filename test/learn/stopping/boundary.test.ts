import { expect } from 'chai';
import fc from 'fast-check';
import { haltingStep, horizonOf, induce, type Boundary } from '../../../src/learn/stopping/boundary.js';
import { pathOf, type BeliefPath } from '../../../src/learn/stopping/paths.js';

const path = (scores: readonly number[], right: readonly number[], id = 'one'): BeliefPath =>
  ({ id, scores: Float64Array.from(scores), right: Uint8Array.from(right) });

const anyPath = (): fc.Arbitrary<BeliefPath> => fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 1 })), { minLength: 1, maxLength: 4 })
  .map((steps) => path(steps.map(([score]) => score / 10), steps.map(([, right]) => right)));

/** What a boundary costs on paths: wrong answers, and steps that were waited for. */
const costOf = (paths: readonly BeliefPath[], boundary: Boundary, stepCost: number): number => paths.reduce((sum, one) => {
  const step = haltingStep(one, boundary);
  return sum + 1 - (one.right[step] ?? 0) + step * stepCost;
}, 0);

describe('backward induction', () => {
  it('stops where the answer is as good as it gets, and waits where it is not', () => {
    // The sure ones are right from the start; the others are right at the end only.
    const paths = [...Array.from({ length: 5 }, () => path([0.9, 0.9, 0.9], [1, 1, 1])), ...Array.from({ length: 5 }, () => path([0.5, 0.5, 0.9], [0, 0, 1]))];
    const boundary = induce(paths, 0.01);
    expect(boundary[0]).to.be.closeTo(0.7, 1e-9);
    expect(paths.map((one) => haltingStep(one, boundary))).to.deep.equal([0, 0, 0, 0, 0, 2, 2, 2, 2, 2]);
  });

  it('stops everybody at once where waiting is dear, and nobody before the end where it is free and helps', () => {
    const paths = [path([0.4, 0.6, 0.8], [0, 0, 1]), path([0.4, 0.7, 0.7], [0, 1, 1])];
    expect(paths.map((one) => haltingStep(one, induce(paths, 2)))).to.deep.equal([0, 0]);
    expect(haltingStep(paths[0]!, induce(paths, 1e-6))).to.equal(2);
  });

  it('has at each step the threshold that costs least from there on, given those that follow', () => {
    const levels = [null, 0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85];
    const from = (paths: readonly BeliefPath[], step: number): BeliefPath[] => paths.filter(({ scores }) => scores.length > step + 1)
      .map(({ id, scores, right }) => ({ id, scores: scores.subarray(step), right: right.subarray(step) }));
    fc.assert(fc.property(fc.array(anyPath(), { minLength: 1, maxLength: 6 }), fc.constantFrom(0.01, 0.1, 0.3, 1), (paths, stepCost) => {
      const boundary = induce(paths, stepCost);
      for (let step = 0; step < horizonOf(paths) - 1; step += 1) {
        const here = from(paths, step), cost = costOf(here, boundary.slice(step), stepCost);
        for (const level of levels) expect(cost).to.be.at.most(costOf(here, [level, ...boundary.slice(step + 1)], stepCost) + 1e-9);
      }
    }), { numRuns: 1000 });
  });

  it('always ends, and never after the last step', () => {
    fc.assert(fc.property(anyPath(), fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 6 }), (one, boundary) => {
      expect(haltingStep(one, boundary)).to.be.within(0, one.scores.length - 1);
    }));
  });
});

describe('the path of a run', () => {
  it('has the likeliest answer at each step; all background is one answer', () => {
    const run = {
      id: 'x', targets: Int32Array.of(3, 3, 3), opened: { appearance: new Uint8Array(3), motion: new Uint8Array(3) },
      logits: Float32Array.from([0.4, 0.3, 0.2, 0.1, 0.3, 0.1, 0.3, 0.3, 0.1, 0.1, 0.1, 0.7].map((p) => Math.log(p))),
    };
    const { scores, right } = pathOf(run, new Set([2, 3]));
    expect([...scores].map((score) => Number(score.toFixed(4)))).to.deep.equal([0.4, 0.6, 0.8]);
    expect([...right], 'any background is right where the truth is background').to.deep.equal([0, 1, 1]);
    expect([...pathOf(run, new Set()).right]).to.deep.equal([0, 0, 1]);
  });
});

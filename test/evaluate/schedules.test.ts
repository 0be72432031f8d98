import { expect } from 'chai';
import fc from 'fast-check';
import { sequenceGmacs, type Prices } from '../../src/evaluate/cost.js';
import { capped, constant, emission, oracle, randomLike, uniform } from '../../src/evaluate/schedules.js';
import { anyRun, anyRuns } from './made-runs.js';

const prices: Prices = { gmacs: { audio: 0.0038, appearance: 0.02, motion: 0.1 }, headGmacs: 0.001 };
const count = (open: Uint8Array): number => open.reduce((a, b) => a + b, 0);

describe('schedules', () => {
  it('spaces openings evenly, in the middle or at the end of equal stretches', () => {
    expect([...uniform(10, { appearance: 0.2, motion: 0.1 }).appearance]).to.deep.equal([0, 0, 1, 0, 0, 0, 0, 1, 0, 0]);
    expect([...uniform(10, { appearance: 0.2, motion: 0.1 }).motion]).to.deep.equal([0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect([...uniform(10, { appearance: 0.2, motion: 0.1 }, 0).motion]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect([...uniform(3, { appearance: 1, motion: 0 }).appearance]).to.deep.equal([1, 1, 1]);
    expect([...uniform(3, { appearance: 1, motion: 0 }).motion]).to.deep.equal([0, 0, 0]);
  });

  it('opens at its rate, give or take a half, with gaps that differ by one at most', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (steps, rate) => {
      const open = uniform(steps, { appearance: rate, motion: 0 }).appearance;
      expect([...open].every((value) => value === 0 || value === 1)).to.equal(true);
      expect(Math.abs(count(open) - rate * steps)).to.be.at.most(0.5 + 1e-6);
      const places = [...open].flatMap((value, t) => (value === 1 ? [t] : [])), gaps = places.slice(1).map((t, i) => t - (places[i] ?? 0));
      if (gaps.length > 0) expect(Math.max(...gaps) - Math.min(...gaps)).to.be.at.most(1);
    }));
  });

  it('draws exactly as many openings as a run had, the same for the same seed, nested when asked', () => {
    fc.assert(fc.property(anyRuns(), fc.nat(1000), (runs, seed) => {
      const drawn = [...randomLike(runs, seed).values()];
      for (const sense of ['appearance', 'motion'] as const) {
        expect(drawn.reduce((sum, one) => sum + count(one[sense]), 0)).to.equal(runs.reduce((sum, { opened }) => sum + count(opened[sense]), 0));
      }
      expect(drawn.map(({ appearance }) => appearance.length)).to.deep.equal(runs.map(({ targets }) => targets.length));
      expect([...randomLike(runs, seed)]).to.deep.equal([...randomLike(runs, seed)]);
      for (const { appearance, motion } of randomLike(runs, seed, { nested: true }).values()) expect([...motion].every((open, t) => open <= (appearance[t] ?? 0))).to.equal(true);
    }));
  });

  it('opens for the oracle what is needed, where it first tells something, in each stretch', () => {
    const telling = { appearance: Uint8Array.of(0, 1, 1, 0, 1, 1, 1), motion: Uint8Array.of(0, 0, 0, 0, 0, 1, 1) };
    const stretches = [{ start: 0, end: 4, needs: ['appearance'] as const }, { start: 4, end: 7, needs: ['appearance', 'motion'] as const }];
    const shown = (looks: number): number[][] => Object.values(oracle({ stretches, telling }, looks)).map((open: Uint8Array) => [...open]);
    expect(shown(1)).to.deep.equal([[0, 1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1, 0]]);
    expect(shown(2)).to.deep.equal([[0, 1, 1, 0, 1, 1, 0], [0, 0, 0, 0, 0, 1, 1]]);
  });

  it('answers where the budget is consumed, and never overshoots', () => {
    const run = { targets: new Int32Array(4), opened: { appearance: Uint8Array.of(0, 1, 0, 0), motion: Uint8Array.of(0, 0, 1, 0) } };
    expect(emission(run, prices, 0.004)).to.deep.equal({ step: -1, gmacs: 0 });
    expect(emission(run, prices, 0.0048).step).to.equal(0);
    expect(emission(run, prices, 0.1).step, 'the third step would cost 0.1048 more').to.equal(1);
    expect(emission(run, prices, Infinity).step).to.equal(3);
    fc.assert(fc.property(anyRun(), fc.double({ min: 0, max: 2, noNaN: true }), (any, budget) => {
      const { step, gmacs } = emission(any, prices, budget);
      expect(gmacs).to.be.at.most(budget * (1 + 1e-9)).and.closeTo(sequenceGmacs(any, prices, step), 1e-12);
      if (step + 1 < any.targets.length) expect(sequenceGmacs(any, prices, step + 1)).to.be.above(budget);
    }));
  });

  it('shuts gates, never the ears, once a budget is spent', () => {
    const all = constant(10, { appearance: true, motion: true });
    const { appearance, motion } = capped(all, prices, 10 * 0.0048 + 0.13);
    expect([...motion]).to.deep.equal([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...appearance], 'what a clip would overshoot may still pay for a picture').to.deep.equal([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    fc.assert(fc.property(anyRun(), fc.double({ min: 0.1, max: 2, noNaN: true }), (any, budget) => {
      const opened = capped(any.opened, prices, budget);
      expect(sequenceGmacs({ targets: any.targets, opened }, prices)).to.be.at.most(Math.max(budget, any.targets.length * 0.0048) * (1 + 1e-6));
      for (const sense of ['appearance', 'motion'] as const) expect([...opened[sense]].every((open, t) => open <= (any.opened[sense][t] ?? 0))).to.equal(true);
      expect(capped(any.opened, prices, Infinity)).to.deep.equal(any.opened);
    }));
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { BIN_S, BINS, bookedOf, bookedOver, ratesOf, withCost, type Bin } from '../../../src/serve/dashboard/spending.js';
import { segment, START } from './segments.js';

const STAGES = {
  audio: { gmacs: 0.004, ms: 2, decode_ms: 0, frames: 0 },
  appearance: { gmacs: 0.03, ms: 6, decode_ms: 4, frames: 1 },
};

const spentOf = (ends: readonly number[]): readonly Bin[] => ends.reduce<readonly Bin[]>((bins, end) => withCost(bins, segment(end - 1, { stages: STAGES }), START + end + 0.1), []);

describe('spending over time', () => {
  it('tells listening, looking and decoding apart, as rates a second, stacked', () => {
    const { times, listening, looking, decoding } = ratesOf(spentOf([0.5, 1.5]), 'ms', START + BIN_S);
    const at = times.indexOf(START);
    expect(at).to.equal(times.length - 1);
    expect([listening[at], looking[at], decoding[at]]).to.deep.equal([2 * 2 / BIN_S, 2 * (2 + 6) / BIN_S, 2 * (2 + 6 + 4) / BIN_S]);
    expect(ratesOf(spentOf([0.5]), 'gmacs', START + BIN_S).looking.at(-1)).to.be.closeTo(0.034 / BIN_S, 1e-12);
  });

  it('puts what comes late where it belongs', () => {
    const bins = spentOf([10, 2, 6]);
    expect(bins.map(({ index }) => index)).to.deep.equal([...bins.map(({ index }) => index)].sort((a, b) => a - b));
    expect(bins.length).to.equal(3);
  });

  it('counts a recording when it comes: its own time is no time of day', () => {
    const [bin] = withCost([], segment(3, { startS: 0, stages: STAGES }), START);
    expect(bin?.index).to.equal(START / BIN_S);
  });

  it('tells how much of the budget is booked: of the site, else of the camera, and the most of each stretch', () => {
    const [none, site, own] = [{ gmacs: null, ms: null }, { gmacs: 0.4, ms: 0.7 }, { gmacs: 0.9, ms: null }];
    expect(bookedOf({})).to.equal(null);
    expect(bookedOf({ budget: { utilization: own, site_utilization: site } })).to.equal(0.7);
    expect(bookedOf({ budget: { utilization: own, site_utilization: none } })).to.equal(0.9);
    const bins = [0.2, 0.6, 0.1].reduce<readonly Bin[]>((all, ms) => withCost(all, { ...segment(0), budget: { utilization: none, site_utilization: { gmacs: null, ms } } }, START + 1), []);
    const { times, percent } = bookedOver(bins, START + BIN_S);
    expect([times.at(-1), percent.at(-1), percent[0]]).to.deep.equal([START, 60, null]);
  });

  it('keeps five minutes, whatever comes and in whatever order', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 400 }), (ends) => {
      const bins = spentOf(ends);
      expect(bins.length).to.be.at.most(BINS);
      expect(bins.every(({ index }, i) => i === 0 || index > (bins[i - 1]?.index ?? 0))).to.equal(true);
      expect(ratesOf(bins, 'ms', START + 100_000).times.length).to.be.at.most(BINS);
    }), { numRuns: 30 });
  });
});

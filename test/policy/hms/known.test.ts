import { expect } from 'chai';
import fc from 'fast-check';
import { calibrated, knownOf, temperatureOf } from '../../../src/policy/hms/known.js';

const TEMPERATURES = { common: 2, ai: 0.5 };
const NET = { labels: ['none', 'b', 'a', 'c'], background: new Set(['none']), temperatures: TEMPERATURES };

describe('what a learned policy knows', () => {
  it('is a softmax over logits divided by the temperature', () => {
    expect(calibrated([0, Math.log(3)], 1)[1]).to.be.closeTo(0.75, 1e-12);
    expect(calibrated([0, 2 * Math.log(3)], 2)[1]).to.be.closeTo(0.75, 1e-12);
    expect(calibrated([1000, 1000, -1000], 1)).to.deep.equal([0.5, 0.5, 0]);
  });

  it('has the temperature of its usage pattern, else the common one', () => {
    expect(temperatureOf(TEMPERATURES, 'ai')).to.equal(0.5);
    expect(temperatureOf(TEMPERATURES, 'aim')).to.equal(2);
    const logits = Float32Array.of(0, 1, 0, 0);
    expect(knownOf(NET, logits, 'ai', 3).labels[0]!.score).to.be.greaterThan(knownOf(NET, logits, 'a', 3).labels[0]!.score);
  });

  it('lists the best first, ties by the alphabet, background apart, and no more than it is told', () => {
    const known = knownOf(NET, Float32Array.of(1, 0, 0, 2), 'a', 2);
    expect(known.labels.map(({ label }) => label)).to.deep.equal(['c', 'a']);
    expect(known.background).to.be.closeTo(Math.exp(0.5) / (Math.exp(0.5) + 2 + Math.exp(1)), 1e-9);
  });

  it('stays a probability whatever a net says', () => {
    fc.assert(fc.property(fc.array(fc.float(), { minLength: 4, maxLength: 4 }), fc.double({ min: 0.01, max: 100, noNaN: true }), (logits, temperature) => {
      const probabilities = calibrated(logits, temperature);
      expect(probabilities.every((p) => p >= 0 && p <= 1)).to.equal(true);
      expect(probabilities.reduce((a, b) => a + b)).to.be.closeTo(1, 1e-9);
    }));
  });
});

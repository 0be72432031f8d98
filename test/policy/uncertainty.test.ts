import { expect } from 'chai';
import fc from 'fast-check';
import { backgroundProbability, best, binaryEntropy, certainty, foreground } from '../../src/policy/uncertainty.js';
import { heard } from './evidence.js';

describe('binaryEntropy', () => {
  it('is 1 bit at a half, 0 at both ends, and known values between', () => {
    expect([0, 0.5, 1].map(binaryEntropy)).to.deep.equal([0, 1, 0]);
    expect(binaryEntropy(0.11)).to.be.closeTo(0.4999, 1e-4);
    fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (p) => {
      expect(binaryEntropy(p)).to.be.within(0, 1);
      expect(binaryEntropy(p)).to.be.closeTo(binaryEntropy(1 - p), 1e-9);
    }));
  });
});

describe('certainty', () => {
  it('takes backgrounds together as if they were independent', () => {
    expect(backgroundProbability(heard({ Silence: 0.5, Inside: 0.5 }))).to.be.closeTo(0.75, 1e-9);
    expect(backgroundProbability(heard({ Speech: 0.9 }))).to.equal(0);
  });

  it('is uncertain between known and unknown, and less so the surer the background', () => {
    const bit = (scores: Parameters<typeof heard>[0]): number => certainty(heard(scores)).uncertainty;
    expect(bit({ Bark: 0.5 })).to.equal(1);
    expect(bit({ Bark: 0.02 })).to.be.below(0.15);
    expect(bit({ Bark: 0.98 })).to.be.below(0.15);
    expect(bit({ Bark: 0.5, Silence: 0.8 })).to.be.closeTo(0.2, 1e-6);
  });

  it('takes NaN and what lies outside 0…1 for no score or a full one', () => {
    expect(foreground(heard({ Speech: NaN, Bark: 1.2, Helicopter: -1 })).map(({ score }) => score)).to.deep.equal([0, 1, 0]);
    expect(certainty(heard({ Speech: NaN, Silence: NaN })).uncertainty).to.equal(0);
  });

  it('finds the best that counts, the earlier of two equal ones, and none where nothing counts', () => {
    const reading = heard({ Silence: 0.9, Speech: 0.7, Bark: 0.7, Helicopter: 0.2 });
    expect(best(reading)).to.deep.include({ label: 'Speech' });
    expect(best(reading, (label) => label !== 'Speech')).to.deep.include({ label: 'Bark' });
    expect(best(reading, () => false)).to.equal(undefined);
    expect(best(heard({}))).to.deep.equal({ label: 'Speech', score: 0 });
  });
});

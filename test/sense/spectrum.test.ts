import { expect } from 'chai';
import FFT from 'fft.js';
import fc from 'fast-check';
import { createSpectrum } from '../../src/sense/spectrum.js';

describe('the magnitude spectrum', () => {
  for (const size of [32, 128, 512, 2048]) {
    it(`agrees with a general transform of ${size} points`, () => {
      const spectrum = createSpectrum(size);
      const reference = new FFT(size);
      const out = reference.createComplexArray();
      fc.assert(fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size, maxLength: size }), (frame) => {
        spectrum.frame.set(frame);
        const magnitudes = spectrum.magnitudes();
        reference.realTransform(out, frame);
        for (let k = 1; k < size / 2; k++) expect(magnitudes[k]).to.be.closeTo(Math.hypot(out[2 * k]!, out[2 * k + 1]!), 1e-9);
      }), { numRuns: 20 });
    });
  }

  it('writes only the bins that are wanted', () => {
    const spectrum = createSpectrum(32, 3, 5);
    spectrum.frame[0] = 1;
    expect([...spectrum.magnitudes()].map((v) => Math.round(v))).to.deep.equal([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

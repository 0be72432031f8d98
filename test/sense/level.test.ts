import { expect } from 'chai';
import { levelDbfs, SILENCE_DBFS } from '../../src/sense/level.js';

const sine = (amplitude: number, count = 1600): Float32Array => Float32Array.from({ length: count }, (_, i) => amplitude * Math.sin((2 * Math.PI * i) / 16));

describe('sense/level', () => {
  it('is 0 for a full-scale square, -3.01 for a full-scale sine, and 20 less for a tenth of it', () => {
    expect(levelDbfs(Float32Array.from({ length: 8 }, (_, i) => i % 2 === 0 ? 1 : -1))).to.equal(0);
    expect(levelDbfs(sine(1))).to.be.closeTo(-3.01, 0.01);
    expect(levelDbfs(sine(0.1))).to.be.closeTo(-23.01, 0.01);
  });

  it('has a floor, so that silence is a number', () => {
    expect(levelDbfs(new Float32Array(100))).to.equal(SILENCE_DBFS);
    expect(levelDbfs(new Float32Array(0))).to.equal(SILENCE_DBFS);
    expect(levelDbfs(Float32Array.of(1e-9))).to.equal(SILENCE_DBFS);
  });

  it('is not made softer by what is missing', () => {
    const half = sine(0.5);
    half.fill(0, 800);
    expect(levelDbfs(half, 0.5)).to.be.closeTo(levelDbfs(sine(0.5)), 1e-4);
    expect(levelDbfs(half, 1)).to.equal(SILENCE_DBFS);
  });
});

import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { rms } from '../../../tools/pretrain/filters.js';
import { BACKGROUND, HOP_SAMPLES, LABELS, WINDOW_SAMPLES, labelIndex } from '../../../tools/pretrain/labels.js';
import type { Clip, SoundSet } from '../../../tools/pretrain/library.js';
import { seeded } from '../../../src/learn/random.js';
import { drawExample, plainTarget, plainWindows, pools } from '../../../tools/pretrain/windows.js';

const clip = (label: string, set: SoundSet, hz: number, silentFrom = 80_000): Clip => ({
  path: `${label}.ogg`, set, label, target: labelIndex(label), part: 'train', held: false,
  samples: Float32Array.from({ length: 80_000 }, (_, i) => (i < silentFrom ? 0.3 * Math.sin((2 * Math.PI * hz * i) / 16_000) : 0)),
});
const library = [
  ...LABELS.slice(0, BACKGROUND).map((label, i) => clip(label, 'esc10', 200 + 90 * i)),
  clip('helicopter', 'airspace-audio', 60), clip('background', 'airspace-audio', 3000), clip('fight', 'fights', 2500),
];

describe('the windows that the audio net learns from', () => {
  it('are the same for the same seed and others for another', () => {
    const print = (seed: number): string => {
      const random = seeded(seed), from = pools(library);
      const hash = createHash('sha256');
      for (let i = 0; i < 10; i++) {
        const { samples, targets } = drawExample(from, random);
        hash.update(new Uint8Array(samples.buffer)).update(new Uint8Array(targets.buffer));
      }
      return hash.digest('hex');
    };
    expect(print(1)).to.equal(print(1));
    expect(print(1)).not.to.equal(print(2));
  });

  it('have finite samples within −1…1, targets within 0…1, and are background exactly as far as nothing is heard', () => {
    const random = seeded(5), from = pools(library);
    const seen = new Set<number>();
    for (let i = 0; i < 150; i++) {
      const { samples, targets } = drawExample(from, random);
      expect(samples).to.have.lengthOf(WINDOW_SAMPLES);
      expect(samples.every((v) => Number.isFinite(v) && Math.abs(v) <= 1.01)).to.equal(true);
      expect(targets.every((v) => v >= 0 && v <= 1)).to.equal(true);
      expect(targets[BACKGROUND]).to.be.closeTo(1 - Math.max(...targets.subarray(0, BACKGROUND)), 1e-6);
      targets.forEach((v, label) => { if (v > 0.9) seen.add(label); });
    }
    expect(seen.size).to.equal(LABELS.length);
  });

  it('of the padding of a clip are background, not its sound', () => {
    const dog = clip('dog_bark', 'esc10', 500, 20_000);
    const windows = plainWindows(dog);
    expect(windows).to.have.lengthOf(Math.floor((80_000 - WINDOW_SAMPLES) / HOP_SAMPLES) + 1);
    expect(plainTarget(dog, windows[0]!)).to.equal(dog.target);
    expect(rms(windows.at(-1)!)).to.equal(0);
    expect(plainTarget(dog, windows.at(-1)!)).to.equal(BACKGROUND);
  });
});

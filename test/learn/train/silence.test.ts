import { expect } from 'chai';
import { assert, array, integer, property, tuple } from 'fast-check';
import { seeded } from '../../../src/learn/random.js';
import { isSilent, levelSilence } from '../../../src/learn/train/silence.js';
import type { FeatureSequence } from '../../../src/learn/types.js';

const SILENCE = Float32Array.of(-1, -2);

const clip = (id: string, label: number, silent: boolean): FeatureSequence => ({
  id, steps: 2, targets: Int32Array.of(label, label),
  features: { audio: silent ? Float32Array.of(-1, -2, -1, -2) : Float32Array.of(1, 2, 3, 4), appearance: Float32Array.of(5, 6), motion: Float32Array.of(7, 8) },
  present: { audio: new Uint8Array(2).fill(silent ? 0 : 1), appearance: new Uint8Array(2).fill(1), motion: new Uint8Array(2).fill(1) },
});

/** For each class how many clips have sound and how many have none. */
const classes = array(tuple(integer({ min: 1, max: 30 }), integer({ min: 0, max: 30 })), { minLength: 1, maxLength: 5 });

const clipsOf = (counts: readonly (readonly [number, number])[]): FeatureSequence[] => counts.flatMap(([sounding, silent], label) =>
  Array.from({ length: sounding + silent }, (_, i) => clip(`${label}-${i}`, label, i >= sounding)));

describe('learning: silence', () => {
  it('every class gets the share of the most silent one, to within one clip', () => {
    assert(property(classes, integer(), (counts, seed) => {
      const share = Math.max(...counts.map(([sounding, silent]) => silent / (sounding + silent)));
      const levelled = levelSilence(clipsOf(counts), SILENCE, seeded(seed));
      counts.forEach(([sounding, silent], label) => {
        const mine = levelled.filter(({ targets }) => targets[0] === label);
        const now = mine.filter(isSilent).length;
        expect(mine.length).to.equal(sounding + silent);
        expect(now).to.be.within(silent, sounding + silent - 1);
        expect(now / mine.length).to.be.within(Math.min(share, 1 - 1 / mine.length) - 1e-9, share + 1 / mine.length);
      });
    }));
  });

  it('only sound is taken away, order and labels stay, and a clip that keeps its sound is the same object', () => {
    assert(property(classes, integer(), (counts, seed) => {
      const clips = clipsOf(counts);
      levelSilence(clips, SILENCE, seeded(seed)).forEach((one, i) => {
        const before = clips[i]!;
        expect(one.id).to.equal(before.id);
        expect(one.targets).to.equal(before.targets);
        expect(one.features.appearance).to.equal(before.features.appearance);
        if (isSilent(one)) expect([...one.features.audio]).to.deep.equal([-1, -2, -1, -2]);
        else expect(one).to.equal(before);
      });
    }));
  });

  it('where no class lacks sound nothing is dealt out', () => {
    const clips = clipsOf([[3, 0], [5, 0]]);
    expect(levelSilence(clips, SILENCE, seeded(1))).to.deep.equal(clips);
  });
});

import { expect } from 'chai';
import { array, assert, integer, property } from 'fast-check';
import { seeded } from '../../../src/learn/random.js';
import { splice } from '../../../src/learn/train/splice.js';
import type { FeatureSequence } from '../../../src/learn/types.js';
import { SENSE_NAMES } from '../../../src/learn/widths.js';

/** A clip whose every number tells its clip and its step. */
const clip = (label: number, steps: number): FeatureSequence => {
  const rows = (width: number): Float32Array => Float32Array.from({ length: steps * width }, (_, i) => 1000 * label + Math.floor(i / width));
  const there = (every: number): Uint8Array => Uint8Array.from({ length: steps }, (_, t) => (t % every === 0 ? 1 : 0));
  return {
    id: `${label}`, steps, targets: new Int32Array(steps).fill(label),
    features: { audio: rows(3), appearance: rows(2), motion: rows(1) },
    present: { audio: there(1), appearance: there(2), motion: there(3) },
  };
};

const lengths = array(integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 });
const WIDTHS = { audio: 3, appearance: 2, motion: 1 } as const;

describe('learning: clips joined into streams', () => {
  it('every clip gives one piece, half of it or more, in order, with all its senses and targets together', () => {
    assert(property(lengths, integer({ min: 1, max: 5 }), integer({ min: 2, max: 20 }), integer(), (steps, count, stretch, seed) => {
      const clips = steps.map((n, label) => clip(label, n));
      const streams = splice(clips, { count, stretch }, seeded(seed));
      expect(streams.length).to.equal(Math.ceil(clips.length / count));
      const taken = clips.map(() => 0);
      for (const { steps: length, features, present, targets } of streams) {
        expect(targets.length).to.equal(length);
        let before = -1;
        for (let t = 0; t < length; t += 1) {
          const label = targets[t] ?? -1;
          const step = (features.audio[t * 3] ?? NaN) - 1000 * label;
          for (const sense of SENSE_NAMES) {
            expect(features[sense].length).to.equal(length * WIDTHS[sense]);
            expect([...features[sense].subarray(t * WIDTHS[sense], (t + 1) * WIDTHS[sense])]).to.deep.equal(new Array<number>(WIDTHS[sense]).fill(1000 * label + step));
            expect(present[sense][t]).to.equal(clips[label]?.present[sense][step]);
          }
          expect(label, 'clips follow each other in their order').to.be.at.least(before);
          before = label;
          taken[label] = (taken[label] ?? 0) + 1;
        }
      }
      taken.forEach((n, label) => {
        const most = Math.min(stretch, steps[label] ?? 0);
        expect(n).to.be.within(Math.ceil(most / 2), most);
      });
    }), { numRuns: 60 });
  });

  it('the same seed joins the same pieces, another seed others', () => {
    const clips = Array.from({ length: 8 }, (_, label) => clip(label, 10));
    const lengthsOf = (seed: number): number[] => splice(clips, { count: 4, stretch: 10 }, seeded(seed)).map(({ steps }) => steps);
    expect(lengthsOf(1)).to.deep.equal(lengthsOf(1));
    expect([2, 3, 4].map(lengthsOf)).to.not.deep.equal([lengthsOf(1), lengthsOf(1), lengthsOf(1)]);
  });
});

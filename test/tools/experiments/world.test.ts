import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { FeatureSequence, FeatureSet } from '../../../src/learn/types.js';
import { readFeatures, writeFeatures } from '../../../tools/experiments/feature-file.js';
import { billed, everyNth, stridden, withShuffledAudio } from '../../../tools/experiments/world.js';

const sequence = (id: string, value: number, steps = 5): FeatureSequence => {
  const rows = (width: number): Float32Array => Float32Array.from({ length: steps * width }, (_, i) => value * 100 + i);
  const all = (): Uint8Array => new Uint8Array(steps).fill(1);
  return { id, steps, features: { audio: rows(2), appearance: rows(1), motion: rows(3) }, present: { audio: all(), appearance: all(), motion: all() }, targets: new Int32Array(steps).fill(value % 2), source: `source of ${id}` };
};

const set: FeatureSet = {
  labels: ['a', 'b'], background: ['a'], dims: { audio: 2, appearance: 1, motion: 3 }, stepUs: 480_000, gmacs: { audio: 1, appearance: 2, motion: 3 },
  sequences: Array.from({ length: 6 }, (_, i) => sequence(`clip ${i}`, i)),
};

describe("an experiment's data", () => {
  it('are not paid twice for one picture', () => {
    const opened = { appearance: Uint8Array.of(1, 1, 0, 1, 1, 0), motion: Uint8Array.of(0, 1, 0, 0, 0, 0) };
    const { appearance, motion } = billed(opened, (step) => Math.floor(step / 2));
    expect([...appearance]).to.deep.equal([1, 0, 0, 1, 1, 0]);
    expect(motion).to.equal(opened.motion);
  });

  it('take every n-th step, counted back from the last', () => {
    expect(stridden(10, 5)).to.deep.equal([4, 9]);
    expect(stridden(10, 10)).to.deep.equal([9]);
    expect(stridden(5, 2)).to.deep.equal([0, 2, 4]);
    const [first] = everyNth(set, 2).sequences;
    expect(first?.steps).to.equal(3);
    expect([...first?.features.audio ?? []]).to.deep.equal([0, 1, 4, 5, 8, 9]);
  });

  it('keep every sound when sounds are dealt out anew, only not with its clip', () => {
    const dealt = withShuffledAudio(set, 3);
    const sounds = (of: FeatureSet): number[] => of.sequences.map(({ features }) => features.audio[0] ?? -1);
    expect([...sounds(dealt)].sort((a, b) => a - b)).to.deep.equal(sounds(set));
    expect(sounds(dealt)).not.to.deep.equal(sounds(set));
    expect(dealt.sequences.map(({ features }) => features.motion[0])).to.deep.equal(set.sequences.map(({ features }) => features.motion[0]));
    expect(withShuffledAudio(set, 3)).to.deep.equal(dealt);
  });

  it('come back from their file as they were', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hearken-features-'));
    try {
      const path = join(folder, 'features.bin');
      const parts = new Map(set.sequences.map(({ id }, i) => [id, i < 3 ? 'train' : 'test']));
      writeFeatures(path, { set, parts });
      expect(readFeatures(path)).to.deep.equal({ set, parts });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { holdBack, type Splittable } from '../../src/learn/split.js';

/** Up to 60 clips of up to five classes from up to twenty sources, which may mix classes. */
const clips = fc.array(fc.record({ label: fc.constantFrom('a', 'b', 'c', 'd', 'e'), source: fc.nat(20).map(String) }), { maxLength: 60 })
  .map((all): Splittable[] => all.map((clip, i) => ({ ...clip, id: String(i) })));
const options = fc.record({ share: fc.double({ min: 0, max: 0.5, noNaN: true }), seed: fc.nat(99) });
const labelsOf = (all: readonly Splittable[]): Set<string> => new Set(all.map(({ label }) => label));

describe('holdBack', () => {
  it('never parts a source', () => {
    fc.assert(fc.property(clips, options, (all, how) => {
      const held = holdBack(all, how);
      const sides = new Map<string, boolean>();
      for (const { id, source } of all) {
        expect(sides.get(source) ?? held.has(id), `source ${source}`).to.equal(held.has(id));
        sides.set(source, held.has(id));
      }
    }));
  });

  it('leaves every class something to learn from', () => {
    fc.assert(fc.property(clips, options, (all, how) => {
      const held = holdBack(all, how);
      expect(labelsOf(all.filter(({ id }) => !held.has(id)))).to.deep.equal(labelsOf(all));
    }));
  });

  it('does not depend on the order of the clips', () => {
    fc.assert(fc.property(clips, options, (all, how) => {
      expect(holdBack([...all].reverse(), how)).to.deep.equal(holdBack(all, how));
    }));
  });

  it('holds back its share of each class, to a clip, where each clip has its own source', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }), options, (sizes, how) => {
      const all = sizes.flatMap((n, c) => Array.from({ length: n }, (_, i): Splittable => ({ id: `${c}/${i}`, label: String(c), source: `${c}/${i}` })));
      const held = holdBack(all, how);
      sizes.forEach((n, c) => {
        const of = all.filter(({ id, label }) => label === String(c) && held.has(id)).length;
        expect(of).to.equal(n < 3 || how.share === 0 ? 0 : Math.max(1, Math.round(how.share * n)));
      });
    }));
  });

  it('draws otherwise with another seed', () => {
    const all = Array.from({ length: 40 }, (_, i): Splittable => ({ id: String(i), label: 'a', source: String(i) }));
    expect(holdBack(all, { share: 0.3, seed: 1 })).to.not.deep.equal(holdBack(all, { share: 0.3, seed: 2 }));
  });

  it('holds back a large source where a class has no small one', () => {
    const all = ['x', 'x', 'x', 'y', 'y', 'y', 'y'].map((source, i): Splittable => ({ id: String(i), label: 'a', source }));
    expect([...holdBack(all, { share: 0.1, seed: 0 })]).to.have.members(['0', '1', '2']);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { followedOf, isTrue, ruled, tell } from '../../../src/learn/confirming/streams.js';
import { scored, SPEC } from './made-streams.js';

const spans = (from: number, to: number, length: number): boolean[] => Array.from({ length }, (_, i) => i >= from && i < to);

describe('events told of a stream', () => {
  const stream = scored('one', [0, 0.6, 0.7, 0.2, 0.9, 0, 0, 0, 0, 0.8], spans(1, 5, 10));

  it('have the scores of their segments, and say on which they were confirmed', () => {
    expect(tell(stream, ruled(SPEC, [null]))).to.deep.equal([
      { label: 'fire', onset: 1, scores: [0.6, 0.7, 0, 0.9, 0, 0], confirmed: null },
      { label: 'fire', onset: 9, scores: [0.8], confirmed: null },
    ]);
    expect(tell(stream, ruled(SPEC, [null, 0.8])).map(({ confirmed }) => confirmed)).to.deep.equal([4, null]);
    expect(tell(stream, { ...SPEC, minDurationS: 1 }).map(({ confirmed }) => confirmed), 'after a second').to.deep.equal([2, null]);
  });

  it('rest after those that were confirmed, as they do live', () => {
    const twice = scored('two', [0.9, 0.9, 0, 0, 0, 0, 0.9, 0.9], spans(0, 8, 8));
    expect(tell(twice, { ...SPEC, cooldownS: 5, minDurationS: 0 })).to.have.length(1);
    expect(tell(twice, { ...ruled(SPEC, [null]), cooldownS: 5 })).to.have.length(2);
  });

  it('are confirmed at most once, on a segment whose score has reached the boundary', () => {
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(fc.property(fc.array(score, { maxLength: 50 }), fc.array(fc.option(score), { minLength: 1, maxLength: 5 }), (scores, boundary) => {
      for (const { scores: own, confirmed } of tell(scored('any', scores, scores.map(() => false)), ruled(SPEC, boundary))) {
        expect(own[0]).to.be.at.least(0.5);
        if (confirmed !== null) expect(own[confirmed - 1]).to.be.at.least(boundary[Math.min(confirmed, boundary.length) - 1] ?? Infinity);
      }
    }));
  });
});

describe('whether an event is true', () => {
  const truth = { truth: spans(10, 14, 30).map((is) => (is ? 'fire' : null)), stepUs: 480_000 };
  const at = (onset: number, segment: number, label = 'fire'): boolean => isTrue(truth, { label, onset }, segment);

  it('goes by what happens from its onset to then, a second more or less', () => {
    expect([at(10, 1), at(8, 1), at(7, 1), at(7, 2), at(15, 1), at(16, 1), at(10, 1, 'flood')]).to.deep.equal([true, true, false, true, true, false, false]);
  });

  it('once true stays so', () => {
    fc.assert(fc.property(fc.nat(29), fc.integer({ min: 1, max: 20 }), (onset, segment) => { if (at(onset, segment)) expect(at(onset, segment + 1)).to.equal(true); }));
  });
});

describe('a run as a followed stream', () => {
  it('has calibrated scores without background, best first, and what happens by name', () => {
    const run = { id: 'r', targets: Int32Array.of(0, 2), logits: Float32Array.of(5, 0, 0, 0, 1, 2), opened: { appearance: new Uint8Array(2), motion: new Uint8Array(2) } };
    const { known, truth } = followedOf(run, { labels: ['none', 'fire', 'flood'], background: ['none'], stepUs: 1, windowUs: 2 });
    expect(truth).to.deep.equal([null, 'flood']);
    expect(known[0], 'what hardly counts is left out').to.deep.equal([]);
    expect(known[1]!.map(({ label }) => label)).to.deep.equal(['flood', 'fire']);
    expect(known[1]![0]!.score).to.be.closeTo(Math.exp(2) / (1 + Math.exp(1) + Math.exp(2)), 1e-6);
  });
});

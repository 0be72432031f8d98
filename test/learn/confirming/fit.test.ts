import { expect } from 'chai';
import fc from 'fast-check';
import { confirmedAt, induceConfirming, pathsOf } from '../../../src/learn/confirming/boundary.js';
import { CONFIRM_PROMISE, confirmationsOf, fitConfirming, HORIZON } from '../../../src/learn/confirming/fit.js';
import { ruled, tell, type FollowedStream } from '../../../src/learn/confirming/streams.js';
import type { ConfirmationRule } from '../../../src/inference/manifest.js';
import { AT_ONCE, drawnStreams, MUTE, SPEC, TELLING, type Drawn } from './made-streams.js';

const ruleOf = (drawn: Drawn, seed = 1): ConfirmationRule => {
  const fitted = fitConfirming(drawnStreams(120, seed, drawn), drawnStreams(120, seed + 1, drawn), SPEC);
  return 'rule' in fitted ? fitted.rule : expect.fail(fitted.why);
};

/** The mean over streams of the share of false ones among those confirmed. */
const falseShare = (streams: readonly FollowedStream[], boundary: ConfirmationRule['boundary']): number => {
  const shares = streams.flatMap((stream) => {
    const confirmed = confirmationsOf(stream, tell(stream, ruled(SPEC, boundary)));
    return confirmed.length === 0 ? [] : [confirmed.filter(({ isFalse }) => isFalse).length / confirmed.length];
  });
  return shares.reduce((a, b) => a + b, 0) / shares.length;
};

describe('a boundary for confirming', () => {
  const paths = (drawn: Drawn) => drawnStreams(100, 3, drawn).flatMap((stream) => pathsOf(stream, SPEC));

  it('waits for the segment that tells, and asks there for what parts true from false', () => {
    const [first, second] = induceConfirming(paths(TELLING), HORIZON, { perSegment: 0.02 });
    expect(first).to.equal(null);
    expect(second).to.be.within(0.75, 0.86);
  });

  it('confirms at once what is sure at once', () => {
    expect(induceConfirming(paths(AT_ONCE), HORIZON, { perSegment: 0.02 })[0]).to.be.within(0.7, 0.86);
  });

  it('cannot wait where waiting is dear, and confirms hardly anything where a false one is dearer than all that is missed', () => {
    expect(induceConfirming(paths(MUTE), HORIZON, { perSegment: 1 })[0]).to.be.at.most(0.55);
    expect(induceConfirming(paths(MUTE), HORIZON, { perSegment: 0.002 }).every((threshold) => threshold === null || threshold > 0.97)).to.equal(true);
  });

  it('confirms a path where the boundary is reached, the last threshold holding for all that comes', () => {
    expect([[0.9], [0.5, 0.9], [0.5, 0.5, 0.5, 0.8], [0.5]].map((scores) => confirmedAt({ scores }, [0.9, null, 0.8]))).to.deep.equal([1, undefined, 4, undefined]);
  });

  it('in hindsight costs no more than one threshold for all segments', () => {
    const costOf = (boundary: readonly (number | null)[], of: ReturnType<typeof paths>, perSegment: number): number => of.reduce((sum, path) => {
      const at = confirmedAt(path, boundary);
      if (at === undefined) return sum + (path.right.at(-1) === true ? 20 * perSegment : 0);
      return sum + (path.right[at - 1] === true ? perSegment * Math.min(at - 1, 20) : 1);
    }, 0);
    const all = [TELLING, AT_ONCE, MUTE].map(paths);
    fc.assert(fc.property(fc.constantFrom(...all), fc.double({ min: 0.002, max: 0.5, noNaN: true }), fc.nat(37), (of, perSegment, i) => {
      const one = 1 / (1 + Math.exp(1.25 - i / 6));
      expect(costOf(induceConfirming(of, 4, { perSegment }), of, perSegment)).to.be.at.most(costOf([one, one, one, one], of, perSegment) + 1e-9);
    }), { numRuns: 40 });
  });
});

describe('a rule for confirming', () => {
  it('waits for the second segment where that tells, and keeps its promise on other streams', () => {
    const { boundary, streams, ...promised } = ruleOf(TELLING);
    expect(boundary).to.have.length(HORIZON);
    expect(boundary[0]).to.equal(null);
    expect(boundary[1]).to.be.within(0.6, 0.86);
    expect([streams, promised]).to.deep.equal([120, CONFIRM_PROMISE]);
    expect(falseShare(drawnStreams(300, 9, TELLING), boundary)).to.be.at.most(CONFIRM_PROMISE.falseShare);
  });

  it('confirms at once where it can', () => {
    expect(ruleOf(AT_ONCE).boundary[0]).to.be.within(0.6, 0.9);
  });

  it('is not given where scores say nothing', () => {
    expect(fitConfirming(drawnStreams(120, 1, MUTE), drawnStreams(120, 2, MUTE), SPEC)).to.deep.equal({ why: 'no boundary was shown to confirm at most 10 % false events' });
  });

  it('is not given where there are too few streams to show it on, and says how many it would take', () => {
    const [some, few] = [drawnStreams(60, 1, TELLING), drawnStreams(28, 2, TELLING)];
    expect(fitConfirming(some, few, SPEC)).to.deep.equal({ why: 'to show that at most 10 % of the events that are confirmed are false takes at least 29 streams that nothing was learned from, and there are 28' });
    expect(fitConfirming([], some, SPEC)).to.have.property('why');
  });

  it('is the same for the same streams', () => {
    expect(ruleOf(TELLING)).to.deep.equal(ruleOf(TELLING));
  });

  it('breaks its promise no more often than it says', () => {
    // True and false overlap, so that every boundary lets some false ones through.
    const blurred: Drawn = { falseShare: 0.25, first: { yes: [0.5, 1], no: [0.5, 0.95] }, later: { yes: [0.6, 1], no: [0.5, 0.97] } };
    const others = drawnStreams(800, 999, blurred, 4);
    const broken = Array.from({ length: 20 }, (_, i) => {
      const fitted = fitConfirming(drawnStreams(60, 2 * i + 1, blurred, 4), drawnStreams(100, 2 * i + 2, blurred, 4), SPEC);
      return 'rule' in fitted && falseShare(others, fitted.rule.boundary) > CONFIRM_PROMISE.falseShare;
    }).filter(Boolean).length;
    // 5 % of 20 is 1; 4 or more would happen once in sixty times.
    expect(broken).to.be.below(4);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import type { WireGate } from '../../../src/emit/types.js';
import { WINDOW_S, withDecision, withLevel, type GateSpan, type LevelPoint } from '../../../src/serve/dashboard/gate-spans.js';
import { segment, START } from './segments.js';

const QUIET: WireGate = { open: false, reason: 'quiet' };
const LISTED: WireGate = { open: true, reason: 'listed', detail: 'drone 0.82' };

const spansOf = (decisions: readonly (WireGate | undefined)[]): readonly GateSpan[] => decisions.reduce<readonly GateSpan[]>(
  (spans, decision, i) => withDecision(spans, 'appearance', segment(i, { gate: decision === undefined ? {} : { appearance: decision } })), [],
);

describe('what gates decided, as spans of time', () => {
  it('joins what was decided alike for the same reason, with the newest words', () => {
    const spans = spansOf([QUIET, QUIET, LISTED, { ...LISTED, detail: 'drone 0.91' }, QUIET]);
    expect(spans.map(({ startTime, endTime, open, reason, detail }) => [startTime - START, endTime - START, open, reason, detail])).to.deep.equal([
      [0, 2, false, 'quiet', undefined], [2, 4, true, 'listed', 'drone 0.91'], [4, 5, false, 'quiet', undefined],
    ]);
  });

  it('tells an opening for another reason apart', () => {
    expect(spansOf([LISTED, { open: true, reason: 'held' }]).map(({ reason }) => reason)).to.deep.equal(['listed', 'held']);
  });

  it('says nothing of a gate that was not asked, is off or has no net', () => {
    expect(spansOf([undefined, { open: false, reason: 'off' }, { open: false, reason: 'no-pack' }])).to.deep.equal([]);
  });

  it('does not bridge a hole in the stream', () => {
    const before = withDecision([], 'motion', segment(0, { gate: { motion: QUIET } }));
    expect(withDecision(before, 'motion', segment(20, { gate: { motion: QUIET } })).map(({ startTime }) => startTime - START)).to.deep.equal([0, 20]);
  });

  it('lets what overlaps begin where the one before ends', () => {
    const before = withDecision([], 'motion', segment(0, { gate: { motion: QUIET } }));
    expect(withDecision(before, 'motion', segment(0.5, { gate: { motion: LISTED } })).map(({ startTime, endTime }) => [startTime - START, endTime - START])).to.deep.equal([[0, 1], [1, 1.5]]);
  });

  it('keeps the window and no more, in order, however it goes on', () => {
    fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 700 }), (opens) => {
      const spans = spansOf(opens.map((open) => open ? LISTED : QUIET));
      const now = START + opens.length;
      for (const [i, { startTime, endTime }] of spans.entries()) {
        expect(endTime).to.be.greaterThan(now - WINDOW_S);
        expect(startTime).to.be.at.least(spans[i - 1]?.endTime ?? 0);
      }
    }), { numRuns: 30 });
  });

  it('begins anew when time goes back, as in a recording that is played again', () => {
    expect(withDecision(spansOf([QUIET, LISTED, QUIET]), 'appearance', segment(0, { gate: { appearance: QUIET } })).length).to.equal(1);
  });
});

describe('levels over time', () => {
  it('keeps the window, and says where there was no sound', () => {
    const levels = Array.from({ length: 500 }, (_, i) => i).reduce<readonly LevelPoint[]>((points, i) => withLevel(points, segment(i, i % 2 === 0 ? { level_dbfs: -30 } : {})), []);
    expect(levels.length).to.equal(WINDOW_S);
    expect(levels.slice(-2).map(({ dbfs }) => dbfs)).to.deep.equal([-30, null]);
  });
});

import { expect } from 'chai';
import { countsOf } from '../../../tools/experiments/confirm/counts.js';
import { scored, SPEC } from '../../learn/confirming/made-streams.js';

const on = (length: number, ...spans: readonly (readonly [number, number])[]): boolean[] => Array.from({ length }, (_, i) => spans.some(([from, to]) => i >= from && i < to));
const gone = Array<number>(8).fill(0);

describe('events of a stream, counted', () => {
  it('are found where their label is confirmed while they last, so many seconds after they began', () => {
    const { found, confirmed, hours } = countsOf(scored('a', [0, 0, 0, 0.9, 0.9, 0.9, ...gone], on(14, [2, 6])), SPEC);
    // Confirmed on its second segment, two steps of 0.48 s after the event began.
    expect(found).to.deep.equal([0.96]);
    expect(confirmed).to.deep.equal([{ segment: 2, isFalse: false }]);
    expect(hours).to.be.closeTo((14 * 0.48) / 3600, 1e-9);
  });

  it('are missed where nothing is confirmed, and false where nothing happens', () => {
    expect(countsOf(scored('b', [0.9, 0, 0, ...gone], on(11, [0, 2])), SPEC).found).to.deep.equal([null]);
    expect(countsOf(scored('c', [0.9, 0.9, ...gone], on(10)), SPEC)).to.deep.include({ found: [], confirmed: [{ segment: 2, isFalse: true }] });
  });

  it('may be confirmed a second late, and no later', () => {
    const late = (steps: number): readonly (number | null)[] => countsOf(scored('d', [...Array<number>(steps).fill(0), 0.9, 0.9, ...gone], on(steps + 10, [0, 4])), SPEC).found;
    expect(late(5)[0]).to.be.closeTo(6 * 0.48, 1e-9);
    expect(late(6)[0]).to.equal(null);
  });
});

import { expect } from 'chai';
import { Pace } from '../../src/media/pace.js';

const HOP_MS = 480;
/** Media arrives this long after its own time at the soonest [ms]; the clock of arrivals has an origin of its own. */
const SOONEST_MS = 1_000_060;

/** A reader that was there when a second of media had come. */
const ready = (): Pace => {
  const pace = new Pace();
  pace.note(SOONEST_MS + 1_000, 1_000_000);
  return pace;
};
const us = (ms: number): number => ms * 1000;

describe('The pace of a reader', () => {
  it('lets it rest until the segment should be there, a packet\'s length after the soonest', () => {
    expect(ready().restMs(SOONEST_MS + 1_000, us(1_200), HOP_MS)).to.equal(245);
  });

  it('knows that it is behind: what was put aside in a backlog does not rest while a segment is overdue', () => {
    const pace = ready();
    // 350 ms were slept through on a busy machine, and the first read after them took its time as well.
    pace.note(SOONEST_MS + 1_450, 1_100_000);
    expect(pace.restMs(SOONEST_MS + 1_450, us(1_200), HOP_MS)).to.equal(0);
    // A little behind, and nothing is due yet: it rests, but not the longer for it.
    expect(pace.restMs(SOONEST_MS + 1_450, us(1_480), HOP_MS)).to.equal(75);
  });

  it('rests a hop at the most, however far away a jump of the clock puts the end', () => {
    expect(ready().restMs(SOONEST_MS + 1_000, us(90_000), HOP_MS)).to.equal(HOP_MS + 45);
  });

  it('follows a source that comes later from now on, within twenty seconds', () => {
    const pace = ready();
    const LATER_MS = 300;
    for (let ms = 2_000; ms <= 23_000; ms += 100) pace.note(SOONEST_MS + ms + LATER_MS, us(ms));
    expect(pace.restMs(SOONEST_MS + 23_000 + LATER_MS, us(23_200), HOP_MS)).to.equal(245);
  });

  it('follows a source that comes sooner at once', () => {
    const pace = ready();
    pace.note(SOONEST_MS + 1_480, us(1_500));
    expect(pace.restMs(SOONEST_MS + 1_480, us(1_600), HOP_MS)).to.equal(145);
  });
});

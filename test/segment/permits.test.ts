import { expect } from 'chai';
import { Subject } from 'rxjs';
import type { SourceEvent } from '../../src/ingest/types.js';
import { segmentEvery } from '../../src/segment/segment-every.js';
import { drive, expectTruth, opened, pictures, sound, SPEC } from './events.js';

const WINDOW = 15_600;
const HOP = 7_680;

describe('segmentEvery with a recording', () => {
  it('lets at most two segments out at a time, and goes on as they are released, without losing one', () => {
    const { source, segments, result } = drive();
    source.next(opened({ live: false }));
    source.next(sound(0, 5 * HOP + WINDOW));
    source.complete();
    expect(segments).to.have.length(2);
    segments[0]!.release();
    segments[0]!.release();
    expect(segments, 'a second release changes nothing').to.have.length(3);
    for (let i = 1; i < segments.length; i += 1) segments[i]!.release();
    expect(segments.map((s) => s.index)).to.deep.equal([0, 1, 2, 3, 4, 5]);
    segments.forEach(expectTruth);
    expect(result.completed).to.equal(true);
  });

  it('permits a window, its lateness and four seconds; then in steps of two seconds, never short of what is needed next', () => {
    const permits: number[] = [];
    const { source, segments } = drive();
    source.next(opened({ live: false, permit: (untilUs) => permits.push(untilUs) }));
    expect(permits).to.deep.equal([5_475_000]);
    source.next(sound(0, 9 * HOP + WINDOW));
    // Each release lets the next one out, at the end of this list.
    for (const segment of segments) {
      segment.release();
      expect(permits.at(-1), 'the next window lies within what is permitted').to.be.greaterThan(segment.endUs + 480_000);
    }
    expect(segments).to.have.length(10);
    expect(permits).to.deep.equal([5_475_000, 7_875_000, 10_275_000]);
  });

  it('reads a whole recording through synchronous permits and releases, without recursion', () => {
    const total = 20_000;
    const source = new Subject<SourceEvent>();
    let atUs = 0;
    const read = (untilUs: number): void => {
      while (atUs < untilUs && atUs < total * 480_000) {
        const startUs = atUs;
        atUs += 480_000;
        source.next({ kind: 'audio', startUs, samples: new Float32Array(HOP) });
      }
    };
    let count = 0;
    source.pipe(segmentEvery(SPEC)).subscribe((segment) => { count += 1; segment.release(); });
    source.next(opened({ live: false, permit: read }));
    expect(count).to.equal(total - 2);
  });

  it('lets a reader on that is blocked although nothing is complete', () => {
    const permits: number[] = [];
    const { source } = drive();
    source.next(opened({ live: false, audio: false, video: true, permit: (untilUs) => permits.push(untilUs) }));
    source.next(pictures(0));
    source.next({ kind: 'state', state: 'blocked' });
    expect(permits).to.deep.equal([5_475_000, 15_475_000]);
  });

  it('does not let a blocked reader on while segments are out', () => {
    const permits: number[] = [];
    const { source } = drive();
    source.next(opened({ live: false, permit: (untilUs) => permits.push(untilUs) }));
    source.next(sound(0, WINDOW + HOP));
    const before = permits.length;
    source.next({ kind: 'state', state: 'blocked' });
    expect(permits).to.have.length(before);
  });
});

describe('segmentEvery with a live source', () => {
  it('never holds back, and keeps the permit five to ten seconds ahead', () => {
    const permits: number[] = [];
    const { source, segments } = drive();
    source.next(opened({ permit: (untilUs) => permits.push(untilUs) }));
    for (let i = 0; i < 200; i += 1) {
      source.next(sound(i * 100_000, 1_600));
      expect(permits.at(-1)! - i * 100_000).to.be.within(4_900_000, 10_100_000);
    }
    expect(segments).to.have.length(40);
    expect(permits.length).to.be.below(6);
  });

  it('says with its permits where a segment ends, and again at once when a jump has moved them', () => {
    const ends: (number | undefined)[] = [];
    const { source, segments } = drive();
    source.next(opened({ permit: (_untilUs, endUs) => ends.push(endUs) }));
    expect(ends).to.deep.equal([975_000]);
    for (let i = 0; i < 20; i += 1) source.next(sound(i * 100_000, 1_600));
    expect(ends).to.have.length(1);
    source.next(sound(2_100_000, 1_600, true));
    expect(ends).to.deep.equal([975_000, 3_075_000]);
    for (let i = 22; i < 40; i += 1) source.next(sound(i * 100_000, 1_600));
    expect(segments.at(-1)!.endUs % 480_000).to.equal(3_075_000 % 480_000);
  });
});

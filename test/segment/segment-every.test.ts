import { expect } from 'chai';
import fc from 'fast-check';
import { from, map, Subject, take, throwError, concat } from 'rxjs';
import type { SourceEvent } from '../../src/ingest/types.js';
import { segmentEvery } from '../../src/segment/segment-every.js';
import { segmentSpec } from '../../src/segment/spec.js';
import type { Segment } from '../../src/segment/types.js';
import { drive, expectTruth, NO_VIDEO, opened, pictures, sound, SPEC } from './events.js';

const WINDOW = 15_600;
const HOP = 7_680;

const run = (events: readonly SourceEvent[], release = true): Segment[] => {
  const segments: Segment[] = [];
  from(events).pipe(segmentEvery(SPEC)).subscribe((segment) => {
    segments.push(segment);
    if (release) segment.release();
  });
  return segments;
};

describe('segmentSpec', () => {
  it('takes window and hop from the audio pack', () => {
    const spec = segmentSpec({
      kind: 'log-mel', sampleRateHz: 16_000, frameSamples: 400, hopSamples: 160, fftSize: 512, melBins: 64, lowHz: 125,
      highHz: 7_500, logOffset: 0.001, patchFrames: 96, patchHopFrames: 48,
    }, 500_000);
    expect(spec).to.deep.equal(SPEC);
  });
});

describe('segmentEvery', () => {
  it('cuts overlapping windows of the length of a patch, a hop apart', () => {
    const segments = run([opened(), ...Array.from({ length: 40 }, (_, i) => sound(i * 64_000, 1_024))]);
    expect(segments.map((s) => [s.index, s.startUs, s.endUs])).to.deep.equal([
      [0, 0, 975_000], [1, 480_000, 1_455_000], [2, 960_000, 1_935_000], [3, 1_440_000, 2_415_000],
      // The recording ends at 2.56 s: 145 ms of the next window would be new, less than half a hop.
    ]);
    segments.forEach((s) => {
      expect(s.audio!.samples).to.have.length(WINDOW);
      expect(s.audio!.missing).to.deep.equal([]);
      expectTruth(s);
    });
    expect(segments[1]!.startEpochMs).to.equal(1_700_000_000_480);
    expect(segments.every((s) => !s.discontinuity && s.era === 0 && s.video === undefined)).to.equal(true);
  });

  it('gives out a last window if at least half a hop of it is new, and marks the rest', () => {
    const half = WINDOW + HOP / 2;
    expect(run([opened(), sound(0, half - 1)])).to.have.length(1);
    const [, last] = run([opened(), sound(0, half)]);
    expect(last!.audio!.missing).to.deep.equal([{ startUs: half * 62.5, endUs: 1_455_000 }]);
    expectTruth(last!);
    expect(run([opened(), sound(0, HOP / 2)]), 'a recording of a quarter of a second').to.have.length(1);
    expect(run([opened(), sound(0, HOP / 2 - 1)])).to.have.length(0);
  });

  it('gives a window out as soon as its last sample is there', () => {
    const { source, segments } = drive();
    source.next(opened());
    source.next(sound(0, WINDOW - 1));
    expect(segments).to.have.length(0);
    source.next(sound((WINDOW - 1) * 62.5, 1));
    expect(segments).to.have.length(1);
  });

  it('waits for the pictures of the same time, but not longer than the lateness', () => {
    const { source, segments } = drive();
    source.next(opened({ video: true }));
    source.next(sound(0, WINDOW + 7_000));
    expect(segments).to.have.length(0);
    source.next(pictures(974_000));
    expect(segments).to.have.length(0);
    source.next(pictures(975_000));
    expect(segments.map((s) => s.video)).to.deep.equal([NO_VIDEO]);
    source.next(sound((WINDOW + 7_000) * 62.5, HOP + 1_000));
    expect(segments, 'sound at 1.955 s is half a second past the second window').to.have.length(2);
  });

  it('marks sound that begins late', () => {
    const segments = run([opened({ video: true }), pictures(700_000), sound(600_000, WINDOW), pictures(1_600_000)]);
    expect(segments[0]!.audio!.missing).to.deep.equal([{ startUs: 0, endUs: 600_000 }]);
    segments.forEach(expectTruth);
  });

  it('goes on with pictures alone when the sound ends early, and then has no audio', () => {
    const segments = run([opened({ video: true }), sound(0, WINDOW), ...Array.from({ length: 31 }, (_, i) => pictures(i * 100_000))]);
    expect(segments.map((s) => s.audio?.missing)).to.deep.equal([
      [], [{ startUs: 975_000, endUs: 1_455_000 }], [{ startUs: 975_000, endUs: 1_935_000 }], undefined, undefined,
    ]);
  });

  it('is driven by pictures when there is no sound track', () => {
    const { source, segments } = drive();
    source.next(opened({ audio: false, video: true }));
    source.next(pictures(974_900));
    expect(segments).to.have.length(0);
    source.next(pictures(975_000));
    expect(segments).to.have.length(1);
    expect(segments[0]!.audio).to.equal(undefined);
  });

  it('goes on with sound alone when the pictures end early', () => {
    const segments = run([opened({ video: true }), pictures(400_000), sound(0, 5 * HOP + WINDOW)]);
    expect(segments).to.have.length(6);
    segments.forEach(expectTruth);
  });

  it('marks a hole, cuts an overlap, and leaves out sound from the past', () => {
    const segments = run([
      opened(), sound(0, 8_000), sound(600_000, 8_000), sound(1_000_000, 4_000), sound(100_000, 3_000), sound(1_250_000, 20_000),
    ]);
    expect(segments[0]!.audio!.missing).to.deep.equal([{ startUs: 500_000, endUs: 600_000 }]);
    segments.forEach(expectTruth);
    expect(segments.slice(2).flatMap((s) => s.audio!.missing)).to.deep.equal([]);
  });

  it('cuts a long overlap at its end, wherever the chunk is split on the way', () => {
    const segments = run([opened(), sound(0, 20_000), sound(250_000, 40_000)]);
    segments.forEach(expectTruth);
    expect(segments).to.have.length(5);
  });

  it('takes dropped sound as missing, without waiting for it', () => {
    const { source, segments } = drive();
    source.next(opened());
    source.next(sound(0, 8_000));
    source.next({ kind: 'audio-dropped', startUs: 500_000, endUs: 975_000 });
    expect(segments[0]!.audio!.missing).to.deep.equal([{ startUs: 500_000, endUs: 975_000 }]);
    expectTruth(segments[0]!);
  });

  it('begins a new era with a new connection: no window reaches over it', () => {
    const segments = run([
      opened({ video: true }), sound(0, 24_000), pictures(1_500_000),
      opened({ video: true, connection: 2, startUs: 4_000_000 }), sound(4_000_000, WINDOW), pictures(5_000_000),
    ]);
    expect(segments.map((s) => [s.startUs, s.era, s.discontinuity])).to.deep.equal([
      [0, 0, false], [480_000, 0, false], [4_000_000, 1, true],
    ]);
    segments.forEach(expectTruth);
  });

  it('believes the timestamps of a new connection, however near they come to the count of the old one', () => {
    const segments = run([opened(), sound(0, 24_000), opened({ connection: 2, startUs: 1_500_000 }), sound(1_520_000, 24_000)]);
    expect(segments.map((s) => s.startUs)).to.deep.equal([0, 480_000, 1_500_000, 1_980_000]);
    expect(segments[2]!.audio!.missing).to.deep.equal([{ startUs: 1_500_000, endUs: 1_520_000 }]);
    segments.forEach(expectTruth);
  });

  it('begins one new era when both tracks say that they jumped', () => {
    const segments = run([
      opened({ video: true }), sound(0, WINDOW), pictures(1_000_000),
      pictures(1_040_000, true), sound(1_040_000, WINDOW + HOP, true), pictures(2_500_000),
    ]);
    expect(segments.map((s) => [s.startUs, s.era, s.discontinuity])).to.deep.equal([
      [0, 0, false], [1_040_000, 1, true], [1_520_000, 1, false],
    ]);
  });

  it('does not grind through a pause of hours: that is a new era', () => {
    const segments = run([opened(), sound(0, WINDOW), sound(10_800_000_000, WINDOW)]);
    expect(segments.map((s) => [s.index, s.startUs, s.discontinuity])).to.deep.equal([[0, 0, false], [1, 10_800_000_000, true]]);
  });

  it('takes a chunk that is longer than its memory', () => {
    const segments = run([opened(), sound(0, 60 * 16_000)]);
    expect(segments).to.have.length(Math.floor((60 * 16_000 - WINDOW) / HOP) + 2);
    segments.forEach(expectTruth);
  });

  it('invents and loses no sample, whatever comes: the windows cover all that arrived in order', () => {
    // Steps within the tolerance are left to the test of the sample clock: there the count rules, not the timestamp.
    const step = fc.oneof(fc.constant(0), fc.integer({ min: 41, max: 3_000 }), fc.integer({ min: -400, max: -41 }));
    const script = fc.array(fc.tuple(step, fc.integer({ min: 1, max: 40_000 }), fc.boolean()), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(script, fc.boolean(), (chunks, video) => {
      const events: SourceEvent[] = [opened({ video })];
      const arrived = new Uint8Array(2_000_000);
      let high = 0;
      for (const [stepMs, samples, shown] of chunks) {
        const start = high + stepMs * 16;
        const end = start + samples;
        if (start < 0) continue;
        events.push(sound(start * 62.5, samples));
        if (end > high) arrived.fill(1, Math.max(high, start), end);
        high = Math.max(high, end);
        if (shown && video) events.push(pictures(high * 62.5));
      }
      const segments = run(events);
      const heard = new Uint8Array(arrived.length);
      segments.forEach((segment, i) => {
        expect(segment.startUs).to.equal(i * 480_000);
        expect(segment.audio?.samples.length ?? WINDOW).to.equal(WINDOW);
        if (segment.audio === undefined) return;
        expectTruth(segment);
        segment.audio.samples.forEach((value) => { if (value > 0) heard[value - 1] = 1; });
      });
      const covered = segments.length === 0 ? 0 : (segments.length - 1) * HOP + WINDOW;
      expect(Buffer.compare(heard.subarray(0, covered), arrived.subarray(0, covered)), 'what arrived is what was heard').to.equal(0);
      expect(high - covered, 'only a rest under half a hop is left out').to.be.below(HOP / 2);
    }), { numRuns: 30 });
  });

  it('hands on a fault after the windows that came before it', () => {
    const seen: unknown[] = [];
    const failing = throwError(() => new Error('unplugged'));
    concat(from([opened(), sound(0, WINDOW)]), failing).pipe(segmentEvery(SPEC), map((s) => s.index)).subscribe({
      next: (index) => seen.push(index),
      error: (error: unknown) => seen.push((error as Error).message),
    });
    expect(seen).to.deep.equal([0, 'unplugged']);
  });

  it('leaves the source when it is left, and cuts nothing more', () => {
    const source = new Subject<SourceEvent>();
    const segments: Segment[] = [];
    const subscription = source.pipe(segmentEvery(SPEC)).subscribe((s) => segments.push(s));
    source.next(opened());
    expect(source.observed).to.equal(true);
    subscription.unsubscribe();
    expect(source.observed).to.equal(false);
    expect(run([opened(), sound(0, 160_000)]).length).to.be.above(1);
    let taken = 0;
    from([opened(), sound(0, 160_000)]).pipe(segmentEvery(SPEC), take(1)).subscribe(() => { taken += 1; });
    expect(taken).to.equal(1);
  });
});

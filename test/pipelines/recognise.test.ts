import { expect } from 'chai';
import { concat, concatMap, defer, EMPTY, from, ignoreElements, map, merge, NEVER, Observable, of, Subject, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Output } from '../../src/emit/types.js';
import type { Opened, SourceEvent } from '../../src/ingest/types.js';
import { recognise, type Recognition } from '../../pipelines/recognise.js';
import type { Segment } from '../../src/segment/types.js';
import { createSee } from '../../src/sense/see.js';
import { unsensed } from '../../src/sense/hear.js';
import type { Evidence, Reading } from '../../src/sense/types.js';
import { gateOf, heard, policyOf, seen, type Scores } from '../policy/evidence.js';
import { opened, sound, SPEC } from '../segment/events.js';
import { DECODED, net, picture, PICTURE, session, video, type ScriptedVideo } from '../sense/scripted.js';

const HOP = 7_680;
const WINDOW = 15_600;
const EMIT = { camera: 'dock', confidence: 0.5, minDurationS: 0, cooldownS: 0 };
const stop = new AbortController().signal;

const eye = (): ScriptedVideo => video(({ timeUs }) => ({ picture: picture(timeUs), cost: DECODED }));

/** Everything counted that the laws speak of. */
class Bench {
  readonly begun: number[] = [];
  readonly released: number[] = [];
  readonly dropped: string[] = [];
  looks = 0;
  readonly video = eye();
  readonly net = session();

  /** @param row what is heard on each segment; after its end, silence */
  constructor(readonly row: readonly Scores[], readonly takesMs = 0) {}

  hear = (segment: Segment): Observable<Evidence> => defer(() => {
    this.note(segment);
    const evidence = { ...unsensed(segment), readings: { audio: heard(this.row[segment.index] ?? { Silence: 1 }) } };
    return this.takesMs === 0 ? of(evidence) : timer(this.takesMs).pipe(map(() => evidence));
  });

  /** Writes down that a segment's step began, and every time that it is released. */
  note(segment: Segment): void {
    this.begun.push(segment.index);
    const release = segment.release.bind(segment);
    segment.release = (): void => {
      this.released.push(segment.index);
      release();
    };
  }

  parts(open: () => Observable<SourceEvent>, more: Partial<Recognition> = {}): Recognition {
    const gate = gateOf({ holdS: 0, cooldownS: 0 });
    const see = createSee(net(PICTURE, this.net), { toleranceUs: 1e6 });
    return {
      open, hear: this.hear, watch: () => EMPTY, gates: { appearance: gate }, policy: policyOf(gate),
      see: (segment) => {
        this.looks += 1;
        return see(segment);
      },
      profile: { segment: SPEC, waiting: 1, emit: EMIT },
      onDrop: (segment, reason) => { this.dropped.push(`${segment.index} ${reason}`); },
      ...more,
    };
  }
}

/** The first window at once, then one more a hop; pictures are always there. */
const stream = (script: { live: boolean; video?: ScriptedVideo }): { open: Opened; first: SourceEvent[]; hop: (i: number) => SourceEvent[] } => {
  const open = opened({ live: script.live, video: script.video !== undefined });
  const pictures = (untilUs: number): SourceEvent[] =>
    script.video === undefined ? [] : [{ kind: 'video', untilUs, packets: 1, bytes: 1, keyFrames: 1, dropped: 0 }];
  return {
    open: script.video === undefined ? open : { ...open, video: script.video },
    first: [sound(0, WINDOW), ...pictures(975_000)],
    hop: (i) => [sound((WINDOW + (i - 1) * HOP) * 62.5, HOP), ...pictures(975_000 + i * 480_000)],
  };
};

/** Plays `count` segments by hand and collects what comes out. */
const play = (bench: Bench, count: number, more: Partial<Recognition> = {}): Output[] => {
  const { open, first, hop } = stream({ live: true, video: bench.video });
  const outputs: Output[] = [];
  const source = new Subject<SourceEvent>();
  recognise('scripted:', stop, bench.parts(() => source, more)).subscribe((output) => { outputs.push(output); });
  [open, ...first, ...Array.from({ length: count - 1 }, (_, i) => hop(i + 1)).flat()].forEach((event) => { source.next(event); });
  source.complete();
  return outputs;
};

const segmentsOf = (outputs: readonly Output[]): { looked: boolean; reason: string | undefined }[] =>
  outputs.flatMap((output) => (output.kind === 'segment' ? [{ looked: output.segment.looked, reason: output.segment.gate.appearance?.reason }] : []));

describe('recognise', () => {
  it('never asks for a picture while the gate is shut: the sense is not called, the video not asked, the net not run', () => {
    const bench = new Bench([]);
    const outputs = play(bench, 8);
    expect(segmentsOf(outputs)).to.deep.equal(Array.from({ length: 8 }, () => ({ looked: false, reason: 'quiet' })));
    expect([bench.looks, bench.video.calls, bench.video.subscriptions, bench.net.runs]).to.deep.equal([0, 0, 0, 0]);
  });

  it('looks once for the one segment on which the gate opens', () => {
    const bench = new Bench([{ Silence: 1 }, { Silence: 1 }, { Helicopter: 0.9 }]);
    const outputs = play(bench, 6);
    expect(segmentsOf(outputs).map(({ looked }) => looked)).to.deep.equal([false, false, true, false, false, false]);
    expect([bench.looks, bench.video.calls, bench.video.subscriptions, bench.net.runs]).to.deep.equal([1, 1, 1, 1]);
    expect(bench.video.requests).to.have.length(1);
    expect(bench.video.requests[0]).to.deep.include({ timeUs: 1_935_000, notAfterUs: 1_935_000 });
  });

  it('opens nothing before it is subscribed', () => {
    let opens = 0;
    const bench = new Bench([]);
    const outputs = recognise('scripted:', stop, bench.parts(() => {
      opens += 1;
      return EMPTY;
    }));
    expect(opens).to.equal(0);
    outputs.subscribe();
    expect(opens).to.equal(1);
  });

  it('an audit tells what the gates hid and changes nothing else; each segment is still released once', () => {
    const row: Scores[] = [{ Silence: 1 }, { Helicopter: 0.9 }, { Silence: 1 }, { Speech: 0.9 }];
    const bench = new Bench(row), plain = new Bench(row);
    const policy = policyOf(gateOf({ holdS: 0, cooldownS: 0 }));
    const audit = { share: 0.5, confidence: 0.5, policy, see: createSee(net(PICTURE, session([0.1, 0.9, 0.2])), { toleranceUs: 1e6 }), watch: () => EMPTY };
    const outputs = play(bench, 8, { audit: () => audit });
    const found = outputs.flatMap((output) => (output.kind === 'segment' ? [output.segment.missed] : []));
    // What the look at segment 1 showed is believed until it fades.
    expect(found).to.deep.equal([undefined, [], undefined, [], undefined, [], undefined, ['Speech']]);
    const last = outputs.flatMap((output) => (output.kind === 'segment' ? [output.segment.so_far.audit] : [])).at(-1);
    expect(last).to.deep.include({ sampled: 4, missed: 1, miss_rate: 0.25 });
    const without = (list: readonly Output[]): Output[] => list.map((output) => {
      if (output.kind !== 'segment') return output;
      const copy = structuredClone(output) as { kind: 'segment'; segment: { missed?: unknown; so_far: { audit?: unknown } } };
      delete copy.segment.missed;
      delete copy.segment.so_far.audit;
      return copy as Output;
    });
    expect(without(outputs)).to.deep.equal(without(play(plain, 8)));
    expect(bench.released).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('never uses a sense without a gate', () => {
    const bench = new Bench([{ Helicopter: 0.9 }]);
    play(bench, 3, { gates: {} });
    expect(bench.looks).to.equal(0);
  });

  /** Gives the source's next events every 480 ms of virtual time: one segment each. */
  const paced = (events: readonly (readonly SourceEvent[])[]): Observable<SourceEvent> => concat(
    merge(...events.map((some, i) => timer(i * 480).pipe(concatMap(() => some)))),
    timer(480).pipe(ignoreElements()),
  );

  const marbles = (): TestScheduler => new TestScheduler((actual, expected) => { expect(actual).to.deep.equal(expected); });
  const indexOf = (output: Output): number => (output.kind === 'segment' ? output.segment.index : -1);

  it('drops and counts when a live source is faster than its steps', () => {
    const bench = new Bench([], 1_000);
    marbles().run(({ expectObservable }) => {
      const { open, first, hop } = stream({ live: true });
      const source = paced([[open], first, ...Array.from({ length: 7 }, (_, i) => hop(i + 1))]);
      expectObservable(recognise('scripted:', stop, bench.parts(() => source)).pipe(map(indexOf)))
        .toBe('1480ms a 999ms b 999ms c 999ms d 999ms (e|)', { a: 0, b: 2, c: 4, d: 6, e: 7 });
    });
    expect(bench.begun).to.deep.equal([0, 2, 4, 6, 7]);
    expect(bench.released).to.deep.equal([0, 2, 4, 6, 7]);
    expect(bench.dropped).to.deep.equal(['1 overtaken', '3 overtaken', '5 overtaken']);
  });

  it('gives back what it drops: a source that held back for every segment still out would go on', () => {
    const bench = new Bench([], 1_000);
    marbles().run(({ expectObservable }) => {
      const { open, first, hop } = stream({ live: true });
      const source = paced([[open], first, ...Array.from({ length: 7 }, (_, i) => hop(i + 1))]).pipe(map((event) => {
        // From the fifth second on it is read like a recording: with three segments not given back, no more would come.
        if (event.kind === 'audio' && event.startUs > 3_800_000) Object.assign(open.info, { live: false });
        return event;
      }));
      expectObservable(recognise('scripted:', stop, bench.parts(() => source)).pipe(map(indexOf)))
        .toBe('1480ms a 999ms b 999ms c 999ms d 999ms (e|)', { a: 0, b: 2, c: 4, d: 6, e: 7 });
    });
    expect(bench.dropped).to.deep.equal(['1 overtaken', '3 overtaken', '5 overtaken']);
  });

  it('loses nothing of a recording, however slow its steps', () => {
    const bench = new Bench([], 1_000);
    marbles().run(({ expectObservable }) => {
      const { open, first, hop } = stream({ live: false });
      const all = from([open, ...first, ...Array.from({ length: 5 }, (_, i) => hop(i + 1)).flat()]);
      expectObservable(recognise('scripted:', stop, bench.parts(() => all)).pipe(map(indexOf)))
        .toBe('1s a 999ms b 999ms c 999ms d 999ms e 999ms (f|)', { a: 0, b: 1, c: 2, d: 3, e: 4, f: 5 });
    });
    expect(bench.dropped).to.deep.equal([]);
    expect(bench.released).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it('releases the segment in the step and the one that waits when it is left, and leaves the source', () => {
    const bench = new Bench([]);
    const { open, first, hop } = stream({ live: false });
    const source = new Subject<SourceEvent>();
    let cancelled = 0;
    const stuck = (segment: Segment): Observable<Evidence> => {
      bench.note(segment);
      return new Observable(() => () => { cancelled += 1; });
    };
    const subscription = recognise('scripted:', stop, bench.parts(() => source, { hear: stuck })).subscribe();
    [open, ...first, ...hop(1), ...hop(2), ...hop(3)].forEach((event) => { source.next(event); });
    expect(bench.begun).to.deep.equal([0]);
    subscription.unsubscribe();
    expect(source.observed).to.equal(false);
    expect(cancelled).to.equal(1);
    expect(bench.released).to.deep.equal([0]);
    expect(bench.dropped).to.deep.equal(['1 left']);
  });

  it('releases the segment of a step that fails, and hands on the fault', () => {
    const bench = new Bench([{ Helicopter: 0.9 }]);
    const faults: unknown[] = [];
    const broken = { see: (): Observable<Reading> => { throw new Error('blind'); } };
    const source = new Subject<SourceEvent>();
    recognise('scripted:', stop, bench.parts(() => source, broken)).subscribe({ error: (error: unknown) => { faults.push((error as Error).message); } });
    const { open, first } = stream({ live: true, video: bench.video });
    [open, ...first].forEach((event) => { source.next(event); });
    expect(faults).to.deep.equal(['blind']);
    expect(bench.released).to.deep.equal([0]);
    expect(source.observed).to.equal(false);
  });

  it('says the same again for the same recording, and its past does not change with its future', () => {
    const row: Scores[] = [{ Silence: 1 }, { Helicopter: 0.9 }, { Bark: 0.5 }, { Speech: 0.9 }, { Silence: 0.9 }, { Bark: 0.6 }];
    const told = (scores: readonly Scores[], count: number): string[] =>
      play(new Bench(scores), 6, { see: (segment) => of(seen({ cat: 0.7 }, segment.endUs)) }).slice(0, count).map((output) => JSON.stringify(output));
    expect(told(row, 100)).to.deep.equal(told(row, 100));
    const noise: Scores[] = [...row.slice(0, 3), { Helicopter: 1 }, { Silence: 0.1, Bark: 0.9 }, {}];
    const until = told(row, 100).findIndex((text) => text.includes('"index":3'));
    expect(until).to.be.above(2);
    expect(told(noise, until - 1)).to.deep.equal(told(row, until - 1));
  });

  it('leaves the source with its one answer: no segment is begun behind it, and each is given back', () => {
    const bench = new Bench([{ Helicopter: 0.9 }]);
    const gate = gateOf({ holdS: 0, cooldownS: 0 });
    const fused = policyOf(gate);
    const known = { labels: [{ label: 'birch', score: 0.9 }], background: 0.1, pattern: 'a' as const };
    const policy: Recognition['policy'] = { ...fused, remember: (memory, evidence) => fused.remember(memory, evidence).pipe(map((step) => ({ ...step, output: { ...step.output, known } }))) };
    const { open, first, hop } = stream({ live: false, video: bench.video });
    const source = new Subject<SourceEvent>();
    const kinds: string[] = [];
    recognise('scripted:', stop, bench.parts(() => source, {
      gates: { appearance: gate }, policy, profile: { segment: SPEC, waiting: 1, emit: EMIT, answer: { camera: 'dock', rule: { boundary: [null, 0.9] } } },
    })).subscribe({ next: ({ kind }) => { kinds.push(kind); }, complete: () => { kinds.push('complete'); } });
    // What comes behind the second window finds nobody.
    [open, ...first, ...[1, 2, 3, 4].flatMap(hop)].forEach((event) => { source.next(event); });
    expect(kinds).to.deep.equal(['gate', 'segment', 'gate', 'segment', 'answer', 'complete']);
    expect(source.observed).to.equal(false);
    expect(bench.begun).to.deep.equal([0, 1]);
    expect(bench.released).to.deep.equal([0, 1]);
    expect(bench.looks).to.equal(1);
  });

  it('waits for nothing when the source never ends', () => {
    const bench = new Bench([]);
    const subscription = recognise('scripted:', stop, bench.parts(() => NEVER)).subscribe();
    subscription.unsubscribe();
    expect(bench.begun).to.deep.equal([]);
  });
});

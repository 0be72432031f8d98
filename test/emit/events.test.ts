import { expect } from 'chai';
import fc from 'fast-check';
import type { EmitSpec, EventMessage } from '../../src/emit/types.js';
import { stepEvents, NO_EVENTS } from '../../src/emit/events.js';
import type { Belief } from '../../src/policy/types.js';
import { cost, HOP_US, ORIGIN_EPOCH_MS, ranked, reading, WINDOW_US } from '../budget/beliefs.js';
import { messagesOf, settled, SPEC } from './settled.js';

/** One score per segment for one label. */
const stream = (scores: readonly number[], label = 'siren'): Belief[] => scores.map((score, i) => settled(i, { heard: { [label]: score } }));
const said = (messages: readonly EventMessage[]): string[] => messages.map((one) => `${one.type} ${one.label}`);
const LETTER = { provisional: 'p', confirmed: 'c', update: 'u', end: 'e', retracted: 'r' };

const byId = (messages: readonly EventMessage[]): Map<string, EventMessage[]> => {
  const lives = new Map<string, EventMessage[]>();
  for (const one of messages) lives.set(one.id, [...lives.get(one.id) ?? [], one]);
  return lives;
};

describe('emit/events', () => {
  it('is provisional at once, confirmed after min_duration_s, ended after the label is gone for linger_s', () => {
    const messages = messagesOf(SPEC, stream([0.1, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1]), false);
    expect(said(messages)).to.deep.equal(['provisional siren', 'confirmed siren', 'end siren']);
    const [first, second, last] = messages;
    const originS = ORIGIN_EPOCH_MS / 1000;
    expect(first).to.include({ schema: 'hearken.event.v1', seq: 0, camera: 'dock', score: 0.9, start_time: originS + 0.48, end_time: null, observed_s: 0.96, reason: 'confident' });
    // 960 ms of media and 4 ms in the net
    expect(first?.emit_latency_ms).to.equal(964);
    expect(second).to.include({ seq: 1, observed_s: 1.44, end_time: null });
    expect(last).to.include({ seq: 2, reason: 'ended', end_time: originS + 3 * 0.48 + 0.96, observed_s: 1.92 });
    expect(last?.modalities).to.deep.equal({ audio: 3, appearance: 0, motion: 0 });
    // three segments that held it and the three it took to be sure that it is gone
    expect(last?.cost).to.deep.equal({ gmacs: 0.6, ms: 24, decode_ms: 0 });
  });

  it('retracts what never lasted long enough, and may say it again at once', () => {
    expect(said(messagesOf(SPEC, stream([0.9, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9])))).to.deep.equal([
      'provisional siren', 'retracted siren', 'provisional siren', 'confirmed siren', 'end siren',
    ]);
  });

  it('is not confirmed by a segment that the budget did not let be heard: what is known there is what was known before', () => {
    const heard = (i: number): Belief => settled(i, { heard: { siren: 0.9 } });
    const unheard = (i: number): Belief => ({ ...heard(i), evidence: { ...heard(i).evidence, readings: { audio: { sense: 'audio', reason: 'budget', cost: cost(0) } } } });
    expect(said(messagesOf(SPEC, [heard(0), unheard(1), unheard(2)], false))).to.deep.equal(['provisional siren']);
    expect(said(messagesOf(SPEC, [heard(0), unheard(1), heard(2)], false))).to.deep.equal(['provisional siren', 'confirmed siren']);
  });

  describe('early', () => {
    const early = { boundary: [0.95, null, 0.85] };
    const slow = { ...SPEC, minDurationS: 3 };
    const confirmedAt = (spec: EmitSpec, beliefs: readonly Belief[]): (readonly [number, string])[] =>
      messagesOf(spec, beliefs).filter(({ type }) => type === 'confirmed').map(({ observed_s: observedS, reason }) => [observedS, reason] as const);
    const refusing = (i: number): Belief => settled(i, { heard: { siren: 0.82 }, gates: { appearance: { open: false, reason: 'budget' } } });

    it('is confirmed at once where its score reaches the boundary of its segment', () => {
      expect(confirmedAt({ ...slow, early }, stream([0.95, 0.9, 0.9]))).to.deep.equal([[0.96, 'confident']]);
      expect(confirmedAt({ ...slow, early }, stream([0.1, 0.9, 0.99, 0.9]))).to.deep.equal([[1.92, 'confident']]);
      expect(said(messagesOf({ ...slow, early }, stream([0.95, 0.1, 0.1, 0.1])))).to.deep.equal(['provisional siren', 'confirmed siren', 'end siren']);
    });

    it('is confirmed since it lasted where the boundary was not reached, and says so', () => {
      expect(confirmedAt({ ...SPEC, early }, stream([0.82, 0.82, 0.82]))).to.deep.equal([[1.44, 'horizon']]);
      expect(confirmedAt(SPEC, stream([0.82, 0.82, 0.82]))).to.deep.equal([[1.44, 'confident']]);
    });

    it('says that the budget is why, where a look was refused while it lived', () => {
      expect(confirmedAt({ ...SPEC, early }, [refusing(0), ...stream([0, 0.82]).slice(1)])).to.deep.equal([[1.44, 'budget']]);
      expect(confirmedAt({ ...SPEC, early: { boundary: [null, 0.8] } }, [refusing(0), refusing(1)])).to.deep.equal([[1.44, 'confident']]);
      expect(confirmedAt(SPEC, [refusing(0), refusing(1)])).to.deep.equal([[1.44, 'confident']]);
    });
  });

  it('goes on through dips: between release and confidence, and below release for less than linger_s', () => {
    expect(said(messagesOf(SPEC, stream([0.9, 0.9, 0.6, 0.6, 0.1, 0.6, 0.1, 0.9])))).to.deep.equal(['provisional siren', 'confirmed siren', 'end siren']);
  });

  it('does not begin between release and confidence', () => {
    expect(messagesOf(SPEC, stream([0.79, 0.79, 0.79]))).to.deep.equal([]);
  });

  it('keeps quiet through the cooldown and speaks after it', () => {
    const loud = Array<number>(4).fill(0.9);
    const gone = Array<number>(3).fill(0);
    const messages = messagesOf(SPEC, stream([...loud, ...gone, ...loud, ...gone, ...Array<number>(8).fill(0.9)]));
    expect(said(messages)).to.deep.equal(['provisional siren', 'confirmed siren', 'end siren', 'provisional siren', 'confirmed siren', 'end siren']);
    const [, , end, again] = messages;
    // 5 s after the end: the first window that reaches beyond it
    expect(again!.start_time + 0.96).to.be.greaterThan(end!.end_time! + 5);
    expect(again!.start_time).to.be.lessThan(end!.end_time! + 5);
  });

  it('says an update when the score has risen, and not again for the same height', () => {
    expect(messagesOf(SPEC, stream([0.8, 0.8, 0.85, 0.95, 0.95, 0.95])).map(({ type, score }) => [type, score])).to.deep.equal([
      ['provisional', 0.8], ['confirmed', 0.8], ['update', 0.95], ['end', 0.95],
    ]);
  });

  it('says an update when it is seen as well as heard; an old look counts once', () => {
    const look = { labels: ranked({ siren: 0.7 }), timeUs: 3 * HOP_US, ageUs: 0 };
    const messages = messagesOf(SPEC, [0, 1, 2, 3, 4].map((i) => settled(i, { heard: { siren: 0.9 }, ...(i > 2 ? { seen: look } : {}) })));
    expect(said(messages)).to.deep.equal(['provisional siren', 'confirmed siren', 'update siren', 'end siren']);
    expect(messages.at(-1)?.modalities).to.deep.equal({ audio: 5, appearance: 1, motion: 0 });
  });

  it('can begin with what is only seen or watched; what is remembered without sound is no reading', () => {
    const [seen] = messagesOf(SPEC, [settled(0, { seen: { labels: ranked({ truck: 0.9 }), timeUs: 1, ageUs: 0 } })]);
    expect(seen).to.deep.include({ label: 'truck', modalities: { audio: 0, appearance: 1, motion: 0 } });
    const [watched] = messagesOf(SPEC, [settled(0, { watched: { labels: ranked({ falling: 0.9 }), timeUs: 1, ageUs: 0 } })]);
    expect(watched).to.deep.include({ label: 'falling', modalities: { audio: 0, appearance: 0, motion: 1 } });
    const [remembered] = messagesOf(SPEC, [settled(0, { heard: { siren: 0.9 }, readings: {} })]);
    expect(remembered?.modalities).to.deep.equal({ audio: 0, appearance: 0, motion: 0 });
  });

  it('ends across a jump, at what was last known, and begins anew behind it', () => {
    const before = stream([0.9, 0.9, 0.9]);
    const after = [100, 101, 102].map((i) => settled(i, { heard: { siren: 0.9 }, era: 1 }));
    const messages = messagesOf({ ...SPEC, cooldownS: 0 }, [...before, ...after]);
    expect(said(messages)).to.deep.equal(['provisional siren', 'confirmed siren', 'end siren', 'provisional siren', 'confirmed siren', 'end siren']);
    expect(messages[2]?.end_time).to.equal(ORIGIN_EPOCH_MS / 1000 + (2 * HOP_US + WINDOW_US) / 1e6);
  });

  it('ends across a hole in the stream that is longer than it may linger', () => {
    const messages = messagesOf({ ...SPEC, cooldownS: 0 }, [settled(0, { heard: { siren: 0.9 } }), settled(50, { heard: { siren: 0.9 } })]);
    expect(said(messages)).to.deep.equal(['provisional siren', 'retracted siren', 'provisional siren', 'retracted siren']);
  });

  it('speaks in the labels of a learned policy alone where there is one, and counts the senses that were read', () => {
    const known = (score: number, pattern: 'a' | 'ai'): Belief => settled(pattern === 'a' ? 0 : 1, {
      heard: { siren: 0.99 }, known: { labels: ranked({ fire: score, flood: 0.1 }), background: 0.9 - score, pattern },
      readings: {
        audio: reading('audio', cost(0.1, 4), { timeUs: pattern === 'a' ? 960_000 : 1_440_000 }),
        ...(pattern === 'ai' ? { appearance: reading('appearance', cost(0.3), { timeUs: 1_000_000 }) } : {}),
      },
    });
    const messages = messagesOf({ ...SPEC, minDurationS: 0 }, [known(0.85, 'a'), known(0.9, 'ai')]);
    expect(new Set(messages.map(({ label }) => label))).to.deep.equal(new Set(['fire']));
    expect(messages[0]!.top_k).to.deep.equal([{ label: 'fire', score: 0.85 }, { label: 'flood', score: 0.1 }]);
    expect(messages.at(-1)!.modalities).to.deep.equal({ audio: 2, appearance: 1, motion: 0 });
  });

  it('listens only for the labels it was given', () => {
    expect(said(messagesOf({ ...SPEC, labels: ['siren'] }, [settled(0, { heard: { siren: 0.9, speech: 0.95 } })], false))).to.deep.equal(['provisional siren']);
  });

  it('lists the best of this moment, a label that several senses know once', () => {
    const [first] = messagesOf(SPEC, [settled(0, { heard: { siren: 0.9, truck: 0.2 }, seen: { labels: ranked({ truck: 0.6, road: 0.3 }), timeUs: 1, ageUs: 0 } })]);
    expect(first?.top_k).to.deep.equal([{ label: 'siren', score: 0.9 }, { label: 'truck', score: 0.6 }, { label: 'road', score: 0.3 }]);
  });

  it('does not remember labels whose rest is over', () => {
    let memory = NO_EVENTS;
    for (let i = 0; i < 200; i++) memory = stepEvents(SPEC, memory, settled(i * 10, { heard: { [`label ${i}`]: 0.9 } })).memory;
    expect(memory.live.size + memory.resting.size).to.be.below(3);
  });
});

describe('emit/events, whatever comes', () => {
  const score = fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
  const anySpec: fc.Arbitrary<EmitSpec> = fc.record({
    camera: fc.constantFrom('dock', 'yard'),
    confidence: fc.double({ min: 0.05, max: 1, noNaN: true }),
    release: fc.double({ min: 0, max: 1, noNaN: true }),
    minDurationS: fc.constantFrom(0, 0.5, 1, 3),
    cooldownS: fc.constantFrom(0, 1, 5),
    lingerS: fc.constantFrom(0, 0.5, 2),
  });
  // a monotone clock with overlaps, holes and jumps
  const anyStream = fc.array(fc.record({
    hop: fc.constantFrom(100_000, HOP_US, HOP_US, HOP_US, 2_000_000), jump: fc.nat(20), a: score, b: score, seen: fc.option(score),
  }), { maxLength: 60 }).map((steps) => {
    let startUs = 0;
    let era = 0;
    return steps.map(({ hop, jump, a, b, seen }, i) => {
      startUs += hop;
      if (jump === 0) era += 1;
      return settled(i, {
        startUs, endUs: startUs + WINDOW_US, era, heard: { a, b },
        ...(seen === null ? {} : { seen: { labels: ranked({ a: seen }), timeUs: startUs, ageUs: 0 } }),
      });
    });
  });
  const always = (rule: (messages: EventMessage[], spec: EmitSpec, beliefs: Belief[]) => void): void => {
    fc.assert(fc.property(anySpec, anyStream, (spec, beliefs) => { rule(messagesOf(spec, beliefs), spec, beliefs); }), { numRuns: 300 });
  };

  it('every life is a word of the grammar: provisional (retracted | confirmed update* end)', () => {
    always((messages) => {
      for (const life of byId(messages).values()) expect(life.map((one) => LETTER[one.type]).join('')).to.match(/^p(r|cu*e)$/);
    });
  });

  it('every id belongs to one label and one start, and messages count from 0', () => {
    always((messages) => {
      for (const life of byId(messages).values()) {
        expect(new Set(life.map((one) => `${one.label} ${one.start_time} ${one.camera}`)).size).to.equal(1);
        expect(life.map((one) => one.seq)).to.deep.equal(life.map((_, i) => i));
      }
    });
  });

  it('times never run back, scores stay in bounds, and only the last message has an end', () => {
    always((messages, spec) => {
      for (const life of byId(messages).values()) {
        let latency = 0;
        let cost = 0;
        let top = 0;
        for (const one of life) {
          expect(one.emit_latency_ms).to.be.at.least(latency);
          expect(one.cost.gmacs).to.be.at.least(cost);
          expect(one.top_score).to.be.at.least(top).and.at.least(one.score).and.at.most(1);
          [latency, cost, top] = [one.emit_latency_ms, one.cost.gmacs, one.top_score];
          const over = one.type === 'end' || one.type === 'retracted';
          expect(one.end_time !== null).to.equal(over);
          if (one.end_time !== null) expect(one.end_time).to.be.greaterThan(one.start_time);
        }
        expect(life[0]?.top_score).to.be.at.least(Math.round(spec.confidence * 1e4) / 1e4);
        if (life.length > 2) expect(life.at(-1)!.observed_s).to.be.at.least(spec.minDurationS ?? 1);
      }
    });
  });

  it('events of one label do not overlap, and rest for the cooldown after a confirmed one', () => {
    always((messages, spec) => {
      for (const label of ['a', 'b']) {
        const ends = messages.filter((one) => one.label === label && one.end_time !== null);
        for (const [i, before] of ends.slice(0, -1).entries()) {
          const after = ends[i + 1]!;
          expect(after.start_time).to.be.at.least(before.end_time!);
          if (before.type === 'end') expect(after.start_time + WINDOW_US / 1e6).to.be.greaterThan(before.end_time! + spec.cooldownS - 1e-3);
        }
      }
    });
  });

  const anyBoundary = fc.array(fc.option(score), { minLength: 1, maxLength: 8 });
  /** When each event was confirmed [s after its start], by id. */
  const confirmations = (messages: readonly EventMessage[]): Map<string, number> =>
    new Map(messages.filter(({ type }) => type === 'confirmed').map(({ id, observed_s: observedS }) => [id, observedS]));

  it('with any boundary: the end always comes, no message twice, and the reasons are true', () => {
    fc.assert(fc.property(anySpec, anyStream, anyBoundary, (spec, beliefs, boundary) => {
      const messages = messagesOf({ ...spec, early: { boundary } }, beliefs);
      expect(messagesOf({ ...spec, early: { boundary } }, beliefs)).to.deep.equal(messages);
      for (const life of byId(messages).values()) {
        expect(life.map((one) => LETTER[one.type]).join('')).to.match(/^p(r|cu*e)$/);
        expect(life.map((one) => one.seq)).to.deep.equal(life.map((_, i) => i));
        const confirmed = life.find(({ type }) => type === 'confirmed');
        if (confirmed?.reason === 'horizon') expect(confirmed.observed_s).to.be.at.least(spec.minDurationS ?? 1);
        if (confirmed?.reason === 'confident') expect(boundary.some((at) => at !== null && confirmed.score >= Math.round(at * 1e4) / 1e4)).to.equal(true);
        expect(confirmed?.reason, 'no look was refused').to.not.equal('budget');
      }
    }), { numRuns: 300 });
  });

  it('with any boundary no event is confirmed later than without, and where no label rests, each one that was is', () => {
    fc.assert(fc.property(anySpec, anyStream, anyBoundary, (spec, beliefs, boundary) => {
      const [without, early] = [confirmations(messagesOf(spec, beliefs)), confirmations(messagesOf({ ...spec, early: { boundary } }, beliefs))];
      for (const [id, afterS] of without) {
        if (spec.cooldownS === 0) expect(early.has(id)).to.equal(true);
        if (early.has(id)) expect(early.get(id)).to.be.at.most(afterS);
      }
    }), { numRuns: 300 });
  });

  it('a boundary that is never reached changes nothing but the reason', () => {
    const without = (messages: readonly EventMessage[]): unknown[] => messages.map(({ reason, ...rest }) => [reason === 'ended', rest]);
    always((messages, spec, beliefs) => {
      expect(without(messagesOf({ ...spec, early: { boundary: [null, null] } }, beliefs))).to.deep.equal(without(messages));
    });
  });

  it('is causal: what is said of the past does not depend on what comes', () => {
    fc.assert(fc.property(anySpec, anyStream, fc.nat(60), (spec, beliefs, cut) => {
      const early = messagesOf(spec, beliefs.slice(0, cut), false);
      expect(messagesOf(spec, beliefs, false).slice(0, early.length)).to.deep.equal(early);
    }));
  });

  it('says the same when the recording is played again', () => {
    always((messages, spec, beliefs) => { expect(messagesOf(spec, beliefs)).to.deep.equal(messages); });
  });
});

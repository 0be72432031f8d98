import { expect } from 'chai';
import fc from 'fast-check';
import type { EventMessage, EventPhase } from '../../../src/emit/types.js';
import { event as anyEvent } from '../outputs.js';
import { lastedS, MOST_EVENTS, stageOf, withEvent } from '../../../src/serve/dashboard/event-rows.js';

const event = (id: string, type: EventPhase = 'provisional', more: Partial<EventMessage> = {}): EventMessage =>
  anyEvent('drone', { id, type, camera: 'dock', start_time: 1_800_000_000, observed_s: 2, ...more }).event;

describe('events as the page lists them', () => {
  it('puts a new event first and changes a known one in its place', () => {
    const rows = [event('a'), event('b'), event('a', 'confirmed')].reduce(withEvent, []);
    expect(rows.map(({ id, type }) => [id, type])).to.deep.equal([['b', 'provisional'], ['a', 'confirmed']]);
  });

  it('takes the same id of another camera for another event', () => {
    const rows = [event('a'), event('a', 'confirmed', { camera: 'yard' })].reduce(withEvent, []);
    expect(rows.map(({ camera }) => camera)).to.deep.equal(['yard', 'dock']);
  });

  it('keeps no more than its bound, each event once, the newest', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 900 }), (ids) => {
      const rows = ids.map((id) => event(String(id))).reduce(withEvent, []);
      expect(rows.length).to.be.at.most(MOST_EVENTS);
      expect(new Set(rows.map(({ id }) => id)).size).to.equal(rows.length);
      const last = ids.at(-1);
      if (last !== undefined) expect(rows.some(({ id }) => id === String(last))).to.equal(true);
    }), { numRuns: 30 });
  });

  it('names the stage of each message', () => {
    expect((['provisional', 'confirmed', 'update', 'end', 'retracted'] as const).map((type) => stageOf(event('a', type))))
      .to.deep.equal(['provisional', 'confirmed', 'confirmed', 'ended', 'retracted']);
  });

  it('counts how long it has lasted until its end, or as far as it was observed', () => {
    expect(lastedS(event('a'))).to.equal(2);
    expect(lastedS(event('a', 'end', { end_time: 1_800_000_009.5, observed_s: 11 }))).to.equal(9.5);
  });
});

/** Events as the page lists them. Pure. */
import type { EventMessage, EventPhase } from '../../emit/types.js';

/** How many events are kept; the oldest go first. */
export const MOST_EVENTS = 200;

const same = (a: EventMessage, b: EventMessage): boolean => a.id === b.id && a.camera === b.camera;

/**
 * The list with one more message of an event: an event that is known changes in its place, a new one comes first.
 *
 * @param rows the last message of each event, newest event first
 * @param message one message
 */
export const withEvent = (rows: readonly EventMessage[], message: EventMessage): readonly EventMessage[] => {
  const at = rows.findIndex((row) => same(row, message));
  return at >= 0 ? rows.with(at, message) : [message, ...rows].slice(0, MOST_EVENTS);
};

/** How far an event has come, in the words of the page. */
export type Stage = 'provisional' | 'confirmed' | 'ended' | 'retracted';

const STAGES: Readonly<Record<EventPhase, Stage>> = {
  provisional: 'provisional', confirmed: 'confirmed', update: 'confirmed', end: 'ended', retracted: 'retracted',
};

/** Where an event is in its life. */
export const stageOf = ({ type }: EventMessage): Stage => STAGES[type];

/** How long it has lasted [s]: until its end, or as far as it was observed. */
export const lastedS = ({ start_time: start, end_time: end, observed_s: observedS }: EventMessage): number =>
  end === null ? observedS : Math.max(0, end - start);

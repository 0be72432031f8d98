/** Events as the product tells them, on streams whose truth is known: what a rule for confirming them is fitted and shown on. */
import { NO_EVENTS, stepEvents } from '../../emit/events.js';
import type { EmitSpec } from '../../emit/types.js';
import { calibrated } from '../../policy/hms/known.js';
import type { Belief, RankedLabel } from '../../policy/types.js';
import { NO_COST } from '../../sense/types.js';
import type { SequenceRun } from '../types.js';

/** A stream as a policy followed it, beside what really happened; T is its number of steps. */
export interface FollowedStream {
  readonly id: string;
  /** What is known after each step, `[T]`: calibrated, best first, without background and without what hardly counts. */
  readonly known: readonly (readonly RankedLabel[])[];
  /** What happens at each step, `[T]`; null: nothing in particular. */
  readonly truth: readonly (string | null)[];
  /** From one step to the next, and what one step hears [µs]. */
  readonly stepUs: number;
  readonly windowUs: number;
}

/** When a label becomes an event, and when it is confirmed. */
export type EventSpec = Omit<EmitSpec, 'camera'>;

/** The same events, confirmed by a rule alone. */
export const ruled = (spec: EventSpec, boundary: readonly (number | null)[]): EventSpec => ({ ...spec, minDurationS: undefined, early: undefined, confirmation: { boundary } });

/** One event as it was told. */
export interface ToldEvent {
  readonly label: string;
  /** The step on which it began. */
  readonly onset: number;
  /** The label's score on its first, second, … segment, `[segments]`, 0…1; 0 where it was under `release`, since nothing is confirmed there. */
  readonly scores: readonly number[];
  /** On which of its segments it was confirmed, from 1; null: never. */
  readonly confirmed: number | null;
}

/** Scores below this are neither kept nor listed: no event begins or goes on with them. */
const LEAST = 0.02;

/**
 * A run as a followed stream.
 * @param run calibrated: see `applyTemperatures`
 */
export const followedOf = (run: SequenceRun, { labels, background, stepUs, windowUs }: {
  readonly labels: readonly string[]; readonly background: readonly string[]; readonly stepUs: number; readonly windowUs: number;
}): FollowedStream => {
  const none = new Set(background);
  const labelled = labels.map((label, k) => ({ label, k })).filter(({ label }) => !none.has(label));
  return {
    id: run.id, stepUs, windowUs,
    known: Array.from(run.targets, (_, step) => {
      const scores = calibrated(run.logits.subarray(step * labels.length, (step + 1) * labels.length), 1);
      return labelled.map(({ label, k }) => ({ label, score: scores[k] ?? 0 })).filter(({ score }) => score >= LEAST).sort((a, b) => b.score - a.score);
    }),
    truth: Array.from(run.targets, (target) => {
      const label = labels[target] ?? '';
      return none.has(label) ? null : label;
    }),
  };
};

const beliefOf = ({ known, stepUs, windowUs }: FollowedStream, index: number): Belief => {
  const startUs = index * stepUs, endUs = startUs + windowUs, startEpochMs = startUs / 1000;
  const gates = {}, labels = known[index] ?? [];
  return {
    index, startUs, endUs, startEpochMs, era: 0, heard: [], cost: NO_COST, gates, known: { labels, background: 0, pattern: 'a' },
    evidence: { index, startUs, endUs, startEpochMs, era: 0, discontinuity: false, readings: {}, gates },
  };
};

/** Tells a stream's events by the very code that tells them live. In the order in which they began; what lives on at the end counts. */
export const tell = (stream: FollowedStream, given: EventSpec): ToldEvent[] => {
  const spec: EmitSpec = { ...given, camera: stream.id }, release = given.release ?? 0.6 * given.confidence;
  const told = new Map<string, { label: string; onset: number; scores: number[]; confirmed: number | null }>();
  let memory = NO_EVENTS;
  for (let step = 0; step < stream.known.length; step += 1) {
    const { memory: next, messages } = stepEvents(spec, memory, beliefOf(stream, step));
    memory = next;
    for (const { type, id, label } of messages) if (type === 'provisional') told.set(id, { label, onset: step, scores: [], confirmed: null });
    for (const { id, label } of memory.live.values()) {
      const score = stream.known[step]?.find((one) => one.label === label)?.score ?? 0;
      told.get(id)?.scores.push(score >= release ? score : 0);
    }
    for (const { type, id } of messages) {
      const event = told.get(id);
      if (type === 'confirmed' && event !== undefined) event.confirmed = event.scores.length;
    }
  }
  return [...told.values()];
};

/** What is right may begin or end so much earlier or later than it is said [s]. */
export const TOLERANCE_S = 1;

/** Whether an event's label really happens between its onset and its segment `segment` (from 1), within the tolerance. Grows with `segment`. */
export const isTrue = ({ truth, stepUs }: Pick<FollowedStream, 'truth' | 'stepUs'>, { label, onset }: Pick<ToldEvent, 'label' | 'onset'>, segment: number): boolean => {
  const about = Math.round((TOLERANCE_S * 1e6) / stepUs);
  return truth.slice(Math.max(0, onset - about), onset + segment + about).includes(label);
};

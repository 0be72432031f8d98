import { createHash } from 'node:crypto';
import type { SenseName } from '../inference/manifest.js';
import type { Belief, Look } from '../policy/types.js';
import { addCosts, NO_COST, type Cost } from '../sense/types.js';
import type { EmitSpec, EventMessage, EventPhase, EventReason } from './types.js';
import { epochSeconds, rounded, seconds, wireCost, wireGates, wireLabels } from './wire.js';

/** One event while it lives. All times are media time [µs]. */
export interface LiveEvent {
  readonly id: string;
  readonly label: string;
  readonly startUs: number;
  readonly startEpochS: number;
  readonly confirmed: boolean;
  /** Segments that it has lived through, whether they held the label or not. */
  readonly segments: number;
  /** Whether on one of them the budget refused a look. */
  readonly refused: boolean;
  /** Messages said so far. */
  readonly said: number;
  /** End of the last window that held the label [µs]. */
  readonly heldUs: number;
  readonly score: number;
  readonly topScore: number;
  /** The top score when something was last said. */
  readonly saidTopScore: number;
  readonly modalities: Readonly<Record<SenseName, number>>;
  /** Times of the looks already counted [µs], so that an old look is no fresh reading. */
  readonly looks: Readonly<Partial<Record<SenseName, number>>>;
  readonly cost: Cost;
}

/** Which senses hold a label now, with what score, and which of them are fresh. */
export interface Support {
  readonly score: number;
  /** Each sense whose score is at or over the release, with the media time it is about [µs]. */
  readonly senses: Readonly<Partial<Record<SenseName, number>>>;
}

/**
 * A stable name: the start in epoch seconds, so that ids sort by time, and a hash of what makes the event this
 * one. Nothing random: the same recording gives the same ids.
 */
export const eventId = (camera: string, label: string, startEpochS: number): string => {
  const start = startEpochS.toFixed(3);
  return `${start}-${createHash('sha256').update(JSON.stringify([camera, label, start])).digest('hex').slice(0, 10)}`;
};

const NEVER: Record<SenseName, number> = { audio: 0, appearance: 0, motion: 0 };

/** A new event, before anything is said of it. */
export const born = (camera: string, label: string, belief: Belief, startUs: number): LiveEvent => {
  const startEpochS = epochSeconds(belief, startUs);
  return {
    id: eventId(camera, label, startEpochS), label, startUs, startEpochS,
    confirmed: false, segments: 0, refused: false, said: 0, heldUs: belief.endUs,
    score: 0, topScore: 0, saidTopScore: 0, modalities: NEVER, looks: {}, cost: NO_COST,
  };
};

/** The event after one more segment of its stream, whether that held the label or not. */
export const lived = (event: LiveEvent, belief: Belief, support: Support, held: boolean): LiveEvent => {
  const modalities = { ...event.modalities };
  if (held) {
    for (const [sense, timeUs] of Object.entries(support.senses) as [SenseName, number][]) {
      if (event.looks[sense] !== timeUs) modalities[sense] += 1;
    }
  }
  return {
    ...event,
    segments: event.segments + 1,
    refused: event.refused || Object.values(belief.gates).some(({ reason }) => reason === 'budget'),
    heldUs: held ? belief.endUs : event.heldUs,
    score: support.score,
    topScore: Math.max(event.topScore, support.score),
    modalities,
    looks: held ? { ...event.looks, ...support.senses } : event.looks,
    cost: addCosts(event.cost, belief.cost),
  };
};

/** How long an event must have lasted where nothing else is said [s]. */
const MIN_DURATION_S = 1;

/** Whether a boundary for confirming is reached by a score on an event's segment, from 1; its last entry holds for all further segments. */
export const isReached = (boundary: readonly (number | null)[], segment: number, score: number): boolean => {
  const needed = boundary[Math.min(segment, boundary.length) - 1] ?? null;
  return needed !== null && score >= needed;
};

/** What a learned rule says on a segment that held the event: `confident` before its last segment, from there on `horizon` or `budget`. */
const confirmedByRule = (boundary: readonly (number | null)[], { segments, refused, score }: LiveEvent): EventReason | undefined => {
  if (!isReached(boundary, segments, score)) return undefined;
  if (segments < boundary.length) return 'confident';
  return refused ? 'budget' : 'horizon';
};

/**
 * Why an event is confirmed on a segment that held it; undefined while it is not. It is once it has lasted `minDurationS`; with
 * `early` already where its score reaches the boundary, and then the reason tells the one from the other: `confident` for
 * early, else `horizon`, or `budget` if a look that might have made it sure was refused. A learned rule (`confirmation`) decides
 * alone, where neither of the two is set: what somebody asked for comes first.
 */
export const confirmedBy = ({ early, confirmation, minDurationS }: EmitSpec, event: LiveEvent): EventReason | undefined => {
  if (confirmation !== undefined && early === undefined && minDurationS === undefined) return confirmedByRule(confirmation.boundary, event);
  const { segments, refused, score, startUs, heldUs } = event;
  const boundary = early?.boundary[segments - 1];
  if (boundary !== undefined && boundary !== null && score >= boundary) return 'confident';
  if (heldUs - startUs < (minDurationS ?? MIN_DURATION_S) * 1e6) return undefined;
  if (early === undefined) return 'confident';
  return refused ? 'budget' : 'horizon';
};

/** The best labels of this moment: a learned policy's, or else whichever sense they come from; a label that several know counts once. */
const bestLabels = (belief: Belief, topK: number): EventMessage['top_k'] => {
  if (belief.known !== undefined) return wireLabels(belief.known.labels, topK);
  const best = new Map<string, number>();
  const looks: (Look | undefined)[] = [belief.seen, belief.watched];
  for (const { label, score } of [...belief.heard, ...looks.flatMap((look) => look?.labels ?? [])]) {
    best.set(label, Math.max(score, best.get(label) ?? 0));
  }
  const ranked = [...best].map(([label, score]) => ({ label, score })).sort((a, b) => b.score - a.score);
  return wireLabels(ranked, topK);
};

/** Says something of an event: the message, and the event that remembers having said it. `reason` is why it goes on. */
export const say = (spec: EmitSpec, type: EventPhase, event: LiveEvent, belief: Belief, reason: EventReason = 'confident'): [LiveEvent, EventMessage] => {
  const over = type === 'end' || type === 'retracted';
  const message: EventMessage = {
    schema: 'hearken.event.v1', type, id: event.id, seq: event.said,
    camera: spec.camera, label: event.label,
    score: rounded(event.score, 4), top_score: rounded(event.topScore, 4),
    top_k: bestLabels(belief, spec.topK ?? 5),
    start_time: event.startEpochS,
    end_time: over ? rounded(event.startEpochS + (event.heldUs - event.startUs) / 1e6, 3) : null,
    observed_s: seconds((over ? event.heldUs : belief.endUs) - event.startUs),
    emit_latency_ms: rounded((belief.endUs - event.startUs) / 1000 + belief.cost.ms + belief.cost.decodeMs + (belief.cost.waitMs ?? 0), 3),
    reason: over ? 'ended' : reason,
    modalities: event.modalities, cost: wireCost(event.cost), gate: wireGates(belief.gates),
  };
  return [{ ...event, said: event.said + 1, saidTopScore: event.topScore, confirmed: event.confirmed || type === 'confirmed' }, message];
};

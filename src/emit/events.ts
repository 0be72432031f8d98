import type { SenseName } from '../inference/manifest.js';
import type { Belief, Look } from '../policy/types.js';
import { isUnheard } from '../sense/hear.js';
import { born, confirmedBy, lived, say, type LiveEvent, type Support } from './event-life.js';
import type { EmitSpec, EventMessage, EventReason } from './types.js';

/** A label whose event is over: not before this may it start again [µs], and never before its end. */
interface Rest {
  readonly endUs: number;
  readonly untilUs: number;
}

/** All that the events of one stream remember. */
export interface EventMemory {
  readonly live: ReadonlyMap<string, LiveEvent>;
  readonly resting: ReadonlyMap<string, Rest>;
  /** The last belief; absent before the first. */
  readonly last?: Belief;
}

/** No event yet. */
export const NO_EVENTS: EventMemory = { live: new Map(), resting: new Map() };

/** What one belief makes of the events. */
export interface EventStep {
  readonly memory: EventMemory;
  readonly messages: readonly EventMessage[];
}

const UNSUPPORTED: Support = { score: 0, senses: {} };

const releaseOf = (spec: EmitSpec): number => Math.min(spec.release ?? 0.6 * spec.confidence, spec.confidence);

/** When each sense that was read on this segment was about [µs]: what a learned policy knows rests on all of them. */
const readTimes = ({ readings }: Belief['evidence']): Support['senses'] => {
  const times: Partial<Record<SenseName, number>> = {};
  for (const reading of Object.values(readings)) if (reading.scores !== undefined) times[reading.sense] = reading.timeUs;
  return times;
};

/**
 * For each label of the belief, its best score and the senses that hold it; a sense without a time has no reading of its own.
 * A learned policy weighs all senses in its own labels, so that where there is one, its labels alone become events.
 */
const supports = (spec: EmitSpec, belief: Belief): Map<string, Support> => {
  const found = new Map<string, Support>();
  const note = (sense: SenseName, timeUs: number | undefined, labels: Look['labels']): void => {
    for (const { label, score } of labels) {
      const { score: best, senses } = found.get(label) ?? UNSUPPORTED;
      found.set(label, {
        score: Math.max(best, score),
        senses: timeUs !== undefined && score >= releaseOf(spec) ? { ...senses, [sense]: timeUs } : senses,
      });
    }
  };
  if (belief.known !== undefined) {
    const senses = readTimes(belief.evidence);
    for (const { label, score } of belief.known.labels) found.set(label, { score, senses: score >= releaseOf(spec) ? senses : {} });
    return found;
  }
  // What is heard is smoothed: without sound in this segment it is a memory, not a reading.
  note('audio', belief.evidence.readings.audio?.scores === undefined ? undefined : belief.endUs, belief.heard);
  if (belief.seen !== undefined) note('appearance', belief.seen.timeUs, belief.seen.labels);
  if (belief.watched !== undefined) note('motion', belief.watched.timeUs, belief.watched.labels);
  return found;
};

/** One belief's worth of work on the events: maps that are filled while it is done, then kept. */
class Turn {
  readonly live: Map<string, LiveEvent>;
  readonly resting: Map<string, Rest>;
  readonly messages: EventMessage[] = [];
  readonly #spec: EmitSpec;

  constructor(spec: EmitSpec, memory: EventMemory) {
    this.#spec = spec;
    this.live = new Map(memory.live);
    this.resting = new Map(memory.resting);
  }

  say(type: EventMessage['type'], event: LiveEvent, belief: Belief, reason?: EventReason): LiveEvent {
    const [after, message] = say(this.#spec, type, event, belief, reason);
    this.messages.push(message);
    this.live.set(event.label, after);
    return after;
  }

  /** Ends an event; one that was never confirmed is retracted, and only a confirmed one makes its label rest. */
  end(event: LiveEvent, belief: Belief): void {
    this.say(event.confirmed ? 'end' : 'retracted', event, belief);
    this.live.delete(event.label);
    const restUs = event.confirmed ? this.#spec.cooldownS * 1e6 : 0;
    this.resting.set(event.label, { endUs: event.heldUs, untilUs: event.heldUs + restUs });
  }

  endAll(belief: Belief): void {
    for (const event of [...this.live.values()]) this.end(event, belief);
  }

  start(label: string, belief: Belief, support: Support): void {
    const rest = this.resting.get(label);
    if (rest !== undefined && belief.endUs <= rest.untilUs) return;
    const event = born(this.#spec.camera, label, belief, Math.max(belief.startUs, rest?.endUs ?? belief.startUs));
    this.confirm(this.say('provisional', lived(event, belief, support, true), belief), belief);
  }

  /** What is believed of a segment that was not heard is what was believed before: it proves nothing more. */
  confirm(event: LiveEvent, belief: Belief): void {
    if (isUnheard(belief.evidence)) return;
    const reason = confirmedBy(this.#spec, event);
    if (reason !== undefined) this.say('confirmed', event, belief, reason);
  }

  /** What one more segment says of a live event. */
  goOn(before: LiveEvent, belief: Belief, support: Support): void {
    const held = support.score >= releaseOf(this.#spec);
    const event = lived(before, belief, support, held);
    this.live.set(event.label, event);
    if (!held && belief.endUs - event.heldUs >= (this.#spec.lingerS ?? 1) * 1e6) this.end(event, belief);
    else if (held && !event.confirmed) this.confirm(event, belief);
    else if (held && this.#isNews(before, event)) this.say('update', event, belief);
  }

  #isNews(before: LiveEvent, event: LiveEvent): boolean {
    const newSense = (Object.keys(event.modalities) as SenseName[])
      .some((sense) => before.modalities[sense] === 0 && event.modalities[sense] > 0);
    return newSense || event.topScore - event.saidTopScore >= (this.#spec.updateScore ?? 0.1);
  }

  /** Forgets labels whose rest is over, so that memory does not grow with the vocabulary. */
  forgetRested(belief: Belief): void {
    for (const [label, { endUs, untilUs }] of this.resting) {
      if (belief.startUs >= Math.max(endUs, untilUs)) this.resting.delete(label);
    }
  }
}

/** Ends every live event with what is known; the cooldowns go on. Pure. */
export const endEvents = (spec: EmitSpec, memory: EventMemory): EventStep => {
  if (memory.last === undefined || memory.live.size === 0) return { memory, messages: [] };
  const turn = new Turn(spec, memory);
  turn.endAll(memory.last);
  return { memory: { live: turn.live, resting: turn.resting, last: memory.last }, messages: turn.messages };
};

/** True when the label cannot have lasted until here: another era, or a hole longer than it may linger. */
const broken = (spec: EmitSpec, event: LiveEvent, belief: Belief, era: number): boolean =>
  belief.era !== era || belief.startUs - event.heldUs > (spec.lingerS ?? 1) * 1e6;

/**
 * What one belief makes of the events: ends, then what goes on, then what begins. A label is one event from the
 * segment where its score reaches `confidence` until it has been under `release` for `lingerS`; it is confirmed
 * once it has lasted `minDurationS`, or `early` where its score is high enough, or as a learned rule says; else retracted. Pure and causal.
 */
export const stepEvents = (spec: EmitSpec, memory: EventMemory, belief: Belief): EventStep => {
  const turn = new Turn(spec, memory);
  const { last } = memory;
  if (last !== undefined) {
    for (const event of memory.live.values()) if (broken(spec, event, belief, last.era)) turn.end(event, last);
  }
  turn.forgetRested(belief);
  const found = supports(spec, belief);
  for (const event of [...turn.live.values()]) turn.goOn(event, belief, found.get(event.label) ?? UNSUPPORTED);
  const wanted = spec.labels === undefined ? undefined : new Set(spec.labels);
  for (const [label, support] of found) {
    if (support.score < spec.confidence || turn.live.has(label) || wanted?.has(label) === false) continue;
    turn.start(label, belief, support);
  }
  return { memory: { live: turn.live, resting: turn.resting, last: belief }, messages: turn.messages };
};

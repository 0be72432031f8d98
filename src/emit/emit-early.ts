import {
  catchError, concat, connect, defer, endWith, from, ignoreElements, map, merge, mergeMap, switchMap, takeUntil,
  throwError, timer, type Observable, type OperatorFunction,
} from 'rxjs';
import type { Settled } from '../budget/types.js';
import { endEvents, NO_EVENTS, stepEvents, type EventMemory } from './events.js';
import { gateChanges, type GateStates } from './gate-changes.js';
import { segmentMessage } from './segment-message.js';
import type { EmitSpec, Output } from './types.js';

/** All that the emitter of one stream remembers. */
export interface EmitMemory {
  readonly events: EventMemory;
  readonly gates: GateStates;
}

/** The memory before the first belief. */
export const NOTHING_SAID: EmitMemory = { events: NO_EVENTS, gates: {} };

/** What one belief makes: the memory for the next, and what goes out, in order. */
export interface EmitStep {
  readonly memory: EmitMemory;
  readonly outputs: readonly Output[];
}

const asOutputs = (messages: readonly (Output & { kind: 'event' })['event'][]): Output[] =>
  messages.map((event) => ({ kind: 'event', event }));

/** What one belief makes: gates that changed, the segment, and what it means for the events. Pure. */
export const emitStep = (spec: EmitSpec, memory: EmitMemory, belief: Settled): EmitStep => {
  const gates = gateChanges(spec.camera, memory.gates, belief);
  const events = stepEvents(spec, memory.events, belief);
  return {
    memory: { events: events.memory, gates: gates.states },
    outputs: [
      ...gates.messages.map((gate): Output => ({ kind: 'gate', gate })),
      { kind: 'segment', segment: segmentMessage(spec.camera, belief, spec.topK ?? 5) },
      ...asOutputs(events.messages),
    ],
  };
};

/** Ends what lives, since nothing is known of it any more. Pure. */
export const emitEnds = (spec: EmitSpec, memory: EmitMemory): EmitStep => {
  const events = endEvents(spec, memory.events);
  return { memory: { ...memory, events: events.memory }, outputs: asOutputs(events.messages) };
};

const SILENCE = Symbol('silence');

/** Says `SILENCE` whenever nothing has come for so long [s]; does not outlive its source. */
const markSilence = <T>(silenceS: number) => (source: Observable<T>): Observable<T | typeof SILENCE> =>
  source.pipe(connect((shared) => merge(
    shared,
    shared.pipe(
      switchMap(() => timer(silenceS * 1000)),
      map((): typeof SILENCE => SILENCE),
      takeUntil(shared.pipe(ignoreElements(), endWith(true))),
    ),
  )));

/**
 * Speaks as early as it can be sure: each belief leaves as a segment, with the gates that changed and with what
 * it means for the events. Every event that began ends: when its label is gone, across a jump, after `silenceS`
 * without a word, and when the source completes or fails. Nothing waits; each subscription speaks for itself.
 *
 * @param given how it speaks; a function is asked again for each belief, so that a change holds from the next one on (but
 *   for `silenceS`, which is asked for once)
 * @example beliefs.pipe(settle(), emitEarly({ camera: 'dock', confidence: 0.8, minDurationS: 1, cooldownS: 5 }))
 */
export const emitEarly = (given: EmitSpec | (() => EmitSpec)): OperatorFunction<Settled, Output> => (beliefs) =>
  defer(() => {
    const spec = typeof given === 'function' ? given : (): EmitSpec => given;
    const { silenceS } = spec();
    let memory = NOTHING_SAID;
    const taken = ({ memory: next, outputs }: EmitStep): Observable<Output> => {
      memory = next;
      return from(outputs);
    };
    const ends = defer(() => taken(emitEnds(spec(), memory)));
    const heard: Observable<Settled | typeof SILENCE> = silenceS === undefined ? beliefs : beliefs.pipe(markSilence(silenceS));
    return concat(
      heard.pipe(
        mergeMap((belief) => belief === SILENCE ? ends : taken(emitStep(spec(), memory, belief))),
        catchError((error: unknown) => concat(ends, throwError(() => error))),
      ),
      ends,
    );
  });

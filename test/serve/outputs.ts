import { answerEnds, answerStep, UNANSWERED } from '../../src/emit/answer.js';
import { emitStep, NOTHING_SAID } from '../../src/emit/emit-early.js';
import { stateMessage } from '../../src/emit/state-message.js';
import type { EventMessage, Output } from '../../src/emit/types.js';
import { recordingOf } from '../emit/answers.js';
import { settled, SPEC } from '../emit/settled.js';

/** What the emitter really makes of a segment that heard this. */
export const outputsOf = (heard: Readonly<Record<string, number>>, camera = 'dock'): readonly Output[] =>
  emitStep({ ...SPEC, camera }, NOTHING_SAID, settled(0, { heard, gates: { appearance: { open: true, reason: 'uncertain' } } })).outputs;

const find = <K extends Output['kind']>(outputs: readonly Output[], kind: K): Output & { kind: K } => {
  const found = outputs.find((output): output is Output & { kind: K } => output.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} in these outputs`);
  return found;
};

/** A segment that heard this. */
export const segment = (heard: Readonly<Record<string, number>> = { siren: 0.3 }, camera = 'dock'): Output & { kind: 'segment' } => find(outputsOf(heard, camera), 'segment');
/** The beginning of an event with that label; other fields as given. */
export const event = (label = 'siren', more: Partial<EventMessage> = {}, camera = 'dock'): Output & { kind: 'event' } => {
  const output = find(outputsOf({ [label]: 0.9 }, camera), 'event');
  return { kind: 'event', event: { ...output.event, ...more } };
};
/** A gate that opened. */
export const gate = (): Output & { kind: 'gate' } => find(outputsOf({}), 'gate');
/** A source that runs. */
export const state = (camera = 'dock'): Output => ({ kind: 'state', state: stateMessage(camera, { kind: 'state', state: 'running' }, 0) });
/** The one answer for a recording of one step. */
export const answer = (label: 'birch' | null = 'birch', camera = 'dock'): Output & { kind: 'answer' } => {
  const [belief] = recordingOf([label === null ? { birch: 0, background: 0.9 } : { birch: 0.9 }]);
  if (belief === undefined) throw new Error('no step in this recording');
  return find(answerEnds({ camera }, answerStep({ camera }, UNANSWERED, belief).memory).outputs, 'answer');
};

import { book, EMPTY_BOOKS, withLedger } from '../../src/budget/ledger.js';
import type { Settled } from '../../src/budget/types.js';
import type { EmitSpec, EventMessage } from '../../src/emit/types.js';
import type { EventMemory } from '../../src/emit/events.js';
import { endEvents, NO_EVENTS, stepEvents } from '../../src/emit/events.js';
import type { Belief } from '../../src/policy/types.js';
import { belief, cost, reading, type BeliefParts } from '../budget/beliefs.js';

/** A belief that heard something, with its ledger, as if it were the first of its stream. */
export const settled = (index: number, parts: BeliefParts = {}): Settled => {
  const one = belief(index, { readings: { audio: reading('audio', cost(0.1, 4)) }, ...parts });
  return withLedger(one, book(EMPTY_BOOKS, one));
};

export const SPEC: EmitSpec = { camera: 'dock', confidence: 0.8, release: 0.5, minDurationS: 1, cooldownS: 5, lingerS: 1 };

/** All messages of these beliefs and of the end after them. */
export const messagesOf = (spec: EmitSpec, beliefs: readonly Belief[], thenEnd = true): EventMessage[] => {
  let memory: EventMemory = NO_EVENTS;
  const messages: EventMessage[] = [];
  for (const one of beliefs) {
    const step = stepEvents(spec, memory, one);
    memory = step.memory;
    messages.push(...step.messages);
  }
  if (thenEnd) messages.push(...endEvents(spec, memory).messages);
  return messages;
};

/** Recordings as a learned policy follows them, for tests of their one answer. */
import { book, EMPTY_BOOKS, withLedger } from '../../src/budget/ledger.js';
import type { Settled } from '../../src/budget/types.js';
import type { Known } from '../../src/policy/types.js';
import { belief, cost, ranked, reading, type BeliefParts } from '../budget/beliefs.js';

/** One step: how likely it is a birch, and how much is left of the budget. */
export interface StepParts extends Pick<BeliefParts, 'readings' | 'gates' | 'era' | 'startUs'> {
  readonly birch: number;
  /** How likely it is nothing that is known. Default 0. */
  readonly background?: number;
  /** Steps that the rest of the budget pays for; absent without a budget. */
  readonly leftSteps?: number | undefined;
}

/** What is known at a step, and the score of the best answer to it. */
export const known = ({ birch, background = 0 }: StepParts): { readonly known: Known; readonly best: number } =>
  ({ known: { labels: ranked({ birch, oak: 0.05 }), background, pattern: 'a' }, best: Math.max(birch, 0.05, background) });

/** The beliefs of a recording with these steps, with all that they cost so far. */
export const recordingOf = (steps: readonly StepParts[]): Settled[] => {
  let books = EMPTY_BOOKS;
  return steps.map((parts, i) => {
    const { startUs, era, gates, readings, leftSteps } = parts;
    const one = belief(i, {
      known: known(parts).known, readings: { audio: reading('audio', cost(0.1, 4)), ...readings },
      ...(startUs === undefined ? {} : { startUs }), ...(era === undefined ? {} : { era }), ...(gates === undefined ? {} : { gates }),
    });
    books = book(books, one);
    const budget = leftSteps === undefined ? {} : { budget: {
      own: { gmacs: 1, ms: null }, site: { gmacs: null, ms: null }, price: 0, debtMs: 0, refusals: { cap: 2 },
      recording: { gmacs: 1, spentGmacs: 1 - leftSteps / 20, spent: leftSteps === 0 },
    } };
    return { ...withLedger(one, books), ...budget };
  });
};

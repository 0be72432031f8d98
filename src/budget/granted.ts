import { defer, map, of, type Observable } from 'rxjs';
import type { Gate, Verdict } from '../policy/types.js';
import { unsensed, type Hear } from '../sense/hear.js';
import { NO_COST, type Evidence } from '../sense/types.js';
import type { Segment } from '../segment/types.js';
import type { StepBudget } from './types.js';

/** The budget that holds now; undefined where nothing is limited. */
export type BudgetNow = () => StepBudget | undefined;

const refused = (verdict: Verdict, why: string): Verdict => {
  const { detail } = verdict.decision;
  return { ...verdict, decision: { open: false, reason: 'budget', detail: `${detail === undefined ? '' : `${detail}; `}${why}` } };
};

const opened = (verdict: Verdict, worth: number): Verdict => {
  const { detail } = verdict.decision;
  return { ...verdict, decision: { open: true, reason: 'worth', detail: `${detail === undefined ? '' : `${detail}; `}worth ${worth.toFixed(2)} bit` } };
};

/**
 * A gate whose wish to look must be granted: it has to be worth its price, and its worst case is reserved before anything
 * is decoded or run. A wish that is refused leaves the gate shut with the reason `budget`, and costs nothing. A gate without a wish may be opened
 * with the reason `worth`, where the budget knows that to be worth its price.
 *
 * @example hear(segment).pipe(through(granted(gates.appearance, budget), memory, () => see(segment)))
 */
export const granted = (gate: Gate | undefined, budget: BudgetNow): Gate | undefined => gate === undefined ? undefined : {
  ...gate,
  decide: (memory, evidence) => gate.decide(memory, evidence).pipe(map((verdict) => {
    const { sense } = gate;
    if (sense === 'audio') return verdict;
    if (!verdict.decision.open) return verdict.worth !== undefined && budget()?.offer?.(sense, verdict.worth) === true ? opened(verdict, verdict.worth) : verdict;
    const why = budget()?.look(sense, verdict.worth);
    return why === undefined ? verdict : refused(verdict, why);
  })),
};

/**
 * Listening under a budget: its worst case is reserved for each segment. Looking never takes what listening will need, so
 * that only a cap below what listening costs can refuse it; then the reading's reason is `budget`.
 */
export const heardWithin = (hear: Hear, budget: BudgetNow): Hear => (segment: Segment): Observable<Evidence> => defer(() => {
  if (budget()?.hear(segment.endUs) !== false) return hear(segment);
  return of<Evidence>({ ...unsensed(segment), readings: { audio: { sense: 'audio', reason: 'budget', cost: NO_COST } } });
});

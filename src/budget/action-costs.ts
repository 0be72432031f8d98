/** What actions cost: known beforehand in multiply-accumulates, learnt from what was measured in time. Pure. */
import type { SenseName } from '../inference/manifest.js';
import type { Amount } from './amount.js';
import { learnt, unmeasured, worstMs, type Estimate, type Measured } from './estimate.js';

/** What the nets of a stream may cost at most, from their graphs, and how often it listens. */
export interface GraphCosts {
  /** From one segment to the next [µs]. */
  readonly hopUs: number;
  /** Multiply-accumulates of one action, what the policy makes of it included, in 10⁹. */
  readonly gmacs: Readonly<Record<SenseName, number>>;
  /** The policy's part of these; all 0 where it runs no net. */
  readonly policyGmacs: Readonly<Record<SenseName, number>>;
}

/** What is known of one action. */
export interface ActionCost {
  /** The most that one can be, in 10⁹ multiply-accumulates. */
  readonly gmacs: number;
  /** What one usually is: a look at the same picture again costs none. */
  readonly usualGmacs: number;
  readonly time: Estimate;
}

/** A guess on the safe side for what was never measured: for 10⁹ multiply-accumulates on one slow core, and for the media [ms]. */
const MS_PER_GMAC = 200;
const MEDIA_MS: Readonly<Record<SenseName, number>> = { audio: 10, appearance: 60, motion: 600 };
const WEIGHT = 0.1;
/** An action whose worst case fits nowhere is tried again after this time without a run, in an empty window [s]. */
const TRIED_AGAIN_S = 60;
/** So many runs must have been measured before an action counts as one that never fits. */
const RUNS_TO_KNOW = 3;

/** An action that was never done. */
export const unknownCost = (sense: SenseName, gmacs: number): ActionCost => {
  const guessMs = gmacs * MS_PER_GMAC + MEDIA_MS[sense];
  return { gmacs, usualGmacs: gmacs, time: unmeasured({ usualMs: guessMs, worstMs: guessMs }) };
};

/**
 * An action that was perhaps never done here, but by others: at the guess it might never be worth its price. They may have smaller
 * pictures; what it takes beyond theirs is a debt, once.
 * @param others what those know who do an action of so many 10⁹ multiply-accumulates
 */
export const knownFrom = (cost: ActionCost, others: (gmacs: number) => Measured | undefined, nowUs: number): ActionCost => {
  const theirs = cost.time.runs > 0 ? undefined : others(cost.gmacs);
  return theirs === undefined ? cost : { ...cost, time: unmeasured(theirs, nowUs) };
};

/** What is known of an action for who has not done it; undefined before the first run. */
export const measured = ({ time }: ActionCost, nowUs: number): Measured | undefined =>
  (time.runs === 0 ? undefined : { usualMs: time.usualMs, worstMs: worstMs(time, nowUs) });

/** What one usually costs. */
export const usual = ({ usualGmacs, time }: ActionCost): Amount => ({ gmacs: usualGmacs, ms: time.usualMs });

/** Time that is kept for many runs to come, beside what they take in the mean. */
const MARGIN = 1.25;

/**
 * What is to be kept for each of many that are sure to come. Multiply-accumulates are what they are; in time the worst of
 * many is not to be feared of each: a machine that is slow once in a while would look at nothing any more.
 */
export const inTheLongRun = ({ gmacs, time }: ActionCost): Amount => ({ gmacs, ms: time.meanMs * MARGIN });

/** What one costs at worst. */
export const worst = ({ gmacs, time }: ActionCost, nowUs: number): Amount => ({ gmacs, ms: worstMs(time, nowUs) });

/**
 * What is to be reserved for one under an allowance; undefined when it can never fit. Where the worst case is above the
 * allowance but a run was not, or none was measured yet, all of the allowance is reserved: so an estimate that one bad
 * run has raised, or a first guess, does not forbid an action for ever.
 */
export const reservation = (cost: ActionCost, nowUs: number, allowed: Amount): Amount | undefined => {
  const atWorst = worst(cost, nowUs);
  if (atWorst.gmacs > allowed.gmacs) return undefined;
  if (atWorst.ms <= allowed.ms) return atWorst;
  const { runs, cheapestMs, ranUs } = cost.time;
  const mayFit = allowed.ms > 0 && (runs < RUNS_TO_KNOW || cheapestMs <= allowed.ms);
  return mayFit && nowUs - ranUs >= TRIED_AGAIN_S * 1e6 ? { gmacs: atWorst.gmacs, ms: allowed.ms } : undefined;
};

/** What is known after one more run. */
export const afterRun = (cost: ActionCost, actual: Amount, nowUs: number): ActionCost => ({
  gmacs: cost.gmacs,
  usualGmacs: cost.usualGmacs + WEIGHT * (actual.gmacs - cost.usualGmacs),
  time: learnt(cost.time, actual.ms, nowUs),
});

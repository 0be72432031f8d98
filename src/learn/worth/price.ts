/** Fits what looks must be worth for their cost under a budget for one recording: the table that answers best on recordings that trained nothing. */
import type { RecordingPrice } from '../../inference/manifest.js';
import { seeded } from '../random.js';
import { isEnding, type Ending, type Question } from './branches.js';
import { drawBudget } from './estimate.js';
import { byPrice, ending, worthsOf, type Estimates, type LookCosts } from './follow.js';

/** A recording's first question, and its steps. */
export interface Branched {
  readonly first: Question | Ending;
  readonly steps: number;
}

/** What the price is fitted on. */
export interface PriceOptions {
  readonly estimates: Estimates;
  readonly costs: LookCosts;
  /** The last step that an answer may take. */
  readonly horizonSteps: number;
  /** Budgets that each recording is followed under. */
  readonly rounds: number;
  readonly seed: number;
}

type Logs = readonly (readonly number[])[];

/** Prices stay within these parts of what looks are usually worth for their cost. */
const [CHEAPEST, DEAREST] = [Math.log(1e-3), Math.log(200)];
/** A table begins at one of these parts of it, falling with what is left and rising with the steps to come. */
const FIRST_SCALES = [0.03, 0.06, 0.12, 0.25, 0.5, 1, 2, 4];
const FIRST_HOLDS = [0.1, 0.3, 0.6, 1];
/** Then each of its prices is moved by these factors, one sweep each. */
const MOVES = [8, 3, 3, 1.5].map(Math.log);
/** Log loss says which way is better, wrong answers are what counts: so many bits weigh as one. */
const BITS_A_WRONG_ANSWER = 4;
const COLUMNS = 6;

const knotsOf = ({ costs, horizonSteps }: PriceOptions): Pick<RecordingPrice, 'stepsLeft' | 'leftGmacs'> => ({
  stepsLeft: [...new Set([1, 2, 4, horizonSteps].filter((steps) => steps <= horizonSteps))].sort((a, b) => a - b),
  leftGmacs: Array.from({ length: COLUMNS }, (_, i) => drawBudget(i / (COLUMNS - 1), costs, horizonSteps)),
});

/** What looks are worth for their cost, on average over recordings that nobody looks at [bit for 10⁹ multiply-accumulates]. */
const usualOf = (recordings: readonly Branched[], worthOfLook: ReturnType<typeof worthsOf>, costs: LookCosts): number => {
  const all = recordings.flatMap(({ first }) => {
    const ratios: number[] = [];
    for (let at = first; !isEnding(at); at = at.answer(false)) ratios.push((worthOfLook(at) ?? 0) / costs[at.sense]);
    return ratios;
  });
  return all.length === 0 ? 1 : Math.max(1e-6, all.reduce((a, b) => a + b, 0) / all.length);
};

/** The prices of a table of logarithms, in parts of what is usual; none is above one for less that is left. */
const tableOf = (knots: Pick<RecordingPrice, 'stepsLeft' | 'leftGmacs'>, logs: Logs, usual: number): RecordingPrice => ({
  ...knots,
  price: logs.map((row) => row.map((_, i) => Number((usual * Math.exp(Math.min(...row.slice(0, i + 1)))).toPrecision(4)))),
});

/** A first guess: what is left pays for a part of all that is to come, and is kept for it. */
const guess = ({ stepsLeft, leftGmacs }: Pick<RecordingPrice, 'stepsLeft' | 'leftGmacs'>, all: number, scale: number, hold: number): number[][] =>
  stepsLeft.map((steps) => leftGmacs.map((left) => {
    const price = scale * (Math.max(0.02, 1 - left / (steps * all)) + ((hold * (steps - 1) * all) / left) ** 3);
    return Math.min(DEAREST, Math.max(CHEAPEST, Math.log(price)));
  }));

/** Moves one price after the other, as far as that is better. */
const swept = (start: Logs, move: number, riskOf: (logs: Logs) => number): Logs => {
  let at = start, least = riskOf(at);
  const better = (i: number, j: number, by: number): boolean => {
    const next = at.map((row, k) => (k === i ? row.map((value, l) => (l === j ? Math.min(DEAREST, Math.max(CHEAPEST, value + by)) : value)) : row));
    const risk = riskOf(next);
    if (risk >= least) return false;
    [at, least] = [next, risk];
    return true;
  };
  start.forEach((row, i) => {
    row.forEach((_, j) => {
      const by = better(i, j, move) ? move : -move;
      while (better(i, j, by));
    });
  });
  return at;
};

/**
 * Fits the price by direct search: recordings are followed under budgets of every size, as the product does it, and the table is taken that
 * loses least in their answers. What to keep for later depends on when things are to be seen, which these recordings tell.
 */
export const fitPrice = (recordings: readonly Branched[], options: PriceOptions): RecordingPrice => {
  const { estimates, costs, horizonSteps, rounds, seed } = options;
  const knots = knotsOf(options), random = seeded(seed);
  const cases = recordings.flatMap((recording) => Array.from({ length: rounds }, () => ({ ...recording, left: drawBudget(random.uniform(0, 1), costs, horizonSteps) })));
  const worthOfLook = worthsOf(estimates), usual = usualOf(recordings, worthOfLook, costs);
  const riskOf = (logs: Logs): number => {
    const decide = byPrice(worthOfLook, tableOf(knots, logs, usual), horizonSteps, costs);
    return cases.reduce((sum, { first, left }) => {
      const { loss, right } = ending(first, left, costs, decide);
      return sum + loss / BITS_A_WRONG_ANSWER + (right ? 0 : 1);
    }, 0) / cases.length;
  };
  const guesses = FIRST_SCALES.flatMap((scale) => FIRST_HOLDS.map((hold) => guess(knots, costs.appearance + costs.motion, scale, hold)));
  let best: { logs: Logs; risk: number } | undefined;
  for (const logs of guesses) {
    const risk = riskOf(logs);
    if (best === undefined || risk < best.risk) best = { logs, risk };
  }
  return tableOf(knots, MOVES.reduce<Logs>((logs, move) => swept(logs, move, riskOf), best?.logs ?? []), usual);
};

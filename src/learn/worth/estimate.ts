/** Fits what a look is worth: least squares on what forced looks really changed. */
import type { LookWorth } from '../../inference/manifest.js';
import { worthFrom, worthTerms } from '../../policy/hms/worth.js';
import { seeded } from '../random.js';
import { isEnding, type Ending, type Question } from './branches.js';
import { byGates, ending, type LookCosts } from './follow.js';

/** A look that was tried. */
export interface Trial {
  readonly terms: readonly number[];
  /** What it took off the log loss of the answer, all else being equal; negative where it did harm [bit]. */
  readonly drop: number;
}

/** Trials by sense. */
export type Trials = Readonly<Record<'appearance' | 'motion', Trial[]>>;

/** What trials are made with. */
export interface TrialOptions {
  readonly costs: LookCosts;
  /** How often each recording is gone through, each time with another budget and other detours. */
  readonly rounds: number;
  readonly seed: number;
}

/** How often a decision is replaced by a draw, and how often that draw looks: states that the gates alone would not lead to are tried too. */
const DETOURS = 0.15;
const DRAWN_LOOKS = 0.3;

/** A budget for looks between the cheapest one and everything, every order of magnitude alike [10⁹ multiply-accumulates]. */
export const drawBudget = (uniform: number, { appearance, motion }: LookCosts, steps: number): number => {
  const least = Math.min(...[appearance, motion].filter((cost) => cost > 0));
  return least * ((steps * (appearance + motion)) / least) ** uniform;
};

/**
 * Tries looks along recordings: at each gate, what follows with the look, made for nothing, against what follows without it, where the gates go
 * on deciding under one and the same budget. The drop is that of the answer at the end, not of this step's belief: what is seen is remembered.
 * @param recordings their first questions, and their steps
 */
export const tryLooks = (recordings: readonly { readonly first: Question | Ending; readonly steps: number }[], { costs, rounds, seed }: TrialOptions): Trials => {
  const random = seeded(seed), trials: Trials = { appearance: [], motion: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const { first, steps } of recordings) {
      let at = first, left = drawBudget(random.uniform(0, 1), costs, steps);
      while (!isEnding(at)) {
        const drop = ending(at.answer(false), left, costs, byGates).loss - ending(at.answer(true), left, costs, byGates).loss;
        trials[at.sense].push({ terms: worthTerms(at.logits, at.doubt), drop });
        const wanted = random.uniform(0, 1) < DETOURS ? random.uniform(0, 1) < DRAWN_LOOKS : byGates(at, left);
        const look = wanted && left >= costs[at.sense];
        if (look) left -= costs[at.sense];
        at = at.answer(look);
      }
    }
  }
  return trials;
};

/** Solves a·x = b for a positive definite matrix, by Gauss–Jordan elimination. */
const solved = (a: readonly (readonly number[])[], b: readonly number[]): number[] => {
  const rows = a.map((row, i) => [...row, b[i] ?? 0]), n = b.length;
  for (let i = 0; i < n; i += 1) {
    const pivot = rows[i]?.[i] ?? 1;
    for (let k = 0; k < n; k += 1) {
      if (k === i) continue;
      const factor = (rows[k]?.[i] ?? 0) / pivot;
      rows[k] = (rows[k] ?? []).map((value, j) => value - factor * (rows[i]?.[j] ?? 0));
    }
  }
  return rows.map((row, i) => (row[n] ?? 0) / (row[i] ?? 1));
};

/** Coefficients are drawn to zero by so much of their square, so that terms that say the same cannot run apart. */
const RIDGE = 1e-3;

const squares = (trials: readonly Trial[], coefficients: readonly number[]): number =>
  trials.reduce((sum, { terms, drop }) => sum + (drop - worthFrom(coefficients, terms)) ** 2, 0) / trials.length + RIDGE * coefficients.slice(1).reduce((sum, c) => sum + c * c, 0);

/** One step of Levenberg and Marquardt over the terms that may move. */
const step = (trials: readonly Trial[], coefficients: readonly number[], moving: readonly number[], damping: number): number[] => {
  const hessian = moving.map(() => moving.map(() => 0)), gradient = moving.map(() => 0);
  for (const { terms, drop } of trials) {
    const worth = worthFrom(coefficients, terms);
    moving.forEach((p, i) => {
      const slope = worth * (terms[p] ?? 0), row = hessian[i] ?? [];
      gradient[i] = (gradient[i] ?? 0) + slope * (drop - worth);
      moving.forEach((q, j) => { row[j] = (row[j] ?? 0) + slope * worth * (terms[q] ?? 0); });
    });
  }
  moving.forEach((p, i) => {
    const row = hessian[i] ?? [], ridge = p === 0 ? 0 : RIDGE * trials.length;
    gradient[i] = (gradient[i] ?? 0) - ridge * (coefficients[p] ?? 0);
    row[i] = ((row[i] ?? 0) + ridge) * (1 + damping) + 1e-9;
  });
  const change = solved(hessian, gradient);
  return coefficients.map((value, p) => value + (moving.includes(p) ? change[moving.indexOf(p)] ?? 0 : 0));
};

const descended = (trials: readonly Trial[], start: readonly number[], moving: readonly number[]): readonly number[] => {
  let [at, damping] = [start, 1];
  let least = squares(trials, at);
  for (let round = 0; round < 60 && damping < 1e8; round += 1) {
    const next = step(trials, at, moving, damping), sum = squares(trials, next);
    if (sum >= least) {
      damping *= 4;
      continue;
    }
    const gain = least - sum;
    [at, least, damping] = [next, sum, damping * 0.3];
    if (gain < 1e-9 * least) break;
  }
  return at;
};

/**
 * Fits an estimate to trials. No term but the bias may lower it as it grows, so a term that would is left out (`damp` is minus the doubt).
 * @throws RangeError without trials
 */
export const fitLookWorth = (trials: readonly Trial[]): LookWorth => {
  if (trials.length === 0) throw new RangeError('there is nothing to fit the worth of a look to');
  const mean = trials.reduce((sum, { drop }) => sum + drop, 0) / trials.length;
  let moving = [0, 1, 2, 3, 4];
  for (;;) {
    const found = descended(trials, [Math.log(Math.max(0.01, mean)), 0, 0, 0, 0], moving);
    const kept = moving.filter((p) => p === 0 || (found[p] ?? 0) >= 0);
    if (kept.length === moving.length) {
      const [bias = 0, odds = 0, open = 0, doubt = 0, damp = 0] = found;
      return { bias, odds, open, doubt, damp };
    }
    moving = kept;
  }
};

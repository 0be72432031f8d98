/** When to stop, by backward induction over a finite horizon. */
import { haltsAt } from '../../emit/stopping.js';
import type { BeliefPath } from './paths.js';

/** The least score at which the answer is given after each step, `[horizon]`; null: never there. The last step needs none. */
export type Boundary = readonly (number | null)[];

interface Open {
  readonly score: number;
  /** What stopping here, and what going on, came to. */
  readonly stop: number;
  readonly goOn: number;
}

/** The threshold under which stopping at or above it costs least in sum, and how many stop there. */
const bestThreshold = (open: readonly Open[]): number | null => {
  const sorted = [...open].sort((a, b) => b.score - a.score);
  let [sum, least, threshold] = [0, 0, null as number | null];
  sorted.forEach(({ score, stop, goOn }, i) => {
    sum += stop - goOn;
    const next = sorted[i + 1]?.score;
    // Equal scores stop together.
    if (next === score || sum >= least) return;
    // Half-way to the next, so that it does not hang on one recording.
    [least, threshold] = [sum, next === undefined ? score : (score + next) / 2];
  });
  return threshold;
};

/** Steps of the longest path. */
export const horizonOf = (paths: readonly BeliefPath[]): number => paths.reduce((most, { scores }) => Math.max(most, scores.length), 0);

/**
 * A boundary that loses little on these paths, where a wrong answer costs 1 and each step that is waited for `stepCost`:
 * from the last step back, a recording is stopped where what it then loses is less than what going on came to under the
 * boundary of the later steps (optimal stopping with a finite horizon; Wald 1947, and with learned continuation as in
 * FIRMBOUND 2025). Each threshold is the best for all of these paths from its step on, given those of the later steps; it is chosen
 * with paths too that an earlier one stops, so that another boundary may as a whole lose less. It promises nothing for others.
 */
export const induce = (paths: readonly BeliefPath[], stepCost: number): Boundary => {
  const horizon = horizonOf(paths);
  const boundary: (number | null)[] = new Array<number | null>(horizon).fill(null);
  const value = paths.map(({ right }) => 1 - (right.at(-1) ?? 0));
  for (let step = horizon - 2; step >= 0; step -= 1) {
    const going = paths.flatMap(({ scores, right }, i) => (step >= scores.length - 1 ? [] : [{ i, score: scores[step] ?? 0, stop: 1 - (right[step] ?? 0), goOn: (value[i] ?? 0) + stepCost }]));
    const threshold = bestThreshold(going);
    boundary[step] = threshold;
    for (const { i, score, stop, goOn } of going) value[i] = threshold !== null && score >= threshold ? stop : goOn;
  }
  return boundary;
};

/** The step after which a path is answered: where its score reaches the boundary, or at its end. */
export const haltingStep = ({ scores }: Pick<BeliefPath, 'scores'>, boundary: Boundary): number => {
  const at = scores.findIndex((score, step) => haltsAt({ boundary }, step, score) !== undefined);
  return at < 0 ? scores.length - 1 : at;
};

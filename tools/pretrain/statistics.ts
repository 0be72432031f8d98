import type { Random } from './random.js';

/** A share with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** How many trials, or clips that were drawn again. */
  readonly n: number;
}

/** Wilson's interval of `hits` out of `n` independent trials (Wilson 1927), at 95 %. */
export const wilson = (hits: number, n: number): Estimate => {
  const z = 1.959964, p = n === 0 ? 0 : hits / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { value: p, low: centre - half, high: centre + half, n };
};

/** The percentile bootstrap over groups (clips), whose members (windows) are not independent; 95 %, 1000 draws. */
export const bootstrap = <T>(groups: readonly T[], statistic: (groups: readonly T[]) => number, random: Random): Estimate => {
  const draws = Array.from({ length: 1000 }, () => statistic(groups.map(() => random.pick(groups)))).sort((a, b) => a - b);
  return { value: statistic(groups), low: draws[25] ?? 0, high: draws[974] ?? 0, n: groups.length };
};

/** One answer: how sure it was (0…1), and whether it was right. */
export interface Answer {
  readonly score: number;
  readonly right: boolean;
}

/** Expected calibration error in 15 equal bins (Guo et al. 2017, eq. 3). */
export const expectedCalibrationError = (answers: readonly Answer[]): number => {
  const bins = Array.from({ length: 15 }, () => ({ n: 0, score: 0, right: 0 }));
  for (const { score, right } of answers) {
    const bin = bins[Math.min(14, Math.floor(score * 15))];
    if (bin === undefined) continue;
    bin.n += 1;
    bin.score += score;
    bin.right += right ? 1 : 0;
  }
  return bins.reduce((sum, { score, right }) => sum + Math.abs(score - right), 0) / Math.max(1, answers.length);
};

/** Index of the greatest value, the first of equals. */
export const argmax = (values: ArrayLike<number>, among?: readonly number[]): number => {
  let best = -1, most = -Infinity;
  for (const i of among ?? Array.from({ length: values.length }, (_, at) => at)) {
    const value = values[i] ?? -Infinity;
    if (value > most) { best = i; most = value; }
  }
  return best;
};

/** The q-quantile of measured times. */
export const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? Number.NaN;

import type { Random } from '../learn/random.js';
import { mean } from './order.js';

/** A figure with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** How many trials, or groups that were drawn again. */
  readonly n: number;
}

/** Wilson's interval of `hits` out of `n` independent trials (Wilson 1927), at 95 %. */
export const wilson = (hits: number, n: number): Estimate => {
  const z = 1.959964, p = n === 0 ? 0 : hits / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { value: p, low: centre - half, high: centre + half, n };
};

const DRAWS = 1000;

/** The middle 95 % of what was drawn; draws on which the statistic has no value are left out. */
const percentiles = (value: number, drawn: readonly number[], n: number): Estimate => {
  const sorted = drawn.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { value, low: at(0.025), high: sorted[Math.max(0, Math.ceil(0.975 * sorted.length) - 1)] ?? Number.NaN, n };
};

const drawn = (draw: () => number): number[] => Array.from({ length: DRAWS }, draw);
const again = <T>(groups: readonly T[], random: Random): T[] => groups.map(() => random.pick(groups));

/**
 * The percentile bootstrap over groups (clips, recordings), whose members (windows, steps) are not independent; 95 %,
 * 1000 draws. For a mean over thousands, give groups their value beforehand: the statistic runs 1001 times.
 */
export const bootstrap = <T>(groups: readonly T[], statistic: (groups: readonly T[]) => number, random: Random): Estimate =>
  percentiles(statistic(groups), drawn(() => statistic(again(groups, random))), groups.length);

/**
 * How much `ours` is above `theirs`: the same groups are drawn on both sides, so that what makes a group easy or hard
 * for both cancels out. The two lists are paired by place. 95 %, 1000 draws.
 * @throws RangeError where the lists differ in length
 */
export const pairedBootstrap = <T>(
  ours: readonly T[], theirs: readonly T[], statistic: (groups: readonly T[]) => number, random: Random,
): Estimate => {
  if (ours.length !== theirs.length) throw new RangeError(`${ours.length} groups cannot be paired with ${theirs.length}`);
  const pairs = ours.map((our, i) => [our, theirs[i] ?? our] as const);
  const above = (some: readonly (readonly [T, T])[]): number => statistic(some.map(([our]) => our)) - statistic(some.map(([, their]) => their));
  return bootstrap(pairs, above, random);
};

/**
 * The mean over training seeds of a statistic on ONE set of test groups, with the luck of the seeds and of the groups
 * both in its interval: seeds are drawn again, and groups, the same ones for every seed, since a hard group is hard for
 * all of them. The lists are paired by place; for a difference of two runs give pairs as groups. 95 %, 1000 draws; `n`
 * counts the seeds.
 * @throws RangeError where the lists differ in length
 */
export const bootstrapOverSeeds = <T>(
  seeds: readonly (readonly T[])[], statistic: (groups: readonly T[]) => number, random: Random,
): Estimate => {
  const length = seeds[0]?.length ?? 0;
  if (seeds.some((groups) => groups.length !== length)) throw new RangeError('every seed must have been tested on the same groups');
  const places = Array.from({ length }, (_, i) => i);
  const draw = (): number => {
    const chosen = again(places, random);
    return mean(again(seeds, random).map((groups) => statistic(chosen.flatMap((i) => groups.slice(i, i + 1)))));
  };
  return percentiles(mean(seeds.map(statistic)), drawn(draw), seeds.length);
};

/**
 * The same where each seed has test groups of its own (a world per seed): the hierarchical bootstrap, seeds first, then
 * groups within each drawn seed. 95 %, 1000 draws; `n` counts the seeds.
 */
export const bootstrapWithinSeeds = <T>(
  seeds: readonly (readonly T[])[], statistic: (groups: readonly T[]) => number, random: Random,
): Estimate => percentiles(
  mean(seeds.map(statistic)),
  drawn(() => mean(again(seeds, random).map((groups) => statistic(again(groups, random))))),
  seeds.length,
);

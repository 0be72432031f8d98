/**
 * How coarse the work is that is wished for, and how much of a cap is to be left for that. Looks are all or nothing and come
 * when they come: if on the average all of the cap were promised away, many would find no room, whatever they are worth. Pure.
 * @see square-root staffing (Halfin and Whitt 1981): the slack goes with the root of the number of jobs that run at a time
 */
import type { Amount } from './amount.js';

/** Means over what was wished for lately; their ratio is the size of a look that an average unit of work lies in. */
export interface Grain {
  readonly mean: Amount;
  readonly square: Amount;
}

/** Before the first wish. */
export const NO_GRAIN: Grain = { mean: { gmacs: 0, ms: 0 }, square: { gmacs: 0, ms: 0 } };

/** Weight of the last wish. */
const WEIGHT = 0.01;
/** Slack for a single look at a time, as a part of the cap. Set by `npm run simulate -- budget`, on seeds other than those reported. */
const SLACK = 0.8;
/** Looks that are larger than this part of a window count as so large: what is left must be worth having. */
const COARSEST = 0.1;

const towards = (before: Amount, gmacs: number, ms: number): Amount =>
  ({ gmacs: before.gmacs + WEIGHT * (gmacs - before.gmacs), ms: before.ms + WEIGHT * (ms - before.ms) });

/** The grain after one more wish. */
export const grained = ({ mean, square }: Grain, { gmacs, ms }: Amount): Grain =>
  ({ mean: towards(mean, gmacs, ms), square: towards(square, gmacs ** 2, ms ** 2) });

/**
 * The part of a cap that wishes should come to, in each currency: all of it where they are as fine as sand.
 * @param allowance what the cap gives in a window
 */
export const targetOf = ({ mean, square }: Grain, allowance: Amount): Amount => {
  const part = (first: number, second: number, all: number): number =>
    (first === 0 || all === 0 ? 1 : 1 - SLACK * Math.sqrt(Math.min(COARSEST, second / first / all)));
  return { gmacs: part(mean.gmacs, square.gmacs, allowance.gmacs), ms: part(mean.ms, square.ms, allowance.ms) };
};

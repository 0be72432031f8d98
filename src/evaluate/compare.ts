import type { Random } from '../learn/random.js';
import { bootstrap, type Estimate } from './intervals.js';
import { mean } from './order.js';

/** Accuracies of a policy and of the two it stands between. */
export interface Between {
  /** Random openings at the same rates. */
  readonly random: number;
  readonly ours: number;
  readonly oracle: number;
}

/** How far a policy has come from random (0) to the oracle (1); NaN where the two are equal: then there is no way to go. */
export const shareOfTheWay = ({ random, ours, oracle }: Between): number => (oracle === random ? Number.NaN : (ours - random) / (oracle - random));

/** The three policies on the same sequences, paired by place: 1 where the answer was right, 0 where not. */
export interface BetweenBySequence {
  readonly random: readonly number[];
  readonly ours: readonly number[];
  readonly oracle: readonly number[];
}

/**
 * The share of the way with its 95 % interval, by drawing sequences again, the same for all three.
 * @throws RangeError where the lists differ in length
 */
export const shareOfTheWayInterval = ({ random, ours, oracle }: BetweenBySequence, luck: Random): Estimate => {
  if (random.length !== ours.length || oracle.length !== ours.length) throw new RangeError('the three policies must have run on the same sequences');
  const triples = ours.map((value, i): Between => ({ random: random[i] ?? 0, ours: value, oracle: oracle[i] ?? 0 }));
  return bootstrap(triples, (some) => shareOfTheWay({
    random: mean(some.map((one) => one.random)), ours: mean(some.map((one) => one.ours)), oracle: mean(some.map((one) => one.oracle)),
  }), luck);
};

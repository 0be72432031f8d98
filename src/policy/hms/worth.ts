import type { LookWorth } from '../../inference/manifest.js';

/** What a gate says, (shut, open), before the softmax. */
export type GateLogits = readonly [number, number];

/** The net's own belief that a look is needed, 0…1. */
export const openProbability = ([shut, open]: GateLogits): number => 1 / (1 + Math.exp(shut - open));

/** No doubt at all would make the logarithm boundless [bit]. */
const LEAST_DOUBT = 0.02;
/** Gates are no surer than this, whatever they say [logit]. */
const SUREST = 12;
/** No look is worth more, or less, than e to this [bit]. */
const [LEAST, MOST] = [-12, 3];

/** A number for each term of {@link LookWorth}, in its order: what the gate says (twice), and what is in doubt (twice). */
export type WorthTerms = readonly [bias: 1, odds: number, open: number, doubt: number, damp: number];

/**
 * The terms of an estimate.
 * @param logits what the gate says
 * @param doubt entropy of the calibrated belief without the look [bit]
 */
export const worthTerms = (logits: GateLogits, doubt: number): WorthTerms => {
  const odds = Math.min(SUREST, Math.max(-SUREST, logits[1] - logits[0]));
  return [1, odds, -Math.log1p(Math.exp(-odds)), Math.log(doubt + LEAST_DOUBT), -doubt];
};

/** The coefficients of an estimate in the order of its terms. */
export const coefficientsOf = ({ bias, odds, open, doubt, damp }: LookWorth): readonly number[] => [bias, odds, open, doubt, damp];

/** The exponential of the weighted terms, within bounds: never negative [bit]. */
export const worthFrom = (coefficients: readonly number[], terms: readonly number[]): number =>
  Math.exp(Math.min(MOST, Math.max(LEAST, terms.reduce((sum, term, i) => sum + term * (coefficients[i] ?? 0), 0))));

/**
 * What a look is expected to take off the log loss of the answer [bit], as it was measured on recordings that trained nothing: a power
 * of p(open) and of its odds, times a power of the entropy of the belief that is damped where nothing is known yet.
 */
export const worthOf = (estimate: LookWorth, logits: GateLogits, doubt: number): number => worthFrom(coefficientsOf(estimate), worthTerms(logits, doubt));

import type { Reading } from '../sense/types.js';
import type { RankedLabel } from './types.js';

/** A net may give NaN; that is no score. */
const valid = (score: number | undefined): number => (score !== undefined && score > 0 ? Math.min(score, 1) : 0);

/** Labels with their scores, in the order of the net, background labels left out. */
export const foreground = ({ scores, labels, background }: Reading): RankedLabel[] =>
  labels.map((label, i) => ({ label, score: valid(scores[i]) })).filter(({ label }) => !background.has(label));

/** The best label that is not background and that `counts`; of equal ones the earlier. One pass, nothing allocated. */
export const best = ({ scores, labels, background }: Reading, counts: (label: string) => boolean = () => true): RankedLabel | undefined => {
  let top = -1;
  labels.forEach((label, i) => {
    if (valid(scores[i]) > (top < 0 ? -1 : valid(scores[top])) && !background.has(label) && counts(label)) top = i;
  });
  const label = labels[top];
  return label === undefined ? undefined : { label, score: valid(scores[top]) };
};

/** Entropy of a yes-or-no question with P(yes) = p [bit], 0…1; 1 at p = ½ (Shannon 1948, section 6). */
export const binaryEntropy = (p: number): number =>
  p <= 0 || p >= 1 ? 0 : -(p * Math.log2(p) + (1 - p) * Math.log2(1 - p));

/** Probability that at least one background label holds, as if they were independent: 1 − Π(1 − pᵢ). */
export const backgroundProbability = ({ scores, labels, background }: Reading): number =>
  1 - labels.reduce((none, label, i) => (background.has(label) ? none * (1 - valid(scores[i])) : none), 1);

/** How sure a reading is, and of what. */
export interface Certainty {
  /** The best label that is not background. */
  readonly top: RankedLabel | undefined;
  /** P(background), 0…1. */
  readonly background: number;
  /** What is not known [bit], 0…1. */
  readonly uncertainty: number;
}

/**
 * How uncertain a reading is: H(p)·(1 − b), with p the score of the best label that is not background, H the binary
 * entropy, and b the probability of background. It is near 0 for a sound that is surely known (p → 1), for one that is
 * surely none of those known (p → 0), and for background (b → 1); it is high where looking can settle something.
 * Uncertainty as the reason to ask is that of Lewis and Gale (1994). Scores must be calibrated to mean anything here.
 * Entropy over all labels would be no measure: labels of sound overlap (speech, child speech), so several may be true.
 */
export const certainty = (reading: Reading): Certainty => {
  const top = best(reading);
  const background = backgroundProbability(reading);
  return { top, background, uncertainty: binaryEntropy(top?.score ?? 0) * (1 - background) };
};

import type { StoppingRule } from '../inference/manifest.js';
import type { Known } from '../policy/types.js';

/** What a recording is taken for: a label, or nothing that is known; with its calibrated probability, 0…1. */
export interface Answer {
  readonly label: string | null;
  readonly score: number;
}

/** The likeliest answer; all background labels together are one, and give way to a label that is as likely. */
export const answerOf = ({ labels: [best], background }: Known): Answer =>
  (best === undefined || background > best.score ? { label: null, score: background } : best);

/**
 * Whether the answer is given after a step: `confident` where its probability has reached the boundary, `horizon` at the
 * last step that there may be. Without a rule a recording is followed to its end.
 * @param step counts from 0
 */
export const haltsAt = (rule: { readonly boundary: readonly (number | null)[] } | undefined, step: number, score: number): 'confident' | 'horizon' | undefined => {
  if (rule === undefined) return undefined;
  const boundary = rule.boundary[step];
  if (boundary !== undefined && boundary !== null && score >= boundary) return 'confident';
  return step >= rule.boundary.length - 1 ? 'horizon' : undefined;
};

/**
 * The probability of an answer as it is said: odds to the power 1/T, by why it is given. What is picked out because its
 * score was high is right more often, or less often, than the same score among all.
 * @param why undefined where no rule gave it, and its score stays what it is
 */
export const certaintyOf = (rule: Pick<StoppingRule, 'temperatures'> | undefined, why: 'confident' | 'horizon' | undefined, score: number): number => {
  const temperature = why === undefined ? 1 : rule?.temperatures?.[why] ?? 1;
  const [yes, no] = [score ** (1 / temperature), (1 - score) ** (1 / temperature)];
  return yes + no > 0 ? yes / (yes + no) : score;
};

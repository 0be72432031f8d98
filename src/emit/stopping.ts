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

import type { SequenceRun } from '../learn/types.js';
import { rankCorrelation } from './order.js';

/** A figure for each of the two senses that can be left unused; sound is always heard. */
export interface Looks<T = number> {
  readonly appearance: T;
  readonly motion: T;
}

/** Names of the senses that have a gate. */
export const LOOKS = ['appearance', 'motion'] as const;

/** Share of steps on which each gate was open, 0…1, and how many steps that is a share of. */
export interface Usage extends Looks {
  readonly steps: number;
}

/** Steps by a key, with what was open on them; a key of undefined leaves its step out. */
const usageBy = <K>(runs: readonly SequenceRun[], keyOf: (target: number) => K | undefined): Map<K, Usage> => {
  const counts = new Map<K, { steps: number; appearance: number; motion: number }>();
  for (const { targets, opened } of runs) {
    targets.forEach((target, step) => {
      const key = keyOf(target);
      if (key === undefined) return;
      const count = counts.get(key) ?? { steps: 0, appearance: 0, motion: 0 };
      counts.set(key, { steps: count.steps + 1, appearance: count.appearance + (opened.appearance[step] ?? 0), motion: count.motion + (opened.motion[step] ?? 0) });
    });
  }
  return new Map([...counts].map(([key, { steps, appearance, motion }]) => [key, { steps, appearance: appearance / steps, motion: motion / steps }]));
};

const NEVER: Usage = { steps: 0, appearance: Number.NaN, motion: Number.NaN };

/** Selection rate of each sense over all steps (the paper's "usage"); NaN without steps. */
export const usage = (runs: readonly SequenceRun[]): Usage => usageBy(runs, () => 'all').get('all') ?? NEVER;

/** The selection rates, `[classes]`, on the steps whose target is that class (the paper's Figures 4 and 6). */
export const usageByClass = (runs: readonly SequenceRun[], classes: number): Usage[] => {
  const found = usageBy(runs, (target) => target);
  return Array.from({ length: classes }, (_, k) => found.get(k) ?? NEVER);
};

/** Selection rates by group of classes. @param groups `[classes]`, the group of each class */
export const usageByGroup = (runs: readonly SequenceRun[], groups: readonly string[]): Map<string, Usage> => usageBy(runs, (target) => groups[target]);

/**
 * Spearman's rank correlation, −1…1, of the usage by class with what the classes' matrix says, for each sense and for
 * all pairs of class and sense together. Classes that do not occur are left out.
 * @param matrix `[classes]`: how much each sense tells, or is needed, for that class; only its order counts
 */
export const usageFollows = (runs: readonly SequenceRun[], matrix: readonly Looks[]): Looks & { readonly together: number } => {
  const rows = usageByClass(runs, matrix.length).flatMap((used, k) => {
    const says = matrix[k];
    return used.steps === 0 || says === undefined ? [] : [{ used, says }];
  });
  const correlation = (senses: readonly (keyof Looks)[]): number =>
    rankCorrelation(senses.flatMap((sense) => rows.map(({ used }) => used[sense])), senses.flatMap((sense) => rows.map(({ says }) => says[sense])));
  return { appearance: correlation(['appearance']), motion: correlation(['motion']), together: correlation(LOOKS) };
};

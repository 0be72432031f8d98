import type { UsagePattern } from '../policy/types.js';
import type { SequenceRun } from '../learn/types.js';
import { patternAt } from '../learn/calibrate.js';
import { judged, stepOf, type Answer, type AnswerStep } from './runs.js';

/** A bin of a reliability diagram. */
export interface Bin {
  readonly n: number;
  /** Mean probability that the answers claimed; 0 where there are none. */
  readonly claimed: number;
  /** Share of them that was right; 0 where there are none. */
  readonly right: number;
}

/** What calibration needs of an answer. */
export type Claim = Pick<Answer, 'score' | 'right'>;

const BINS = 15;

/** `[15]` equal bins of the claimed probability (Guo et al. 2017, section 2): what a reliability diagram draws. */
export const reliability = (answers: readonly Claim[]): Bin[] => {
  const bins = Array.from({ length: BINS }, () => ({ n: 0, claimed: 0, right: 0 }));
  for (const { score, right } of answers) {
    const bin = bins[Math.min(BINS - 1, Math.floor(score * BINS))];
    if (bin === undefined) continue;
    bin.n += 1;
    bin.claimed += score;
    bin.right += right ? 1 : 0;
  }
  return bins.map(({ n, claimed, right }) => (n === 0 ? { n, claimed, right } : { n, claimed: claimed / n, right: right / n }));
};

/** Expected calibration error in 15 equal bins (Guo et al. 2017, eq. 3), 0…1; 0 for no answers. */
export const expectedCalibrationError = (answers: readonly Claim[]): number =>
  reliability(answers).reduce((sum, { n, claimed, right }) => sum + n * Math.abs(claimed - right), 0) / Math.max(1, answers.length);

/** Calibration of the answers that were given under one condition. */
export interface Conditional {
  readonly n: number;
  readonly error: number;
}

const conditional = <K>(answers: readonly (readonly [K, Claim])[]): Map<K, Conditional> => {
  const groups = new Map<K, Claim[]>();
  for (const [key, answer] of answers) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [answer]); else group.push(answer);
  }
  return new Map([...groups].map(([key, group]) => [key, { n: group.length, error: expectedCalibrationError(group) }]));
};

const stepsOf = (run: SequenceRun, at: AnswerStep | 'every'): number[] =>
  (at === 'every' ? Array.from(run.targets, (_, step) => step) : [stepOf(run, at)].filter((step) => step >= 0));

/** Expected calibration error by the senses that were read on the answer's step; few answers make it large by chance, hence `n`. */
export const calibrationByUsage = (runs: readonly SequenceRun[], at: AnswerStep | 'every' = 'last'): Map<UsagePattern, Conditional> =>
  conditional(runs.flatMap((run) => stepsOf(run, at).map((step) => [patternAt(run.opened, step), judged(run, step)] as const)));

/** Expected calibration error by the step of the answer. */
export const calibrationByStep = (runs: readonly SequenceRun[]): Map<number, Conditional> =>
  conditional(runs.flatMap((run) => stepsOf(run, 'every').map((step) => [step, judged(run, step)] as const)));

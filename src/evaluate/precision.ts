import type { SequenceRun } from '../learn/types.js';
import { mean } from './order.js';
import { classesOf, probabilitiesAt, stepOf, type AnswerStep } from './runs.js';

/** A score of one class, and whether that class was the truth. */
export interface Scored {
  readonly score: number;
  readonly positive: boolean;
}

const sumOfPrecisions = (scored: readonly Scored[], falseWeight: number): number => {
  const sorted = [...scored].sort((a, b) => b.score - a.score);
  let hits = 0, falses = 0, area = 0;
  for (let from = 0; from < sorted.length;) {
    let to = from, found = 0;
    for (; to < sorted.length && sorted[to]?.score === sorted[from]?.score; to += 1) found += sorted[to]?.positive === true ? 1 : 0;
    hits += found;
    falses += to - from - found;
    if (found > 0) area += found * (hits / (hits + falseWeight * falses));
    from = to;
  }
  return area;
};

/**
 * Average precision, 0…1: the mean, over the positives, of the precision down to their score. Equal scores stand or
 * fall together, so that the order of the data decides nothing. NaN where nothing is positive.
 */
export const averagePrecision = (scored: readonly Scored[]): number =>
  sumOfPrecisions(scored, 1) / scored.filter(({ positive }) => positive).length;

/**
 * Calibrated average precision: false positives weigh 1/w, w = negatives/positives, so that a rare class scores no
 * lower for being rare (De Geest et al. 2016, equations 1 and 2). NaN where nothing, or everything, is positive.
 */
export const calibratedAveragePrecision = (scored: readonly Scored[]): number => {
  const positives = scored.filter(({ positive }) => positive).length, negatives = scored.length - positives;
  return negatives === 0 ? Number.NaN : sumOfPrecisions(scored, positives / negatives) / positives;
};

/** How average precision is reckoned: as it is, or calibrated for rarity. */
export type Precision = (scored: readonly Scored[]) => number;

/** A row of class probabilities and its truth. */
interface Frame {
  readonly probabilities: Float64Array;
  readonly target: number;
}

const byClass = (frames: readonly Frame[], classes: number, precision: Precision): number[] =>
  Array.from({ length: classes }, (_, k) =>
    precision(frames.map(({ probabilities, target }) => ({ score: probabilities[k] ?? 0, positive: target === k }))));

const meanOf = (frames: readonly Frame[], runs: readonly SequenceRun[], ignored: ReadonlySet<number>, precision: Precision): number =>
  mean(byClass(frames, Math.max(0, ...runs.map(classesOf)), precision).filter((value, k) => !ignored.has(k) && !Number.isNaN(value)));

/**
 * Per-frame mAP: average precision over all steps of all sequences, averaged over the classes that occur. Background
 * classes are not averaged in, but their steps remain negatives of the others (as on THUMOS14).
 * @param precision {@link averagePrecision}, or {@link calibratedAveragePrecision} for mcAP (TVSeries)
 */
export const perFrameMap = (runs: readonly SequenceRun[], background: ReadonlySet<number> = new Set(), precision: Precision = averagePrecision): number =>
  meanOf(runs.flatMap((run) => Array.from(run.targets, (target, step) => ({ target, probabilities: probabilitiesAt(run, step) }))), runs, background, precision);

/** Clip mAP, as the paper reports it: average precision over the clips' answers, by default of their last step. */
export const clipMap = (runs: readonly SequenceRun[], at: AnswerStep = 'last', ignored: ReadonlySet<number> = new Set()): number =>
  meanOf(runs.filter(({ targets }) => targets.length > 0).map((run) => {
    const step = stepOf(run, at);
    return { target: run.targets[Math.max(0, step)] ?? -1, probabilities: step < 0 ? new Float64Array(classesOf(run)) : probabilitiesAt(run, step) };
  }), runs, ignored, averagePrecision);

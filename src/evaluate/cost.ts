import type { BySense, Openings, SequenceRun } from '../learn/types.js';
import { mean } from './order.js';

/** What a step costs, in 10⁹ multiply-accumulates. */
export interface Prices {
  /** One reading of each sense. */
  readonly gmacs: BySense;
  /** Gates, LSTMs and classifier on one step; 0 where it is not given. */
  readonly headGmacs?: number;
}

/** Cost of one step [GMAC]: sound and the heads always, the other senses where their gate was open. */
export const stepGmacs = (opened: Openings, step: number, { gmacs, headGmacs = 0 }: Prices): number =>
  gmacs.audio + headGmacs + (opened.appearance[step] ?? 0) * gmacs.appearance + (opened.motion[step] ?? 0) * gmacs.motion;

/**
 * Cost of one sequence [GMAC], up to a step. A picture that the program would have taken from its memory (a repeated
 * key frame) is charged here all the same.
 * @param through the last step that counts, by default the last one
 */
export const sequenceGmacs = ({ opened, targets }: Pick<SequenceRun, 'opened' | 'targets'>, prices: Prices, through = targets.length - 1): number => {
  let sum = 0;
  for (let step = 0; step <= through; step += 1) sum += stepGmacs(opened, step, prices);
  return sum;
};

/** Mean cost of a sequence [GMAC]; NaN without sequences. */
export const meanGmacs = (runs: readonly SequenceRun[], prices: Prices): number => mean(runs.map((run) => sequenceGmacs(run, prices)));

/** Cost of a second of media [GMAC/s]. @param stepUs from one step to the next, in µs */
export const gmacsPerSecond = (runs: readonly SequenceRun[], prices: Prices, stepUs: number): number =>
  runs.reduce((sum, run) => sum + sequenceGmacs(run, prices), 0) / (runs.reduce((sum, { targets }) => sum + targets.length, 0) * stepUs / 1e6);

/** A point of an accuracy–compute curve. */
export interface CurvePoint {
  readonly gmacs: number;
  readonly accuracy: number;
}

/** Cheapest first; a dearer point that is no better than a cheaper one is dropped. */
const frontier = (points: readonly CurvePoint[]): CurvePoint[] => {
  const kept: CurvePoint[] = [];
  for (const point of [...points].sort((a, b) => a.gmacs - b.gmacs || b.accuracy - a.accuracy)) {
    if (point.accuracy > (kept.at(-1)?.accuracy ?? -Infinity)) kept.push(point);
  }
  return kept;
};

/** The corners of the frontier's upper hull: what tossing a coin between two policies cannot beat. */
const hull = (points: readonly CurvePoint[]): CurvePoint[] => {
  const corners: CurvePoint[] = [];
  for (const point of frontier(points)) {
    for (let a = corners.at(-2), b = corners.at(-1); a !== undefined && b !== undefined; a = corners.at(-2), b = corners.at(-1)) {
      if ((b.accuracy - a.accuracy) * (point.gmacs - a.gmacs) > (point.accuracy - a.accuracy) * (b.gmacs - a.gmacs)) break;
      corners.pop();
    }
    corners.push(point);
  }
  return corners;
};

/**
 * The best accuracy that a family of policies reaches at a mean cost: on the upper hull of its points, since chance may
 * choose between two of them for each sequence. NaN below the cheapest; the best one above it.
 */
export const accuracyAtCost = (points: readonly CurvePoint[], gmacs: number): number => {
  const corners = hull(points), next = corners.findIndex((corner) => corner.gmacs > gmacs);
  if (next === -1) return corners.at(-1)?.accuracy ?? Number.NaN;
  const above = corners[next], below = corners[next - 1];
  if (above === undefined || below === undefined) return Number.NaN;
  return below.accuracy + ((above.accuracy - below.accuracy) * (gmacs - below.gmacs)) / (above.gmacs - below.gmacs);
};

/** Between which costs an area is taken [GMAC]; both above 0. */
export interface CostRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Area under accuracy against log compute, divided by its width: the mean accuracy over budgets whose logarithm is
 * evenly spread, 0…1. Points no better than a cheaper one are dropped, straight lines join the rest, and above the
 * dearest its accuracy holds. Compare two curves over one and the same range.
 * @param range by default from the cheapest point to the dearest
 * @throws RangeError where the range is empty, or starts below the cheapest point
 */
export const areaUnderCurve = (points: readonly CurvePoint[], range?: CostRange): number => {
  const kept = frontier(points), costs = points.map(({ gmacs }) => gmacs);
  const { from, to } = range ?? { from: Math.min(...costs), to: Math.max(...costs) };
  if (!(from > 0 && to > from)) throw new RangeError(`no area between ${from} and ${to} GMAC`);
  if ((kept[0]?.gmacs ?? Infinity) > from) throw new RangeError(`the curve has no point as cheap as ${from} GMAC`);
  const at = (x: number): number => {
    const next = kept.findIndex(({ gmacs }) => Math.log(gmacs) > x), above = kept[next], below = kept[next === -1 ? kept.length - 1 : next - 1];
    if (above === undefined || below === undefined) return (below ?? above)?.accuracy ?? Number.NaN;
    const share = (x - Math.log(below.gmacs)) / Math.log(above.gmacs / below.gmacs);
    return below.accuracy + share * (above.accuracy - below.accuracy);
  };
  const xs = [from, ...kept.map(({ gmacs }) => gmacs).filter((gmacs) => gmacs > from && gmacs < to), to].map(Math.log);
  const area = xs.slice(1).reduce((sum, x, i) => sum + ((at(x) + at(xs[i] ?? x)) / 2) * (x - (xs[i] ?? x)), 0);
  return area / Math.log(to / from);
};

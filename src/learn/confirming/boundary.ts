/** From which score on an event is confirmed on its first, second, … segment, by backward induction. */
import { isReached } from '../../emit/event-life.js';
import { isTrue, ruled, tell, type EventSpec, type FollowedStream } from './streams.js';

/** The least score at which an event is confirmed on its first, second, … segment, `[horizon]`; null: not there. The last holds for all further segments. */
export type ConfirmBoundary = readonly (number | null)[];

/** One event from its beginning until its label is gone, if nothing were ever confirmed. */
export interface EventPath {
  /** On its first, second, … segment, `[n]`, 0…1; 0 where nothing may be confirmed. */
  readonly scores: readonly number[];
  /** `[n]`, whether the label has really happened by then, within the tolerance; once true it stays so. */
  readonly right: readonly boolean[];
}

/** All events that begin on a stream, followed until they are gone. */
export const pathsOf = (stream: FollowedStream, spec: EventSpec): EventPath[] =>
  tell(stream, ruled(spec, [null])).map((event) => ({ scores: event.scores, right: event.scores.map((_, i) => isTrue(stream, event, i + 1)) }));

/** The segment on which a path is confirmed, from 1; undefined where it never is. */
export const confirmedAt = ({ scores }: Pick<EventPath, 'scores'>, boundary: ConfirmBoundary): number | undefined => {
  const at = scores.findIndex((score, i) => isReached(boundary, i + 1, score));
  return at < 0 ? undefined : at + 1;
};

/** What a confirmation costs, in false confirmations: one that is false costs 1. */
export interface ConfirmCosts {
  /** Each segment that a true event is confirmed later. */
  readonly perSegment: number;
}

/** A true event that is never confirmed is as dear as one that is confirmed so many segments late. */
const LATE = 20;

/** Thresholds that are tried, 0.22…0.99, evenly in the logarithm of the odds: coarse, so that none hangs on one event. */
const GRID: readonly number[] = Array.from({ length: 38 }, (_, i) => 1 / (1 + Math.exp(1.25 - i / 6)));

const stopCost = ({ right }: EventPath, segment: number, { perSegment }: ConfirmCosts): number => (right[segment - 1] === true ? perSegment * Math.min(segment - 1, LATE) : 1);
const neverCost = ({ right }: EventPath, { perSegment }: ConfirmCosts): number => (right.at(-1) === true ? perSegment * LATE : 0);

/** The threshold at which the sum of costs is least, the highest of equals; null where none is better than never. */
const cheapest = (costAt: (threshold: number) => number, never: number): number | null => {
  let [least, best] = [never, null as number | null];
  for (const threshold of GRID.toReversed()) {
    const cost = costAt(threshold);
    if (cost < least - 1e-12) [least, best] = [cost, threshold];
  }
  return best;
};

/** What a path costs from the horizon on, where one threshold holds for all that comes. */
const lastCost = (path: EventPath, horizon: number, threshold: number, costs: ConfirmCosts): number => {
  const at = path.scores.findIndex((score, i) => i >= horizon - 1 && score >= threshold);
  return at < 0 ? neverCost(path, costs) : stopCost(path, at + 1, costs);
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/**
 * The boundary that costs least on these events: from the last segment back, one is confirmed where what that costs is less
 * than what waiting came to under the boundary of the later segments (optimal stopping with a finite horizon; Wald 1947).
 * Who waits until the label is gone confirms nothing. Among thresholds of a grid it is the best for these events, segment by
 * segment; it promises nothing for others.
 */
export const induceConfirming = (paths: readonly EventPath[], horizon: number, costs: ConfirmCosts): ConfirmBoundary => {
  const boundary = new Array<number | null>(horizon).fill(null);
  const long = paths.filter(({ scores }) => scores.length >= horizon);
  const last = cheapest((threshold) => sum(long.map((path) => lastCost(path, horizon, threshold, costs))), sum(long.map((path) => neverCost(path, costs))));
  boundary[horizon - 1] = last;
  const value = paths.map((path) => (last === null ? neverCost(path, costs) : lastCost(path, horizon, last, costs)));
  for (let segment = horizon - 1; segment >= 1; segment -= 1) {
    const here = paths.flatMap((path, i) => (path.scores.length < segment ? [] : [{ i, score: path.scores[segment - 1] ?? 0, stop: stopCost(path, segment, costs), wait: value[i] ?? 0 }]));
    const threshold = cheapest((at) => sum(here.map(({ score, stop, wait }) => (score >= at ? stop : wait))), sum(here.map(({ wait }) => wait)));
    boundary[segment - 1] = threshold;
    if (threshold !== null) for (const { i, score, stop } of here) if (score >= threshold) value[i] = stop;
  }
  return boundary;
};

/** Fits a rule for confirming events, and shows how many of those that it confirms are false: Learn-then-Test on streams that fitted nothing. */
import type { ConfirmationRule } from '../../inference/manifest.js';
import { bestBet, bettingP, fewestTrials } from '../stopping/risk.js';
import { confirmedAt, induceConfirming, pathsOf, type ConfirmBoundary, type EventPath } from './boundary.js';
import { isTrue, ruled, tell, type EventSpec, type FollowedStream, type ToldEvent } from './streams.js';

/** What is to be promised of the events that are confirmed on a stream, in the mean over streams on which any is. */
export interface ConfirmPromise {
  /** At most this part of them is false, 0…1; and of those confirmed by any one segment, since an event must not be falser for being confirmed early. */
  readonly falseShare: number;
  readonly confidence: number;
}

/** One in ten, with 95 % confidence. */
export const CONFIRM_PROMISE: ConfirmPromise = { falseShare: 0.1, confidence: 0.95 };

/** Segments that the boundary tells apart, two seconds: on S3's streams more of them are no better for events that fitted nothing. */
export const HORIZON = 4;

/** What a segment of waiting for a true event may cost, in false confirmations: from hardly anything to very much. */
const SEGMENT_COSTS: readonly number[] = Array.from({ length: 25 }, (_, i) => 2e-3 * 10 ** (i / 10));

/** The events that a stream has confirmed: on which of their segments, and whether they are false. */
export type Confirmations = readonly { readonly segment: number; readonly isFalse: boolean }[];

/** What is confirmed of the events that a stream was told to have. */
export const confirmationsOf = (stream: FollowedStream, told: readonly ToldEvent[]): Confirmations => told.flatMap((event) =>
  (event.confirmed === null ? [] : [{ segment: event.confirmed, isFalse: !isTrue(stream, event, event.confirmed) }]));

/** The share of false ones among those confirmed by a segment, for each stream that has any. */
export const losses = (streams: readonly Confirmations[], by: number): number[] => streams.flatMap((some) => {
  const early = some.filter(({ segment }) => segment <= by);
  return early.length === 0 ? [] : [early.filter(({ isFalse }) => isFalse).length / early.length];
});

/** The promise's parts: of all that is confirmed, and of what is confirmed by each segment but the last. */
const PARTS: readonly number[] = [Infinity, ...Array.from({ length: HORIZON - 1 }, (_, i) => i + 1)];

/**
 * The greatest p-value of the promise's parts under a boundary that confirms something: if it is small, all of them hold at once (intersection-union). The bets are
 * made by the streams that fitted. A part of which there is nothing to show, since nothing can be confirmed by that segment, is none.
 */
const pValue = (boundary: ConfirmBoundary, tested: readonly Confirmations[], fitted: readonly Confirmations[], { falseShare }: ConfirmPromise): number =>
  Math.max(...PARTS.filter((by) => boundary.slice(0, by).some((threshold) => threshold !== null))
    .map((by) => bettingP(losses(tested, by), falseShare, bestBet(losses(fitted, by), falseShare))));

/** Confirms only where enough streams are expected to have something confirmed by then that it could be shown. */
const withheld = (boundary: ConfirmBoundary, fitted: readonly (readonly EventPath[])[], least: number): ConfirmBoundary => {
  const kept = [...boundary];
  for (let segment = 1; segment < boundary.length; segment += 1) {
    if (fitted.filter((paths) => paths.some((path) => (confirmedAt(path, kept) ?? Infinity) <= segment)).length >= least) break;
    kept[segment - 1] = null;
  }
  return kept;
};

interface Candidate {
  readonly boundary: ConfirmBoundary;
  /** What it confirms on the streams that fitted it. */
  readonly fitted: readonly Confirmations[];
}

/** Boundaries for dearer and dearer waiting, each once, without those that never confirm anything: from ones that are hard to convince to ones that cannot wait. */
const candidatesOf = (streams: readonly FollowedStream[], spec: EventSpec, least: number): Candidate[] => {
  const paths = streams.map((stream) => pathsOf(stream, spec)), all = paths.flat();
  const boundaries = SEGMENT_COSTS.map((perSegment) => withheld(induceConfirming(all, HORIZON, { perSegment }), paths, least));
  const different = boundaries.filter((one, i) => one.some((threshold) => threshold !== null) && one.join() !== boundaries[i - 1]?.join());
  return different.map((boundary) => ({ boundary, fitted: streams.map((stream) => confirmationsOf(stream, tell(stream, ruled(spec, boundary)))) }));
};

/** A rule, or why there is none, in words. */
export type FittedConfirmation = { readonly rule: ConfirmationRule } | { readonly why: string };

/** Why a policy that was taught with clips has no rule. */
export const ONLY_CLIPS = 'how many of them would be false can only be shown on streams, and it was taught with clips';

/** Fewer streams cannot show it; this many times as many leave room for a false one or two. */
const ROOM = 1.5;

/**
 * Fits boundaries for dearer and dearer waiting on one set of streams, and takes the last one that a second set shows to keep the promise.
 * They are tested one after the other, from the one that would be shown most easily on the streams that fitted, up to the first that
 * fails (fixed-sequence testing in an order that other data chose: Learn-then-Test, Angelopoulos et al. 2021; Pareto testing,
 * Laufer-Goldshtein et al. 2023; conditional on when it halted, Ringel et al. 2024). The unit is the stream: what happens within one
 * is not exchangeable. Events are told by the product's own code, rests and all.
 * @param fitted streams that boundaries are fitted on
 * @param tested others, from the same source, that chose nothing
 * @param spec how events begin and end; its own ways to confirm them are set aside
 */
export const fitConfirming = (fitted: readonly FollowedStream[], tested: readonly FollowedStream[], spec: EventSpec, promise: ConfirmPromise = CONFIRM_PROMISE): FittedConfirmation => {
  const fewest = fewestTrials(promise.falseShare, promise.confidence), share = `${(promise.falseShare * 100).toFixed(0)} %`;
  if (tested.length < fewest || fitted.length === 0) return { why: `to show that at most ${share} of the events that are confirmed are false takes at least ${fewest} streams that nothing was learned from, and there are ${tested.length}` };
  const least = Math.ceil((ROOM * fewest * fitted.length) / tested.length);
  const candidates = candidatesOf(fitted, spec, least);
  const easiest = candidates.map((one) => pValue(one.boundary, one.fitted, one.fitted, promise)).reduce((best, p, i, all) => (p < (all[best] ?? 1) ? i : best), 0);
  let found: ConfirmBoundary | undefined;
  for (const { boundary, fitted: told } of candidates.slice(easiest)) {
    const shown = tested.map((stream) => confirmationsOf(stream, tell(stream, ruled(spec, boundary))));
    if (pValue(boundary, shown, told, promise) > 1 - promise.confidence) break;
    found = boundary;
  }
  return found === undefined ? { why: `no boundary was shown to confirm at most ${share} false events` } : { rule: { boundary: [...found], ...promise, streams: tested.length } };
};

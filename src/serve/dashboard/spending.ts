/** What all cameras together cost, over time. Pure. */
import type { SegmentMessage, WireBudget, WireStage } from '../../emit/types.js';
import { isEpoch } from './format.js';

/** Costs are summed over spans of this length [s]. */
export const BIN_S = 2;
/** How many spans are kept: five minutes. */
export const BINS = 150;
/** How many are shown at least: a minute and a half. */
const LEAST_BINS = 45;

/** What one stretch of the clock cost, by what it was spent on. */
export interface Bin {
  /** Which stretch, counted in {@link BIN_S} since the epoch. */
  readonly index: number;
  /** Measured time [ms]. */
  readonly ms: Spent;
  /** 10⁹ multiply-accumulates. */
  readonly gmacs: Spent;
  /** The largest part of a budget that was booked, 0…1; null without a budget. */
  readonly booked: number | null;
}

/** What a segment says of budgets: its camera's own, and that of all cameras. */
interface Budgeted {
  readonly budget?: Pick<WireBudget, 'utilization' | 'site_utilization'>;
}

/** What was spent on listening (with deciding), on looking, and on getting at the pictures. */
export interface Spent {
  readonly listening: number;
  readonly looking: number;
  readonly decoding: number;
}

const NOTHING: Spent = { listening: 0, looking: 0, decoding: 0 };

const plus = (a: Spent, b: Spent): Spent => ({ listening: a.listening + b.listening, looking: a.looking + b.looking, decoding: a.decoding + b.decoding });

const sum = (stages: readonly (WireStage | undefined)[], of: (stage: WireStage) => number): number =>
  stages.reduce((total, stage) => total + (stage === undefined ? 0 : of(stage)), 0);

const largest = (parts: readonly (number | null | undefined)[]): number | null =>
  parts.reduce<number | null>((most, part) => part == null ? most : Math.max(most ?? 0, part), null);

/** How much of the site's budget is booked; where it has none, of the camera's own. */
export const bookedOf = ({ budget }: Budgeted): number | null => {
  const [site, own] = [budget?.site_utilization, budget?.utilization];
  return largest([site?.gmacs, site?.ms]) ?? largest([own?.gmacs, own?.ms]);
};

const costOf = ({ stages: { audio, policy, appearance, motion } }: Pick<SegmentMessage, 'stages'>): Pick<Bin, 'ms' | 'gmacs'> => {
  const all = [audio, policy, appearance, motion];
  const [listening, looking] = [[audio, policy], [appearance, motion]];
  return {
    ms: { listening: sum(listening, ({ ms }) => ms), looking: sum(looking, ({ ms }) => ms), decoding: sum(all, ({ decode_ms: ms }) => ms) },
    gmacs: { listening: sum(listening, ({ gmacs }) => gmacs), looking: sum(looking, ({ gmacs }) => gmacs), decoding: 0 },
  };
};

/**
 * The bins with the cost of one more segment, oldest first. A segment of a camera belongs to when it ended, one of a recording to
 * when it came; what is older than all bins is left out.
 */
export const withCost = (bins: readonly Bin[], segment: Pick<SegmentMessage, 'end_time' | 'stages'> & Budgeted, nowS: number): readonly Bin[] => {
  const index = Math.floor((isEpoch(segment.end_time) ? Math.min(segment.end_time, nowS) : nowS) / BIN_S);
  const { ms, gmacs } = costOf(segment);
  const booked = bookedOf(segment);
  const at = bins.findIndex((bin) => bin.index === index);
  const there = bins[at];
  if (there !== undefined) return bins.with(at, { index, ms: plus(there.ms, ms), gmacs: plus(there.gmacs, gmacs), booked: largest([there.booked, booked]) });
  const after = bins.findLastIndex((bin) => bin.index < index) + 1;
  return bins.toSpliced(after, 0, { index, ms, gmacs, booked }).slice(-BINS);
};

/** Rates over time, a second, ready to be stacked: each line holds those below it. */
export interface Rates {
  /** Unix epoch [s]. */
  readonly times: readonly number[];
  readonly listening: readonly number[];
  readonly looking: readonly number[];
  readonly decoding: readonly number[];
}

/** Which bins are drawn: as far back as is known, but the newest, which is not over. */
const indicesOf = (bins: readonly Bin[], nowS: number): readonly number[] => {
  const last = Math.floor(nowS / BIN_S) - 1;
  const count = Math.min(BINS, Math.max(LEAST_BINS, last - (bins[0]?.index ?? last)));
  return Array.from({ length: count }, (_, i) => last - count + 1 + i);
};

/** The last minutes as rates; stretches for which nothing came cost nothing. */
export const ratesOf = (bins: readonly Bin[], unit: 'ms' | 'gmacs', nowS: number): Rates => {
  const found = new Map(bins.map((bin) => [bin.index, bin[unit]]));
  const indices = indicesOf(bins, nowS);
  const spent = indices.map((index) => found.get(index) ?? NOTHING);
  return {
    times: indices.map((index) => index * BIN_S),
    listening: spent.map(({ listening }) => listening / BIN_S),
    looking: spent.map(({ listening, looking }) => (listening + looking) / BIN_S),
    decoding: spent.map(({ listening, looking, decoding }) => (listening + looking + decoding) / BIN_S),
  };
};

/** What was booked of the budget over the last minutes, in per cent; null where nothing is known. */
export const bookedOver = (bins: readonly Bin[], nowS: number): { readonly times: readonly number[]; readonly percent: readonly (number | null)[] } => {
  const found = new Map(bins.map((bin) => [bin.index, bin.booked]));
  const indices = indicesOf(bins, nowS);
  return {
    times: indices.map((index) => index * BIN_S),
    percent: indices.map((index) => {
      const booked = found.get(index) ?? null;
      return booked === null ? null : booked * 100;
    }),
  };
};

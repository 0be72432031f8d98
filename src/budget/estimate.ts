/**
 * What an action is expected to cost, and what it may cost at worst, from what it cost before. Two speeds: a dear run
 * raises the worst case at once; cheap ones let it fall slowly, and never below what was measured recently. Pure.
 * @see the two-speed bandwidth estimates of adaptive streaming, for the same reason: being wrong upwards costs waiting, downwards a stall
 */

/** An estimate of one action's time. */
export interface Estimate {
  /** What it usually takes [ms]. */
  readonly usualMs: number;
  /** What many of them take in the mean [ms]: slower to follow, so that one stall of the machine is not taken for its pace. */
  readonly meanMs: number;
  /** The height that the worst case falls from [ms], and since when [µs]. */
  readonly peakMs: number;
  readonly peakUs: number;
  /** Dearest run in the current span of {@link RECENT_S}, and in the one before [ms]. */
  readonly dearestMs: number;
  readonly dearestBeforeMs: number;
  /** When the current span began [µs]. */
  readonly spanUs: number;
  /** Cheapest run ever [ms]. */
  readonly cheapestMs: number;
  readonly runs: number;
  /** When it last ran [µs]. */
  readonly ranUs: number;
}

/** What was measured within this time is recent [s]: the worst case is not lower. */
export const RECENT_S = 30;
/** The worst case falls towards the usual with this time constant [s]. */
const FALL_S = 30;
/** A run may take so much longer than the dearest before. */
const HEADROOM = 1.25;
/** Weight of the last run in what is usual, and in the mean of many. */
const WEIGHT = 0.1;
const MEAN_WEIGHT = 0.02;

/** What is known of an action from who has done it. */
export interface Measured {
  readonly usualMs: number;
  readonly worstMs: number;
}

/** An estimate before the first run, from a guess on the safe side or from what it takes others, at a time [µs]. */
export const unmeasured = ({ usualMs, worstMs }: Measured, nowUs = 0): Estimate => ({
  usualMs, meanMs: usualMs, peakMs: worstMs, peakUs: nowUs, dearestMs: 0, dearestBeforeMs: 0, spanUs: 0, cheapestMs: Infinity, runs: 0, ranUs: -Infinity,
});

const spans = (estimate: Estimate, nowUs: number): Pick<Estimate, 'dearestMs' | 'dearestBeforeMs' | 'spanUs'> => {
  const { dearestMs, dearestBeforeMs, spanUs } = estimate;
  const gone = Math.floor((nowUs - spanUs) / (RECENT_S * 1e6));
  if (gone <= 0) return { dearestMs, dearestBeforeMs, spanUs };
  return { dearestMs: 0, dearestBeforeMs: gone === 1 ? dearestMs : 0, spanUs: spanUs + gone * RECENT_S * 1e6 };
};

/** What one run may take at worst, as far as is known at a time [ms]. */
export const worstMs = (estimate: Estimate, nowUs: number): number => {
  const { usualMs, peakMs, peakUs } = estimate;
  const { dearestMs, dearestBeforeMs } = spans(estimate, nowUs);
  const floor = usualMs * HEADROOM;
  const fallen = floor + Math.max(0, peakMs - floor) * Math.exp(-Math.max(0, nowUs - peakUs) / (FALL_S * 1e6));
  return Math.max(fallen, HEADROOM * Math.max(dearestMs, dearestBeforeMs));
};

/** A plain mean at first: the first run of a net is the slowest, and must not be remembered for long. */
const averaged = (before: number, ms: number, runs: number, weight: number): number => before + Math.max(weight, 1 / (runs + 1)) * (ms - before);

/** The estimate after a run that took so long. */
export const learnt = (estimate: Estimate, ms: number, nowUs: number): Estimate => {
  const span = spans(estimate, nowUs);
  const worst = worstMs(estimate, nowUs);
  const rises = ms * HEADROOM >= worst;
  return {
    usualMs: averaged(estimate.usualMs, ms, estimate.runs, WEIGHT),
    meanMs: averaged(estimate.meanMs, ms, estimate.runs, MEAN_WEIGHT),
    peakMs: rises ? ms * HEADROOM : worst,
    peakUs: nowUs,
    ...span, dearestMs: Math.max(span.dearestMs, ms),
    cheapestMs: Math.min(estimate.cheapestMs, ms), runs: estimate.runs + 1, ranUs: nowUs,
  };
};

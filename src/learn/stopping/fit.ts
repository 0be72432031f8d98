/** Fits a stopping rule, and shows what it loses: Learn-then-Test on recordings that fitted nothing. */
import { haltsAt } from '../../emit/stopping.js';
import type { StoppingRule } from '../../inference/manifest.js';
import { fitTemperatures } from '../calibrate.js';
import type { SequenceRun } from '../types.js';
import { haltingStep, induce, type Boundary } from './boundary.js';
import type { BeliefPath } from './paths.js';
import { binomialTail, fewestTrials } from './risk.js';

/** What is to be promised. */
export interface Promised {
  /** At most this part of all recordings may be answered wrongly that would have been answered rightly at the horizon, 0…1. */
  readonly gap: number;
  /** The same of those that are answered by any one step: an early answer must not be worse for being early. */
  readonly gapByStep: number;
  readonly confidence: number;
}

/** One per cent of all, five of those answered by any step, with 95 % confidence. */
export const PROMISE: Promised = { gap: 0.01, gapByStep: 0.05, confidence: 0.95 };

/** The loosest promise that is worth giving. */
const LOOSEST: Promised = { gap: 0.05, gapByStep: 0.1, confidence: 0.95 };

/** Whether so many recordings could show it at all. */
export const isEnough = (recordings: number, { gap, confidence }: Promised): boolean => recordings >= fewestTrials(gap, confidence);

/** The strictest promise that so many recordings could show; the loosest where they are too few for any. */
export const promiseFor = (recordings: number): Promised =>
  [PROMISE, { gap: 0.02, gapByStep: 0.05, confidence: 0.95 }].find((promise) => isEnough(recordings, promise)) ?? LOOSEST;

/** What a step of waiting may cost, in wrong answers: from hardly anything to very much. */
const STEP_COSTS: readonly number[] = Array.from({ length: 33 }, (_, i) => 1e-4 * 10 ** (i / 10));

/** How near to certainty thresholds begin: parts of their distance from it under the least cost. */
const CAUTION: readonly number[] = [0.02, 0.05, 0.1, 0.2, 0.4, 0.7];

/** Boundaries in the order of their tests: from ones that hardly stop anybody to ones that cannot wait. */
const candidates = (fitted: readonly BeliefPath[]): Boundary[] => {
  const [first = [], ...others] = STEP_COSTS.map((stepCost) => induce(fitted, stepCost));
  const cautious = CAUTION.map((part) => first.map((threshold) => (threshold === null ? null : 1 - part * (1 - threshold))));
  return [...cautious, first, ...others];
};

/** Fewer halting by a step cannot show that they lose as little as is promised; this many times as many leave room for a loss or two. */
const ROOM = 2;

/** Stops only where enough are expected to have stopped by then. */
const withheld = (boundary: Boundary, fitted: readonly BeliefPath[], least: number): Boundary => {
  const kept = [...boundary];
  for (let step = 0; step < boundary.length; step += 1) {
    if (fitted.filter((path) => haltingStep(path, kept) <= step).length >= least) return kept;
    kept[step] = null;
  }
  return kept;
};

/** Where a path is answered, and whether waiting would have been better. */
const lossesOf = (paths: readonly BeliefPath[], boundary: Boundary): { readonly step: number; readonly lost: boolean }[] => paths.map((path) => {
  const step = haltingStep(path, boundary), last = Math.min(path.scores.length, boundary.length) - 1;
  return { step, lost: path.right[last] === 1 && path.right[step] !== 1 };
});

/** Whether the promise is shown to hold under a boundary: the p-value of each of its parts is small, so that all hold at once. */
const isShown = (paths: readonly BeliefPath[], boundary: Boundary, { gap, gapByStep, confidence }: Promised): boolean => {
  const losses = lossesOf(paths, boundary);
  const small = (some: typeof losses, risk: number): boolean => binomialTail(some.filter(({ lost }) => lost).length, some.length, risk) <= 1 - confidence;
  if (!small(losses, gap)) return false;
  const steps = [...new Set(losses.map(({ step }) => step))];
  return steps.every((step) => small(losses.filter((one) => one.step <= step), gapByStep));
};

/** The temperature of the answers given for one reason, with right and wrong as two classes. */
const certainty = (paths: readonly BeliefPath[], boundary: Boundary, why: 'confident' | 'horizon'): number => {
  const answers = paths.flatMap((path) => {
    const step = haltingStep(path, boundary), score = Math.min(1 - LEAST, Math.max(LEAST, path.scores[step] ?? 0));
    return (haltsAt({ boundary }, step, score) ?? 'horizon') === why ? [{ score, right: path.right[step] === 1 }] : [];
  });
  const runs = answers.map(({ score, right }): SequenceRun => ({
    id: '', targets: Int32Array.of(right ? 0 : 1), logits: Float32Array.of(Math.log(score), Math.log(1 - score)), opened: { appearance: new Uint8Array(1), motion: new Uint8Array(1) },
  }));
  return answers.length < FEWEST ? 1 : fitTemperatures(runs, { on: 'last' }).common;
};

/** No probability is nearer to 0 or 1 than this. */
const LEAST = 1e-6;
/** Fewer answers would fit their own noise. */
const FEWEST = 50;

/** A rule, or why there is none, in words. */
export type Fitted = { readonly rule: StoppingRule } | { readonly why: string };

/**
 * Fits boundaries for dearer and dearer waiting on one set of recordings, and takes the last one that a second set shows
 * to keep the promise, when they are tested one after the other up to the first that fails (fixed-sequence testing, so
 * that nothing is paid for testing many; Learn-then-Test, Angelopoulos et al. 2021; early stopping with the gap also
 * conditional on the halting time, Ringel et al. 2024). The unit is the recording: its steps depend on each other.
 * @param fitted recordings that boundaries are fitted on
 * @param tested others, from the same source, that chose nothing
 */
export const fitStopping = (fitted: readonly BeliefPath[], tested: readonly BeliefPath[], promise: Promised = PROMISE): Fitted => {
  if (!isEnough(tested.length, promise) || fitted.length === 0) {
    return { why: `to show that an early answer loses at most ${(promise.gap * 100).toFixed(0)} % takes ${fewestTrials(promise.gap, promise.confidence)} recordings that nothing was learned from, and there are ${tested.length}` };
  }
  const least = Math.ceil((ROOM * fewestTrials(promise.gapByStep, promise.confidence) * fitted.length) / tested.length);
  let found: Boundary | undefined;
  for (const candidate of candidates(fitted)) {
    const boundary = withheld(candidate, fitted, least);
    if (!isShown(tested, boundary, promise)) break;
    found = boundary;
  }
  if (found === undefined || found.every((threshold) => threshold === null)) return { why: `no answer before the end was shown to lose at most ${(promise.gap * 100).toFixed(0)} %` };
  // What an answer claims decides nothing, so that all may serve to fit it.
  const all = [...fitted, ...tested];
  const temperatures = { confident: certainty(all, found, 'confident'), horizon: certainty(all, found, 'horizon') };
  return { rule: { boundary: [...found], temperatures, ...promise, recordings: tested.length } };
};

import type { SequenceRun } from '../learn/types.js';
import { eventsOf, type Stretch } from './accuracy.js';
import { mean } from './order.js';
import { judged, logitsAt } from './runs.js';

/** When answers become events. */
export interface DetectOptions {
  /** Classes that mean "nothing in particular". */
  readonly background: ReadonlySet<number>;
  /** An answer counts from this probability on, 0…1; default 0: whatever scores highest. */
  readonly threshold?: number;
  /** How many steps in a row must say the same before it is said aloud; default 1. */
  readonly hold?: number;
}

/** Something said: the class, from the step on which it was said. */
export interface Detection {
  readonly target: number;
  /** The step on which `hold` answers in a row were there. */
  readonly said: number;
  /** The first step that no longer says so. */
  readonly end: number;
}

/** What a run says aloud: stretches of the same answer, sure enough and long enough, background left out. */
export const detections = (run: SequenceRun, { background, threshold = 0, hold = 1 }: DetectOptions): Detection[] => {
  const said = Int32Array.from(run.targets, (_, step) => {
    const { predicted, score } = judged(run, step);
    return score < threshold || background.has(predicted) ? -1 : predicted;
  });
  return eventsOf(said, new Set([-1]))
    .filter(({ start, end }) => end - start >= hold)
    .map(({ target, start, end }) => ({ target, said: start + hold - 1, end }));
};

/** How a set of streams was followed. Times are media time from step to step. */
export interface StreamReport {
  readonly events: number;
  /** Events during which their class was said. */
  readonly hits: number;
  /** Mean time from an event's start to its first correct emission, over the hits [µs]; NaN without hits. */
  readonly firstCorrectUs: number;
  /** Mean distance between an event's start and where its first correct detection begins, early or late, over the hits [µs]. */
  readonly onsetErrorUs: number;
  readonly falseAlarms: number;
  /** Detections that overlap no event of their class, per hour of one camera. */
  readonly falseAlarmsPerHour: number;
}

interface Match {
  readonly firstCorrect: number;
  readonly onsetError: number;
}

const overlap = (detection: Detection, event: Stretch): boolean =>
  detection.target === event.target && detection.said < event.end && detection.end > event.start;

const matchOf = (event: Stretch, said: readonly Detection[]): Match[] => {
  const first = said.find((detection) => overlap(detection, event));
  if (first === undefined) return [];
  return [{ firstCorrect: Math.max(0, first.said - event.start), onsetError: Math.abs(first.said - event.start) }];
};

/** Holds what streams said against what happened in them. @param stepUs from one step to the next, in µs */
export const followEvents = (runs: readonly SequenceRun[], stepUs: number, options: DetectOptions): StreamReport => {
  const streams = runs.map((run) => ({ truth: eventsOf(run.targets, options.background), said: detections(run, options) }));
  const matches = streams.flatMap(({ truth, said }) => truth.flatMap((event) => matchOf(event, said)));
  const falseAlarms = streams.reduce((sum, { truth, said }) =>
    sum + said.filter((detection) => !truth.some((event) => overlap(detection, event))).length, 0);
  const hours = (runs.reduce((sum, { targets }) => sum + targets.length, 0) * stepUs) / 3.6e9;
  return {
    events: streams.reduce((sum, { truth }) => sum + truth.length, 0),
    hits: matches.length,
    firstCorrectUs: mean(matches.map(({ firstCorrect }) => firstCorrect)) * stepUs,
    onsetErrorUs: mean(matches.map(({ onsetError }) => onsetError)) * stepUs,
    falseAlarms,
    falseAlarmsPerHour: falseAlarms / hours,
  };
};

/**
 * Streaming accuracy charges the time to compute: the run as its listener has it, each step's answer arriving late and
 * the latest one standing until then (Li et al. 2020, "Towards streaming perception"). Before the first answer all
 * classes are equal. Measure the returned run like any other.
 * @param latencyUs time from the end of a step's media to its answer, in µs of real time
 */
export const asHeard = (run: SequenceRun, stepUs: number, latencyUs: (step: number) => number): SequenceRun => {
  const classes = run.targets.length === 0 ? 0 : run.logits.length / run.targets.length, logits = new Float32Array(run.logits.length);
  const arrivals = Array.from(run.targets, (_, step) => step * stepUs + latencyUs(step));
  for (let now = 0; now < arrivals.length; now += 1) {
    let latest = now;
    while (latest >= 0 && (arrivals[latest] ?? 0) > now * stepUs) latest -= 1;
    if (latest >= 0) logits.set(logitsAt(run, latest), now * classes);
  }
  return { ...run, logits };
};

import type { Belief, Known, Look, RankedLabel } from '../../src/policy/types.js';
import type { SenseName } from '../../src/inference/manifest.js';
import { addCosts, NO_COST, type Cost, type Evidence, type GateDecision, type NoReading, type Reading } from '../../src/sense/types.js';

/** Unix epoch of media time 0 in these tests [ms]. */
export const ORIGIN_EPOCH_MS = 1_700_000_000_000;
/** Window and hop of the segments in these tests [µs]. */
export const WINDOW_US = 960_000;
export const HOP_US = 480_000;

export const cost = (gmacs: number, ms = 0, decodeMs = 0, decodedFrames = 0): Cost => ({ gmacs, ms, decodeMs, decodedFrames });

export const reading = (sense: SenseName, spent: Cost, more: Partial<Reading> = {}): Reading =>
  ({ sense, scores: new Float32Array(1), labels: ['x'], background: new Set(), timeUs: 0, cost: spent, ...more });

export const noReading = (sense: SenseName, reason: string, spent: Cost = NO_COST): NoReading => ({ sense, reason, cost: spent });

export interface BeliefParts {
  readonly heard?: Readonly<Record<string, number>>;
  readonly seen?: Look;
  readonly watched?: Look;
  readonly known?: Known;
  readonly era?: number;
  readonly startUs?: number;
  readonly endUs?: number;
  readonly readings?: Evidence['readings'];
  readonly gates?: Readonly<Partial<Record<SenseName, GateDecision>>>;
}

export const ranked = (scores: Readonly<Record<string, number>>): RankedLabel[] =>
  Object.entries(scores).map(([label, score]) => ({ label, score })).sort((a, b) => b.score - a.score);

/** The belief of segment `index` on a grid of overlapping windows. */
export const belief = (index: number, parts: BeliefParts = {}): Belief => {
  const startUs = parts.startUs ?? index * HOP_US;
  const endUs = parts.endUs ?? startUs + WINDOW_US;
  const startEpochMs = ORIGIN_EPOCH_MS + startUs / 1000;
  const readings = parts.readings ?? {};
  const gates = parts.gates ?? {};
  return {
    index, startUs, endUs, startEpochMs,
    era: parts.era ?? 0,
    evidence: { index, startUs, endUs, startEpochMs, era: parts.era ?? 0, discontinuity: false, readings, gates },
    heard: ranked(parts.heard ?? {}),
    ...(parts.seen === undefined ? {} : { seen: parts.seen }),
    ...(parts.watched === undefined ? {} : { watched: parts.watched }),
    ...(parts.known === undefined ? {} : { known: parts.known }),
    cost: addCosts(...Object.values(readings).map((one) => one.cost)),
    gates,
  };
};

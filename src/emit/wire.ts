import type { SenseName } from '../inference/manifest.js';
import type { Belief, RankedLabel } from '../policy/types.js';
import type { Cost, GateDecision } from '../sense/types.js';
import type { LabelScore, WireCost, WireGate, WireGates, WireStage, WireStages } from './types.js';

/** Rounds to so many decimals: nobody reads the seventeenth digit of a score, and every byte goes to every client. */
export const rounded = (value: number, decimals: number): number => {
  const unit = 10 ** decimals;
  return Math.round(value * unit) / unit;
};

/** Media time as seconds [s from µs], to the microsecond. */
export const seconds = (us: number): number => rounded(us / 1e6, 6);

/** Unix epoch of a media time near this belief [epoch s], to the millisecond. */
export const epochSeconds = (belief: Pick<Belief, 'startUs' | 'startEpochMs'>, timeUs: number): number =>
  rounded((belief.startEpochMs + (timeUs - belief.startUs) / 1000) / 1000, 3);

/** A cost as it goes out. */
export const wireCost = (cost: Cost): WireCost => ({
  gmacs: rounded(cost.gmacs, 6),
  ms: rounded(cost.ms, 3),
  decode_ms: rounded(cost.decodeMs, 3),
});

const wireStage = (cost: Cost): WireStage =>
  ({ ...wireCost(cost), frames: cost.decodedFrames, ...(cost.waitMs === undefined ? {} : { wait_ms: rounded(cost.waitMs, 3) }) });

/** A belief's costs as they go out, by stage. */
export const wireStages = ({ evidence, policyCost }: Pick<Belief, 'evidence' | 'policyCost'>): WireStages => ({
  ...Object.fromEntries(Object.values(evidence.readings).map(({ sense, cost }) => [sense, wireStage(cost)])),
  ...(policyCost === undefined ? {} : { policy: wireStage(policyCost) }),
});

/** Labels as they go out: the best `count`, scores to four decimals. */
export const wireLabels = (labels: readonly RankedLabel[], count: number): LabelScore[] =>
  labels.slice(0, count).map(({ label, score }) => ({ label, score: rounded(score, 4) }));

/** Decisions as they go out. */
export const wireGates = (gates: Belief['gates']): WireGates => {
  const out: Partial<Record<SenseName, WireGate>> = {};
  for (const [sense, { open, reason, detail }] of Object.entries(gates) as [SenseName, GateDecision][]) {
    out[sense] = { open, reason, ...(detail === undefined ? {} : { detail }) };
  }
  return out;
};

import { missRate, savedShares, type Audits } from '../budget/audits.js';
import type { BudgetFigures, Utilization } from '../budget/figures.js';
import type { Settled } from '../budget/types.js';
import type { SenseName } from '../inference/manifest.js';
import type { Look } from '../policy/types.js';
import type { Cost, NoReading, Reading } from '../sense/types.js';
import type { SegmentMessage, WireAudit, WireBudget, WireLook, WireUtilization } from './types.js';
import { epochSeconds, rounded, seconds, wireCost, wireGates, wireLabels, wireStages } from './wire.js';

const wireLook = (belief: Settled, look: Look | undefined, topK: number): WireLook | null =>
  look === undefined ? null : {
    labels: wireLabels(look.labels, topK),
    time: epochSeconds(belief, look.timeUs),
    age_s: seconds(look.ageUs),
  };

const looked = (reading: Reading | NoReading | undefined): boolean => reading?.scores !== undefined && reading.reused !== true;

const unanswered = (belief: Settled): Partial<Record<SenseName, string>> => {
  const reasons: Partial<Record<SenseName, string>> = {};
  for (const reading of Object.values(belief.evidence.readings)) {
    if (reading.scores === undefined) reasons[reading.sense] = reading.reason;
  }
  return reasons;
};

const wireAudit = (audits: Audits): WireAudit => {
  const { sampled, missed, gated, everything } = audits;
  const saved = savedShares(audits);
  const less = (of: (cost: Cost) => number): number => of(everything) - of(gated);
  return {
    sampled, missed, miss_rate: rounded(missRate(audits), 4), saved_gmacs_share: rounded(saved.gmacs, 4), saved_ms_share: rounded(saved.ms, 4),
    cost: wireCost({ gmacs: less(({ gmacs }) => gmacs), ms: less(({ ms }) => ms), decodeMs: less(({ decodeMs }) => decodeMs), decodedFrames: less(({ decodedFrames }) => decodedFrames) }),
  };
};

const wireUtilization = ({ gmacs, ms }: Utilization): WireUtilization =>
  ({ gmacs: gmacs === null ? null : rounded(gmacs, 4), ms: ms === null ? null : rounded(ms, 4) });

const wireBudget = ({ own, site, siteCap, price, debtMs, refusals }: BudgetFigures): WireBudget => ({
  utilization: wireUtilization(own), site_utilization: wireUtilization(site), price: rounded(price, 4), debt_ms: rounded(debtMs, 3), refusals,
  ...(siteCap === undefined ? {} : { site_cap: { gmacs_per_s: siteCap.gmacsPerS, ms_per_s: siteCap.msPerS } }),
});

/** Says what one segment held: heard, seen and how long ago, whether it looked and why, and the cost. */
export const segmentMessage = (camera: string, belief: Settled, topK: number): SegmentMessage => ({
  schema: 'hearken.segment.v1',
  camera,
  index: belief.index,
  start_time: epochSeconds(belief, belief.startUs),
  end_time: epochSeconds(belief, belief.endUs),
  heard: wireLabels(belief.heard, topK),
  seen: wireLook(belief, belief.seen, topK),
  watched: wireLook(belief, belief.watched, topK),
  ...(belief.known === undefined ? {} : { known: wireLabels(belief.known.labels, topK) }),
  looked: looked(belief.evidence.readings.appearance) || looked(belief.evidence.readings.motion),
  gate: wireGates(belief.gates),
  unanswered: unanswered(belief),
  cost: wireCost(belief.cost),
  stages: wireStages(belief),
  ...(belief.evidence.levelDbfs === undefined ? {} : { level_dbfs: rounded(belief.evidence.levelDbfs, 1) }),
  ...(belief.audit === undefined ? {} : { missed: belief.audit.missed }),
  ...(belief.budget === undefined ? {} : { budget: wireBudget(belief.budget) }),
  so_far: {
    segments: belief.ledger.segments,
    looked_share: rounded(belief.ledger.lookedShare, 4),
    media_s: seconds(belief.ledger.mediaUs),
    cost: wireCost(belief.ledger.total),
    cost_per_minute: wireCost(belief.ledger.perMinute),
    ...(belief.ledger.audits === undefined ? {} : { audit: wireAudit(belief.ledger.audits) }),
  },
});

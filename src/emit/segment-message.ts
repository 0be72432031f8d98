import type { Settled } from '../budget/types.js';
import type { SenseName } from '../inference/manifest.js';
import type { Look } from '../policy/types.js';
import type { NoReading, Reading } from '../sense/types.js';
import type { SegmentMessage, WireLook } from './types.js';
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
  so_far: {
    segments: belief.ledger.segments,
    looked_share: rounded(belief.ledger.lookedShare, 4),
    media_s: seconds(belief.ledger.mediaUs),
    cost: wireCost(belief.ledger.total),
    cost_per_minute: wireCost(belief.ledger.perMinute),
  },
});

/** Segments as the server publishes them, for tests of what the page makes of them. */
import type { SegmentMessage, WireGates, WireStages } from '../../../src/emit/types.js';

/** A time of the clock [epoch s]. */
export const START = 1_800_000_000;

/** A segment of one second, that many seconds after {@link START}. */
export const segment = (atS: number, more: { readonly gate?: WireGates; readonly stages?: WireStages; readonly level_dbfs?: number; readonly startS?: number } = {}): SegmentMessage => {
  const { startS = START, ...rest } = more;
  return {
    schema: 'hearken.segment.v1', camera: 'dock', index: atS, start_time: startS + atS, end_time: startS + atS + 1, heard: [], seen: null, watched: null, looked: false,
    gate: {}, unanswered: {}, cost: { gmacs: 0, ms: 0, decode_ms: 0 }, stages: {},
    so_far: { segments: 1, looked_share: 0, media_s: 1, cost: { gmacs: 0, ms: 0, decode_ms: 0 }, cost_per_minute: { gmacs: 0, ms: 0, decode_ms: 0 } },
    ...rest,
  };
};

/** What audits of a sample of segments have shown: how often a gate hid something, and what shut gates save. */
import type { Belief } from '../policy/types.js';
import { addCosts, NO_COST, type Cost } from '../sense/types.js';

/** The audits of one stream since it began. */
export interface Audits {
  /** Segments that were looked at in full. */
  readonly sampled: number;
  /** Those of them on which something would have been said that was not. */
  readonly missed: number;
  /** What the sampled segments cost as gated, and with everything read. */
  readonly gated: Cost;
  readonly everything: Cost;
}

const NONE: Audits = { sampled: 0, missed: 0, gated: NO_COST, everything: NO_COST };

/** Books one belief's audit, if it has one. Pure. */
export const bookAudit = (audits: Audits | undefined, { audit, cost }: Pick<Belief, 'audit' | 'cost'>): Audits | undefined => {
  if (audit === undefined) return audits;
  const { sampled, missed, gated, everything } = audits ?? NONE;
  return {
    sampled: sampled + 1, missed: missed + (audit.missed.length > 0 ? 1 : 0),
    gated: addCosts(gated, cost), everything: addCosts(everything, cost, audit.cost),
  };
};

/** Share of the sampled segments on which something was missed, 0…1. */
export const missRate = ({ sampled, missed }: Audits): number => missed / sampled;

/** Share of the compute that shut gates save on the sampled segments, 0…1: of multiply-accumulates, and of measured time with decoding. */
export const savedShares = ({ gated, everything }: Audits): { readonly gmacs: number; readonly ms: number } => {
  const share = (of: (cost: Cost) => number): number => (of(everything) > 0 ? 1 - of(gated) / of(everything) : 0);
  return { gmacs: share(({ gmacs }) => gmacs), ms: share(({ ms, decodeMs }) => ms + decodeMs) };
};

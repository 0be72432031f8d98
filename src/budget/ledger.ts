import type { SenseName } from '../inference/manifest.js';
import type { Belief } from '../policy/types.js';
import { addCosts, NO_COST, type Cost, type NoReading, type Reading } from '../sense/types.js';
import { bookAudit } from './audits.js';
import type { Ledger, SenseSpending, Settled } from './types.js';

/** Where the books stand between two segments. */
export interface Books {
  readonly ledger: Ledger;
  /** Where the last segment ended [µs], and in which era; absent before the first. */
  readonly last?: { readonly endUs: number; readonly era: number };
}

/** The books before the first segment. */
export const EMPTY_BOOKS: Books = {
  ledger: { segments: 0, looked: 0, lookedShare: 0, mediaUs: 0, total: NO_COST, perMinute: NO_COST, senses: {} },
};

const NOTHING_SPENT: SenseSpending = { runs: 0, misses: 0, cost: NO_COST };
const MINUTE_US = 60_000_000;

const scaled = (cost: Cost, by: number): Cost => ({
  gmacs: cost.gmacs * by,
  ms: cost.ms * by,
  decodeMs: cost.decodeMs * by,
  decodedFrames: cost.decodedFrames * by,
});

const ran = (reading: Reading | NoReading | undefined): boolean =>
  reading?.scores !== undefined && reading.reused !== true;

const spend = (before: SenseSpending, reading: Reading | NoReading): SenseSpending => ({
  runs: before.runs + (ran(reading) ? 1 : 0),
  misses: before.misses + (reading.scores === undefined ? 1 : 0),
  cost: addCosts(before.cost, reading.cost),
});

/** Media time that this belief adds [µs]: from where the last one ended, but never across a jump. */
const newMediaUs = (last: Books['last'], belief: Belief): number =>
  last?.era === belief.era
    ? Math.max(0, belief.endUs - last.endUs)
    : belief.endUs - belief.startUs;

/** Books one belief: its cost, sense by sense, on top of all before it. Pure. */
export const book = ({ ledger, last }: Books, belief: Belief): Books => {
  const { readings } = belief.evidence;
  const senses: Partial<Record<SenseName, SenseSpending>> = { ...ledger.senses };
  for (const reading of Object.values(readings)) {
    senses[reading.sense] = spend(senses[reading.sense] ?? NOTHING_SPENT, reading);
  }
  const segments = ledger.segments + 1;
  const looked = ledger.looked + (ran(readings.appearance) || ran(readings.motion) ? 1 : 0);
  const mediaUs = ledger.mediaUs + newMediaUs(last, belief);
  const total = addCosts(ledger.total, belief.cost);
  const audits = bookAudit(ledger.audits, belief);
  return {
    ledger: {
      segments, looked, lookedShare: looked / segments, mediaUs, total,
      perMinute: mediaUs > 0 ? scaled(total, MINUTE_US / mediaUs) : NO_COST,
      senses,
      ...(audits === undefined ? {} : { audits }),
    },
    last: { endUs: belief.endUs, era: belief.era },
  };
};

/** A belief with the books' ledger beside it. */
export const withLedger = (belief: Belief, { ledger }: Books): Settled => ({ ...belief, ledger });

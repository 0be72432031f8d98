import type { SenseName } from '../inference/manifest.js';
import type { Belief } from '../policy/types.js';
import type { Audits } from './audits.js';
import type { BudgetFigures } from './figures.js';
import type { Cost } from '../sense/types.js';

/** What one sense has cost since the stream began. */
export interface SenseSpending {
  /** Runs that computed something; a reading taken over from an earlier run is not one. */
  readonly runs: number;
  /** Times it was asked and could not answer, which may still have cost decoding. */
  readonly misses: number;
  readonly cost: Cost;
}

/** What a stream has cost since it began, in media time. */
export interface Ledger {
  readonly segments: number;
  /** Segments on which the appearance or the motion sense really ran. */
  readonly looked: number;
  /** `looked` over `segments`, 0…1. */
  readonly lookedShare: number;
  /** Media time gone by [µs]: overlapping windows count once, a jump or an outage does not count at all. */
  readonly mediaUs: number;
  readonly total: Cost;
  /** `total` per minute of `mediaUs`. */
  readonly perMinute: Cost;
  /** A sense that was never asked is absent. */
  readonly senses: Readonly<Partial<Record<SenseName, SenseSpending>>>;
  /** Absent until a segment was audited (gate mode `shadow`). */
  readonly audits?: Audits;
}

/** A belief and the ledger up to and including it. */
export interface Settled extends Belief {
  readonly ledger: Ledger;
  /** How the camera's budget stands; absent without one. */
  readonly budget?: BudgetFigures;
}

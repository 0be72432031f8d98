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

/** What limits the steps of one stream: asked before each action, told afterwards what the step cost. One segment at a time. */
export interface StepBudget {
  /**
   * A segment is there to be listened to. False when not even that fits; else its worst case is reserved.
   * @param endUs end of the segment [µs of its media]
   */
  hear(endUs: number): boolean;
  /**
   * A gate wants to look. Undefined when it may, and then the look is reserved; else why not, for people.
   * @param sense what it would look with
   * @param worth what the look is worth [bit]
   */
  look(sense: 'appearance' | 'motion', worth?: number): string | undefined;
  /**
   * A gate stays shut, and somebody has worked out what a look would be worth. True when the look is to be made all the same, and then it
   * is reserved. Absent where only open gates are asked about.
   */
  offer?(sense: 'appearance' | 'motion', worth: number): boolean;
  /** The segment is over: what was reserved and not needed is given back. */
  settle(belief: Belief): BudgetFigures;
}

/** A belief and the ledger up to and including it. */
export interface Settled extends Belief {
  readonly ledger: Ledger;
  /** How the camera's budget stands; absent without one. */
  readonly budget?: BudgetFigures;
}

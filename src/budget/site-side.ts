/** What a camera's budget and that of its site have to do with each other. */
import type { CameraBudgetSettings } from '../settings/budget.js';
import type { Account, Cap } from './account.js';
import type { Amount } from './amount.js';
import type { BudgetFigures } from './figures.js';
import type { Ahead } from './window.js';

/** What a camera's settings ask of the budget. */
export type CameraBudgetOptions = Pick<CameraBudgetSettings, 'gmacsPerS' | 'msPerS' | 'burstS' | 'priority' | 'minimumShare'> & Partial<Pick<CameraBudgetSettings, 'unaskedBit'>>;

/** Who asks: what the user asked for goes before what is a camera's own by right, and that before what is worth its price. */
export type Rank = 'asked' | 'own' | 'priced';

/** What a site sees of a camera. */
export interface Member {
  /** Its rank among the cameras. */
  readonly priority: number;
  /** From one of its segments to the next [µs]. */
  readonly hopUs: number;
  /** What listening usually costs a second. */
  readonly hearing: Amount;
  /** Listening that it is sure to do. */
  readonly ahead: Ahead;
  readonly figures: BudgetFigures;
}

/** What a camera needs of its site. */
export interface SiteSide {
  account: Account;
  /** Listening that all cameras are sure to do. */
  readonly ahead: Ahead;
  /** Whether all listening fits under the cap. */
  readonly hearsAll: boolean;
  /** The part of the cap that is this camera's for listening, where not all can be heard; 0…1. */
  hearingShareOf(camera: Member): number;
  /** Room that is kept for others who have a better right than `rank` and found none. */
  claimed(camera: Member, rank: Rank): Amount;
  claim(camera: Member, rank: Rank, amount: Amount): void;
  unclaim(camera: Member): void;
  leave(camera: Member): void;
}

/** A cap as settings have it. */
export const capOf = ({ gmacsPerS, msPerS, burstS }: Pick<CameraBudgetOptions, 'gmacsPerS' | 'msPerS' | 'burstS'>): Cap =>
  ({ perS: { gmacs: gmacsPerS ?? Infinity, ms: msPerS ?? Infinity }, burstS });

/** The cap of all cameras together, for reports; nothing where they are not limited. */
export const siteCapOf = ({ perS: { gmacs, ms } }: Cap): Pick<BudgetFigures, 'siteCap'> => {
  const limit = (of: number): number | null => (of === Infinity ? null : of);
  return gmacs === Infinity && ms === Infinity ? {} : { siteCap: { gmacsPerS: limit(gmacs), msPerS: limit(ms) } };
};

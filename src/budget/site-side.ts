/** What a camera's budget and that of its site have to do with each other. */
import type { SenseName } from '../inference/manifest.js';
import type { CameraBudgetSettings } from '../settings/budget.js';
import type { Account, Cap } from './account.js';
import type { Amount } from './amount.js';
import type { Measured } from './estimate.js';
import type { BudgetFigures } from './figures.js';
import type { Ahead } from './window.js';

/** What a camera's settings ask of the budget. */
export type CameraBudgetOptions = Pick<CameraBudgetSettings, 'gmacsPerS' | 'msPerS' | 'burstS' | 'priority' | 'minimumShare'> & Partial<Pick<CameraBudgetSettings, 'unaskedBit'>>;

/** Who asks: what the user asked for goes before what is a camera's own by right, and that before what is worth its price. */
export type Rank = 'asked' | 'own' | 'priced';

/** By what right a look asks for room. */
export interface Right {
  readonly rank: Rank;
  /** Worth for each second of the site's cap [bit]; 0 where no price is asked. */
  readonly bitPerS: number;
}

/** A right, and since when it has waited for room [µs of the site's time]. */
export interface Standing extends Right {
  readonly sinceUs: number;
}

const RANKS: readonly Rank[] = ['asked', 'own', 'priced'];

/** Whether `a` goes before `b` where room is short: by rank; of those who are to pay, whose look is worth more for what it takes; else who has waited longer. */
export const goesFirst = (a: Standing, b: Standing): boolean => {
  const by = [RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank), b.bitPerS - a.bitPerS, a.sinceUs - b.sinceUs];
  return (by.find((difference) => difference !== 0) ?? 0) < 0;
};

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
  /** What it knows of an action of so many 10⁹ multiply-accumulates; undefined before it did one, and where its own nets are others. */
  measured(sense: SenseName, gmacs: number): Measured | undefined;
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
  /** What the camera whom it takes longest knows of an action of so many 10⁹ multiply-accumulates; undefined where none has done it. */
  measured(sense: SenseName, gmacs: number): Measured | undefined;
  /** Room that is kept for others who have a better right and found none. */
  claimed(camera: Member, right: Right): Amount;
  claim(camera: Member, right: Right, amount: Amount): void;
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

/** Why a look may not be: for counting, and in words. */
import type { Currency } from './amount.js';
import type { Refusal } from './figures.js';

/** A look that was refused. */
export interface Refused {
  readonly refusal: Refusal;
  /** For people. */
  readonly why: string;
}

/** At its worst it is more than the cap ever has at once. */
export const neverFits = (sense: 'appearance' | 'motion'): Refused =>
  ({ refusal: 'never', why: `one ${sense === 'motion' ? 'clip' : 'look'} may take more than the budget ever has at once` });

/** It is not worth its price [bit]. */
export const tooDear = (worth: number, price: number): Refused => ({ refusal: 'price', why: `worth ${worth.toFixed(2)} bit of ${price.toFixed(2)}` });

/** There is no room just then. `where` follows what is lacking. */
export const noRoom = (lack: Currency | undefined, where: string): Refused =>
  ({ refusal: 'cap', why: `no ${lack === 'ms' ? 'time' : 'multiply-accumulates'} left${where} for now` });

/** A part of a cap that is one camera's own: earned with time, kept up to a limit, used up by what it does. Pure. */
import { less, plus, times, type Amount } from './amount.js';
import { allowance, type Cap } from './account.js';

/** What a camera has earned and not yet used. */
export interface Credit {
  readonly amount: Amount;
  readonly atUs: number;
}

const capped = (amount: Amount, most: Amount): Amount => ({ gmacs: Math.min(amount.gmacs, most.gmacs), ms: Math.min(amount.ms, most.ms) });

const larger = (a: Amount, b: Amount): Amount => ({ gmacs: Math.max(a.gmacs, b.gmacs), ms: Math.max(a.ms, b.ms) });

/**
 * The credit at a later time.
 * @param share of the cap that is the camera's own, 0…1
 * @param one what a single action may cost: so much can always be saved up, however small the share
 */
export const earned = ({ amount, atUs }: Credit, nowUs: number, cap: Cap, share: number, one: Amount): Credit => {
  if (nowUs <= atUs) return { amount, atUs };
  const gained = share === 0 ? { gmacs: 0, ms: 0 } : times(cap.perS, (share * (nowUs - atUs)) / 1e6);
  const most = share === 0 ? one : larger(times(allowance(cap), share), one);
  return { amount: capped(plus(amount, gained), larger(most, amount)), atUs: nowUs };
};

/** Whether it covers an amount. */
export const covers = ({ amount }: Credit, wanted: Amount): boolean => amount.gmacs >= wanted.gmacs && amount.ms >= wanted.ms;

/** The credit after something was done; who does more than he has credit for only has none left. */
export const used = ({ amount, atUs }: Credit, spent: Amount): Credit => ({ amount: less(amount, spent), atUs });

/** The credit after something was done that was not known beforehand: who did more than he had credit for owes it. */
export const charged = ({ amount, atUs }: Credit, spent: Amount): Credit =>
  ({ amount: { gmacs: amount.gmacs - spent.gmacs, ms: amount.ms - spent.ms }, atUs });

/** The credit when less was spent than was thought. */
export const returned = ({ amount, atUs }: Credit, refund: Amount): Credit => ({ amount: plus(amount, refund), atUs });

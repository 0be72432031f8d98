/**
 * The price of work under a cap, by dual mirror descent: it follows the gap between what was wished for at this price
 * and what the cap has to give. Pure.
 * @see Balseiro, Lu, Mirrokni, "The best of many worlds: dual mirror descent for online allocation problems" (2020); the mirror
 * is the entropy, so that a step multiplies
 */
import { CURRENCIES, type Amount, type Currency } from './amount.js';

/** What a second of the cap costs in each currency [bit of expected drop of risk]. */
export type Price = Readonly<Record<Currency, number>>;

/** How fast a price follows the gap: when twice the target is wished for, it is e times higher after so long [s]. */
const FOLLOWS_S = 10;
/** How much cheaper work is in an empty window than in a full one, as an exponent. Set by `npm run simulate -- budget`, on seeds other than those reported. */
const STEEPNESS = 16;
/** Bounds: nothing is worth less, or more, than this for a second of the cap [bit]. */
const LOWEST = 0.05;
const HIGHEST = 1e6;

/** A price before anything was wished for. */
export const FIRST_PRICE: Price = { gmacs: LOWEST, ms: LOWEST };

const moved = (price: number, gapS: number): number => Math.min(HIGHEST, Math.max(LOWEST, price * Math.exp(gapS / FOLLOWS_S)));

/** An amount in seconds of a cap; nothing where there is no cap. */
const inSeconds = (amount: number, perS: number): number => (perS === Infinity || amount === 0 ? 0 : amount / Math.max(perS, Number.MIN_VALUE));

/**
 * The price after time in which nothing was wished for: it falls.
 * @param target the part of the cap that wishes should come to, 0…1
 */
export const fallen = (price: Price, seconds: number, target: Amount): Price =>
  ({ gmacs: moved(price.gmacs, -target.gmacs * seconds), ms: moved(price.ms, -target.ms * seconds) });

/** The price after a wish, granted or not: it rises by the wish's part of what the cap gives. */
export const risen = (price: Price, wish: Amount, capPerS: Amount): Price => ({
  gmacs: moved(price.gmacs, Math.min(FOLLOWS_S, inSeconds(wish.gmacs, capPerS.gmacs))),
  ms: moved(price.ms, Math.min(FOLLOWS_S, inSeconds(wish.ms, capPerS.ms))),
});

/**
 * How scarce a cap is for work that is booked now, 0…1 of the price: the mean over the time for which it stays in the window. At each moment of
 * it the window holds what is booked already and has not left by then, and what the cap gives from now on, which will be taken; where both
 * leave room, what is not spent is lost.
 * @param held of today's bookings, in the middle of each of equal parts of that time
 * @param all what the cap gives in a window; none is scarce without a cap, and one of nothing always
 */
export const scarcity = (held: readonly Amount[], all: Amount): Amount => {
  const one = (currency: Currency): number => (all[currency] === 0 ? 1 : held.reduce((sum, amount, part) => {
    const fill = amount[currency] / all[currency] + (part + 0.5) / held.length;
    return sum + Math.exp(STEEPNESS * (Math.min(1, fill) - 1));
  }, 0) / held.length);
  return { gmacs: one('gmacs'), ms: one('ms') };
};

/**
 * What an amount of work costs at a price [bit]. A currency without a cap is free.
 * @param scarce how scarce each currency is for it; see {@link scarcity}
 */
export const costOf = (price: Price, amount: Amount, capPerS: Amount, scarce: Amount): number => CURRENCIES.reduce(
  (sum, currency) => sum + price[currency] * inSeconds(amount[currency], capPerS[currency]) * scarce[currency], 0,
);

/** How long the cap gives for nothing else [s]: the sum over the currencies that are capped. */
export const secondsOf = (amount: Amount, capPerS: Amount): number => CURRENCIES.reduce((sum, currency) => sum + inSeconds(amount[currency], capPerS[currency]), 0);

/** What a second of the cap costs [bit]: the sum over the currencies that are capped. */
export const pricePerS = (price: Price, capPerS: Amount): number =>
  CURRENCIES.reduce((sum, currency) => (capPerS[currency] === Infinity ? sum : sum + price[currency]), 0);

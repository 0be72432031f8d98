/** An amount of work in the two currencies of a budget: counted multiply-accumulates, and measured time. */
export interface Amount {
  /** Multiply-accumulates, in 10⁹. */
  readonly gmacs: number;
  /** Time in front ends, nets, decoder and scaler [ms]. */
  readonly ms: number;
}

/** One of the two currencies. */
export type Currency = keyof Amount;

/** Both currencies. */
export const CURRENCIES: readonly Currency[] = ['gmacs', 'ms'];

/** The amount of no work at all, in both currencies. */
export const NOTHING: Amount = { gmacs: 0, ms: 0 };

/** The sum of two amounts. */
export const plus = (a: Amount, b: Amount): Amount => ({ gmacs: a.gmacs + b.gmacs, ms: a.ms + b.ms });

/** What is left of `a` without `b`, never less than nothing. */
export const less = (a: Amount, b: Amount): Amount => ({ gmacs: Math.max(0, a.gmacs - b.gmacs), ms: Math.max(0, a.ms - b.ms) });

/** So many times an amount. */
export const times = (a: Amount, factor: number): Amount => ({ gmacs: a.gmacs * factor, ms: a.ms * factor });

/** The smaller of two amounts, in each currency by itself. */
export const least = (a: Amount, b: Amount): Amount => ({ gmacs: Math.min(a.gmacs, b.gmacs), ms: Math.min(a.ms, b.ms) });

/** The currency in which `a` is more than `b`, if there is one. */
export const beyond = (a: Amount, b: Amount): Currency | undefined => (a.gmacs > b.gmacs ? 'gmacs' : a.ms > b.ms ? 'ms' : undefined);

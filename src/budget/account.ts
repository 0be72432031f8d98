/**
 * An account under a cap: work is reserved before it starts and settled afterwards. In no stretch of media time as long
 * as the window is more booked than the cap gives in that time, whatever is asked, and whatever work turns out to cost. Pure.
 */
import { less, least, plus, times, type Amount } from './amount.js';
import { grained, NO_GRAIN, targetOf, type Grain } from './grain.js';
import { costOf, FIRST_PRICE, fallen, risen, scarcity, type Price } from './price.js';
import { book, emptyWindow, fullest, NOTHING_AHEAD, passed, remaining, takeBack, type Ahead, type SlidingWindow } from './window.js';

/** What may be spent. */
export interface Cap {
  /** For each second of media time; Infinity where there is no cap. */
  readonly perS: Amount;
  /** Length of the window [s]: all that the cap gives in this time may be spent at once, as a burst. */
  readonly burstS: number;
}

/** Where an account stands. */
export interface Account {
  readonly cap: Cap;
  readonly nowUs: number;
  readonly window: SlidingWindow;
  /** Work that was done beyond what was reserved for it, and is not yet booked: paid from what comes free. */
  readonly debt: Amount;
  readonly price: Price;
  /** How coarse the wishes are that the price follows. */
  readonly grain: Grain;
  /** All that was ever booked. */
  readonly total: Amount;
}

/** An account on which nothing was booked. */
export const openAccount = (cap: Cap, nowUs = 0): Account =>
  ({ cap, nowUs, window: emptyWindow(cap.burstS), debt: { gmacs: 0, ms: 0 }, price: FIRST_PRICE, grain: NO_GRAIN, total: { gmacs: 0, ms: 0 } });

/** What the cap gives in one window. */
export const allowance = ({ perS, burstS }: Cap): Amount => times(perS, burstS);

/** What may be booked now without ever being in the way of what is ahead. Debts come first only in {@link roomBesideDebt}. */
export const room = ({ cap, window, nowUs }: Account, ahead: Ahead = NOTHING_AHEAD): Amount => less(allowance(cap), fullest(window, nowUs, ahead));

/** What may be booked now when debts are to be paid first. */
export const roomBesideDebt = (account: Account, ahead: Ahead): Amount => less(room(account, ahead), account.debt);

/** What looks may have of the allowance in a window that holds nothing but listening, that of the segment in the step included. */
export const forLooks = ({ cap }: Account, { base, perS }: Ahead): Amount => {
  const all = allowance(cap);
  const part = (of: number, first: number, rate: number): number => Math.max(0, of - 2 * first - rate * cap.burstS * 1.01);
  return { gmacs: part(all.gmacs, base.gmacs, perS.gmacs), ms: part(all.ms, base.ms, perS.ms) };
};

/** Books without asking: the caller has made sure that there is room. Says the slot, for {@link settled}. */
const booking = (account: Account, amount: Amount): { readonly account: Account; readonly slot: number } => {
  const { window, slot } = book(account.window, account.nowUs, amount);
  return { account: { ...account, window, total: plus(account.total, amount) }, slot };
};

/** The account at a later time: old bookings leave the window, debts are paid from the room there is, the price falls. */
export const advanced = (account: Account, nowUs: number, ahead: Ahead = NOTHING_AHEAD): Account => {
  if (nowUs <= account.nowUs) return account;
  const later: Account = {
    ...account, nowUs, window: passed(account.window, nowUs),
    price: fallen(account.price, (nowUs - account.nowUs) / 1e6, targetOf(account.grain, allowance(account.cap))),
  };
  if (later.debt.gmacs === 0 && later.debt.ms === 0) return later;
  const paid = least(later.debt, room(later, ahead));
  return { ...booking(later, paid).account, debt: less(later.debt, paid) };
};

/** Something was wished for at this price, and granted or not: the price rises. */
export const wished = (account: Account, wish: Amount): Account =>
  ({ ...account, price: risen(account.price, wish, account.cap.perS), grain: grained(account.grain, wish) });

/** The time for which a booking stays in the window is looked at in so many parts. */
const PARTS = 10;

/** What an amount of work costs here and now [bit]. */
export const priceOf = ({ price, cap, window, nowUs }: Account, amount: Amount): number =>
  costOf(price, amount, cap.perS, scarcity(remaining(window, nowUs, PARTS), allowance(cap)));

/** Reserves as much of an amount as there is room for, and says how much that is. Says the slot, too, for {@link settled}. */
export const reserved = (account: Account, amount: Amount): { readonly account: Account; readonly slot: number; readonly amount: Amount } => {
  const granted = least(amount, room(account));
  return { ...booking(account, granted), amount: granted };
};

/**
 * Settles what was reserved: what was not needed is given back, what was needed beyond it becomes a debt.
 * @param reservedAmount what was booked in `slot`
 * @param actual what the work cost
 */
export const settled = (account: Account, slot: number, reservedAmount: Amount, actual: Amount): Account => {
  const refund = less(reservedAmount, actual);
  return {
    ...account,
    window: takeBack(account.window, slot, refund),
    debt: plus(account.debt, less(actual, reservedAmount)),
    total: less(account.total, refund),
  };
};

/** The same account under another cap; what was booked stays booked. */
export const recapped = (account: Account, cap: Cap): Account => {
  if (cap.burstS === account.cap.burstS) return { ...account, cap };
  // Slots of another width cannot be compared: all counts as booked just now, which forbids too much rather than too little.
  return { ...account, cap, window: book(emptyWindow(cap.burstS), account.nowUs, account.window.held).window };
};

/** The part of the allowance that is booked, 0…1, in each currency; null where there is no cap. */
export const utilization = ({ cap, window }: Account): { readonly gmacs: number | null; readonly ms: number | null } => {
  const [held, all] = [window.held, allowance(cap)];
  const part = (spent: number, of: number): number | null => (of === Infinity ? null : of === 0 ? (spent > 0 ? 1 : 0) : spent / of);
  return { gmacs: part(held.gmacs, all.gmacs), ms: part(held.ms, all.ms) };
};

/** A sliding window over what was booked, in media time. Pure. */
import { NOTHING, plus, type Amount } from './amount.js';

/** A window is cut into so many slots; what was booked leaves it a slot at a time, never too early. */
const SLOTS = 200;

/** What was booked within one slot of time. */
export interface Slot extends Amount {
  /** Counts slots from time 0. */
  readonly index: number;
}

/** What was booked lately, in slots. */
export interface SlidingWindow {
  /** Width of a slot [µs]. */
  readonly slotUs: number;
  /** Oldest first; slots without a booking are left out. */
  readonly slots: readonly Slot[];
  /** The sum over the slots. */
  readonly held: Amount;
}

/** Work that is sure to come: `base` at once, and `perS` for each second. */
export interface Ahead {
  readonly base: Amount;
  readonly perS: Amount;
}

/** No work is sure to come. */
export const NOTHING_AHEAD: Ahead = { base: NOTHING, perS: NOTHING };

/** A window of this length [s] in which nothing was booked. */
export const emptyWindow = (lengthS: number): SlidingWindow => ({ slotUs: (lengthS * 1e6) / SLOTS, slots: [], held: NOTHING });

const slotAt = ({ slotUs }: SlidingWindow, timeUs: number): number => Math.floor(timeUs / slotUs);

/** Added up anew whenever slots leave, so that rounding does not pile up. */
const sumOf = (slots: readonly Slot[]): Amount => {
  let [gmacs, ms] = [0, 0];
  for (const slot of slots) {
    gmacs += slot.gmacs;
    ms += slot.ms;
  }
  return { gmacs, ms };
};

/** The window as it is at a later time: what is older than its length is gone. */
export const passed = (window: SlidingWindow, nowUs: number): SlidingWindow => {
  const oldest = slotAt(window, nowUs) - SLOTS;
  const [first] = window.slots;
  if (first === undefined || first.index >= oldest) return window;
  const kept = window.slots.findIndex(({ index }) => index >= oldest);
  const slots = kept < 0 ? [] : window.slots.slice(kept);
  return { slotUs: window.slotUs, slots, held: sumOf(slots) };
};

/** Books an amount now; time must not have run back. Says the slot, so that it can be corrected. */
export const book = ({ slotUs, slots, held }: SlidingWindow, nowUs: number, amount: Amount): { readonly window: SlidingWindow; readonly slot: number } => {
  const last = slots.at(-1);
  const slot = Math.max(Math.floor(nowUs / slotUs), last?.index ?? -Infinity);
  const next = last?.index === slot ? slots.slice(0, -1) : slots.slice();
  const before = last?.index === slot ? last : NOTHING;
  next.push({ index: slot, gmacs: before.gmacs + amount.gmacs, ms: before.ms + amount.ms });
  return { window: { slotUs, slots: next, held: plus(held, amount) }, slot };
};

/** Takes back a part of what was booked in a slot; nothing, where the slot has left the window. */
export const takeBack = (window: SlidingWindow, slot: number, { gmacs, ms }: Amount): SlidingWindow => {
  const at = window.slots.findLastIndex(({ index }) => index === slot);
  const there = window.slots[at];
  if (there === undefined || (gmacs === 0 && ms === 0)) return window;
  const slots = window.slots.slice();
  slots[at] = { index: slot, gmacs: Math.max(0, there.gmacs - gmacs), ms: Math.max(0, there.ms - ms) };
  return { slotUs: window.slotUs, slots, held: { gmacs: Math.max(0, window.held.gmacs - gmacs), ms: Math.max(0, window.held.ms - ms) } };
};

/**
 * What of its bookings the window will still hold, when nothing is added: in the middle of each of so many equal parts of its
 * length, from now on.
 */
export const remaining = (window: SlidingWindow, nowUs: number, parts: number): readonly Amount[] => {
  const now = slotAt(window, nowUs);
  const held = Array.from({ length: parts }, () => ({ gmacs: 0, ms: 0 }));
  for (const { index, gmacs, ms } of window.slots) {
    const stays = Math.min(parts, Math.round(((index + SLOTS + 1 - now) / SLOTS) * parts));
    for (const part of held.slice(0, Math.max(0, stays))) {
      part.gmacs += gmacs;
      part.ms += ms;
    }
  }
  return held;
};

/**
 * The most that the window will hold at any time from now on, if nothing but what is `ahead` is booked besides: old
 * bookings leave it, and what is ahead comes in. What is left under a cap may be booked now without ever being in its way.
 */
export const fullest = (window: SlidingWindow, nowUs: number, ahead: Ahead): Amount => {
  if (ahead === NOTHING_AHEAD) return window.held;
  const { base, perS } = ahead;
  const now = slotAt(window, nowUs);
  let [heldGmacs, heldMs] = [window.held.gmacs, window.held.ms];
  // Once all that is in it now has left.
  const lengthS = ((SLOTS + 1) * window.slotUs) / 1e6;
  let gmacs = base.gmacs + perS.gmacs * lengthS;
  let ms = base.ms + perS.ms * lengthS;
  for (const slot of window.slots) {
    // Just before this slot leaves, all older ones have left.
    const inS = Math.max(0, ((slot.index + SLOTS + 1 - now) * window.slotUs) / 1e6);
    gmacs = Math.max(gmacs, heldGmacs + base.gmacs + perS.gmacs * inS);
    ms = Math.max(ms, heldMs + base.ms + perS.ms * inS);
    heldGmacs -= slot.gmacs;
    heldMs -= slot.ms;
  }
  return { gmacs, ms };
};

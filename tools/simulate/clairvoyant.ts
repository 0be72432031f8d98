/** What somebody could have had who knew all that would come: an upper bound, and what whole looks come to below it. */

/** A look that could have been had. */
export interface Chance {
  readonly atUs: number;
  readonly worth: number;
  /** In the currency of the cap. */
  readonly cost: number;
}

/** A window is laid at every such part of its length. */
const PARTS = 20;
/** Steps of the descent: more of them changed the bound by less than a thousandth. */
const STEPS = 2000;
/** First step, as a part of the mean price, and after how many steps it is half as long in the long run. */
const STEP = 0.3;
const STEP_FALLS = 20;
const MOMENTUM = 0.9;

/** Chances by the window they are in: a chance in slot s lies in the windows s…s + PARTS − 1. */
interface Laid {
  readonly slots: readonly number[];
  readonly worths: readonly number[];
  /** As a part of what a window has. */
  readonly costs: readonly number[];
  readonly windows: number;
}

const laid = (chances: readonly Chance[], allowed: number, lengthS: number): Laid => {
  const slotUs = (lengthS * 1e6) / PARTS;
  const slots = chances.map(({ atUs }) => Math.floor(atUs / slotUs));
  const windows = slots.reduce((most, slot) => Math.max(most, slot), 0) + PARTS;
  return { slots, worths: chances.map(({ worth }) => worth), costs: chances.map(({ cost }) => cost / allowed), windows };
};

const summedUp = (prices: Float64Array): Float64Array => {
  const sums = new Float64Array(prices.length + 1);
  prices.forEach((price, w) => { sums[w + 1] = (sums[w] ?? 0) + price; });
  return sums;
};

/** The dual at the prices of the windows, summed up; the looks it takes are noted by where the windows that hold them begin and end. */
const dualAt = ({ slots, worths, costs, windows }: Laid, sums: Float64Array, changes: Float64Array): number => {
  changes.fill(0);
  let value = sums[windows] ?? 0;
  slots.forEach((slot, i) => {
    const [cost, end] = [costs[i] ?? 0, slot + PARTS];
    const gain = (worths[i] ?? 0) - cost * ((sums[end] ?? 0) - (sums[slot] ?? 0));
    if (gain <= 0) return;
    value += gain;
    changes[slot] = (changes[slot] ?? 0) + cost;
    changes[end] = (changes[end] ?? 0) - cost;
  });
  return value;
};

/** Somebody who knows all that comes: the most worth that he can have, and what each chance would cost him at the prices of its windows. */
export interface Foreseen {
  readonly bound: number;
  readonly prices: readonly number[];
}

/**
 * The most worth that any schedule can have which keeps to the cap in every window, with all that comes known beforehand
 * and parts of looks allowed: the dual of that linear programme, with a price for each window. At any prices the dual is a
 * bound (weak duality); subgradient descent brings it near the best.
 * @param allowed what a window has for looks
 * @param lengthS length of the window [s]
 */
export const foreseen = (chances: readonly Chance[], allowed: number, lengthS: number): Foreseen => {
  const all = laid(chances, allowed, lengthS);
  const total = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0);
  const mean = total(all.worths) / Math.max(Number.MIN_VALUE, total(all.costs)) / PARTS;
  const prices = new Float64Array(all.windows).fill(mean), slopes = new Float64Array(all.windows), changes = new Float64Array(all.windows + 1);
  // Everything that could be had is a bound, too: at no price.
  let bound = total(all.worths), best: Float64Array = new Float64Array(all.windows + 1);
  for (let step = 0; step < STEPS; step += 1) {
    const sums = summedUp(prices), here = dualAt(all, sums, changes);
    if (here < bound) [bound, best] = [here, sums];
    const pace = (STEP * mean) / Math.sqrt(1 + step / STEP_FALLS);
    let held = 0;
    for (let w = 0; w < all.windows; w += 1) {
      held += changes[w] ?? 0;
      slopes[w] = MOMENTUM * (slopes[w] ?? 0) + (1 - MOMENTUM) * (1 - held);
      prices[w] = Math.max(0, (prices[w] ?? 0) - pace * (slopes[w] ?? 0));
    }
  }
  return { bound, prices: all.slots.map((slot, i) => (all.costs[i] ?? 0) * ((best[slot + PARTS] ?? 0) - (best[slot] ?? 0))) };
};

/** The bound of {@link foreseen} alone. */
export const clairvoyant = (chances: readonly Chance[], allowed: number, lengthS: number): number => foreseen(chances, allowed, lengthS).bound;

/**
 * A schedule of whole looks that keeps to the cap, chosen with all that comes known: by what each is worth for what it would cost at the
 * prices of its windows, as long as there is room. What the best one has lies between this and the bound.
 * @param chances in the order of time
 * @param prices of each, from {@link foreseen}
 */
export const wholeLooks = (chances: readonly Chance[], prices: readonly number[], allowed: number, lengthS: number): readonly Chance[] => {
  // What the window holds that ends at each chance.
  const held = new Float64Array(chances.length);
  const ends: number[] = [];
  for (let i = 0, end = 0; i < chances.length; i += 1) {
    while ((chances[end]?.atUs ?? Infinity) < (chances[i]?.atUs ?? 0) + lengthS * 1e6) end += 1;
    ends.push(end);
  }
  const gain = chances.map(({ worth }, i) => worth / Math.max(1e-12, prices[i] ?? 0));
  const byGain = chances.map((_, i) => i).sort((a, b) => (gain[b] ?? 0) - (gain[a] ?? 0));
  return byGain.flatMap((at) => {
    const chance = chances[at];
    if (chance === undefined) return [];
    const windows = held.subarray(at, ends[at]);
    if (windows.some((sum) => sum + chance.cost > allowed)) return [];
    windows.forEach((sum, i) => { windows[i] = sum + chance.cost; });
    return [chance];
  });
};

/** What a single price had. */
export interface Priced {
  readonly worth: number;
  readonly spent: number;
}

/** Everything worth its price is taken where there is room. */
const atPrice = (chances: readonly Chance[], price: number, allowed: number, lengthUs: number): Priced => {
  let [worth, spent, held, first] = [0, 0, 0, 0];
  const taken: Chance[] = [];
  for (const chance of chances) {
    for (let gone = taken[first]; gone !== undefined && gone.atUs <= chance.atUs - lengthUs; gone = taken[first]) {
      held -= gone.cost;
      first += 1;
    }
    if (chance.worth < price * chance.cost || held + chance.cost > allowed) continue;
    taken.push(chance);
    held += chance.cost;
    spent += chance.cost;
    worth += chance.worth;
  }
  return { worth, spent };
};

/**
 * What a single price has, kept to from beginning to end, under the same cap: the schedule that dual mirror descent is
 * measured against. The best of many prices, chosen with all that came known, each cost known before it is paid.
 * @param chances in the order of time
 */
export const bestFixedPrice = (chances: readonly Chance[], allowed: number, lengthS: number): Priced => {
  let best: Priced = { worth: 0, spent: 0 };
  const mean = chances.reduce((sum, { worth }) => sum + worth, 0) / chances.reduce((sum, { cost }) => sum + cost, 0);
  for (let step = -12; step <= 12; step += 1) {
    const here = atPrice(chances, 2 ** (step / 3) * mean, allowed, lengthS * 1e6);
    if (here.worth > best.worth) best = here;
  }
  return best;
};

/** What somebody could have had who knew all that would come: an upper bound. */

/** A look that could have been had. */
export interface Chance {
  readonly atUs: number;
  readonly worth: number;
  /** In the currency of the cap. */
  readonly cost: number;
}

/** The best of one tile: dearest for its cost first, the last one in part. */
const bestOf = (chances: readonly Chance[], allowed: number): number => {
  let [left, sum] = [allowed, 0];
  for (const { worth, cost } of [...chances].sort((a, b) => b.worth / b.cost - a.worth / a.cost)) {
    const part = Math.min(1, left / cost);
    if (part <= 0) break;
    sum += part * worth;
    left -= part * cost;
  }
  return sum;
};

/**
 * The most worth that any schedule can have which keeps to the cap in every window, with all that comes known beforehand:
 * time is laid out in windows side by side, and each filled in the best way, parts of looks allowed (a fractional
 * knapsack). A schedule that keeps to every window keeps to these, so it cannot have more; the least over several ways to
 * lay them out is taken.
 * @param allowed what a window has for looks
 */
export const clairvoyant = (chances: readonly Chance[], allowed: number, lengthS: number, offsets = 20): number => {
  const lengthUs = lengthS * 1e6;
  let bound = Infinity;
  for (let offset = 0; offset < offsets; offset += 1) {
    const tiles = new Map<number, Chance[]>();
    for (const chance of chances) {
      const tile = Math.floor((chance.atUs + (offset / offsets) * lengthUs) / lengthUs);
      const there = tiles.get(tile);
      if (there === undefined) tiles.set(tile, [chance]);
      else there.push(chance);
    }
    let sum = 0;
    for (const tile of tiles.values()) sum += bestOf(tile, allowed);
    bound = Math.min(bound, sum);
  }
  return bound;
};

/**
 * The worth that a single price has, kept to from beginning to end, under the same cap: the schedule that dual mirror
 * descent is measured against. The best of many prices, chosen with all that came known.
 */
export const bestFixedPrice = (chances: readonly Chance[], allowed: number, lengthS: number): number => {
  let best = 0;
  for (let step = -12; step <= 12; step += 1) {
    const price = 2 ** (step / 3) * (chances.reduce((sum, { worth }) => sum + worth, 0) / chances.reduce((sum, { cost }) => sum + cost, 0));
    let [worth, held, first] = [0, 0, 0];
    const taken: Chance[] = [];
    for (const chance of chances) {
      for (let gone = taken[first]; gone !== undefined && gone.atUs <= chance.atUs - lengthS * 1e6; gone = taken[first]) {
        held -= gone.cost;
        first += 1;
      }
      if (chance.worth < price * chance.cost || held + chance.cost > allowed) continue;
      taken.push(chance);
      held += chance.cost;
      worth += chance.worth;
    }
    best = Math.max(best, worth);
  }
  return best;
};

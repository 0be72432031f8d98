/** Whether something that should not matter tells the label all the same. */

/** What a yes-or-no property of clips tells of their labels. */
export interface Dependence {
  /** Share of each class's clips that have the property, 0…1, in the order of the labels. */
  readonly shares: readonly number[];
  /** Mutual information between property and label over the label's entropy, 0…1. */
  readonly information: number;
  /** How often chance alone gives as much: the G-test's p-value. */
  readonly p: number;
}

/**
 * The probability that a χ² variable with `freedom` degrees of freedom is at least `x`, by Wilson and Hilferty's
 * approximation (Wilson & Hilferty 1931: (χ²/k)^⅓ is nearly normal), good to a few thousandths.
 */
export const chiSquareTail = (x: number, freedom: number): number => {
  if (x <= 0) return 1;
  const variance = 2 / (9 * freedom);
  const z = (Math.cbrt(x / freedom) - (1 - variance)) / Math.sqrt(variance);
  // Abramowitz & Stegun 26.2.17.
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? tail : 1 - tail;
};

/** x·ln x, 0 at 0. */
const xLogX = (x: number): number => (x <= 0 ? 0 : x * Math.log(x));

/**
 * Measures how a property depends on the label.
 * @param classes how many there are
 * @param items each clip's label, and whether it has the property
 */
export const dependence = (classes: number, items: readonly { readonly target: number; readonly has: boolean }[]): Dependence => {
  const counts = Array.from({ length: classes }, () => ({ with: 0, without: 0 }));
  for (const { target, has } of items) {
    const count = counts[target];
    if (count !== undefined) count[has ? 'with' : 'without'] += 1;
  }
  const total = items.length;
  const having = counts.reduce((sum, count) => sum + count.with, 0);
  const cells = counts.reduce((sum, count) => sum + xLogX(count.with) + xLogX(count.without), 0);
  const rows = counts.reduce((sum, count) => sum + xLogX(count.with + count.without), 0);
  const columns = xLogX(having) + xLogX(total - having);
  // N times the mutual information, in nats; rounding may leave a little less than nothing.
  const nats = Math.max(0, cells + xLogX(total) - rows - columns);
  const entropy = xLogX(total) - rows;
  const freedom = Math.max(1, counts.filter((count) => count.with + count.without > 0).length - 1);
  return {
    shares: counts.map((count) => count.with / Math.max(1, count.with + count.without)),
    information: entropy <= 0 ? 0 : nats / entropy,
    p: having === 0 || having === total ? 1 : chiSquareTail(2 * nats, freedom),
  };
};

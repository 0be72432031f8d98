/** Index of the greatest value, the first of equals; −1 where there is none. */
export const argmax = (values: ArrayLike<number>, among?: readonly number[]): number => {
  let best = -1, most = -Infinity;
  for (const i of among ?? Array.from({ length: values.length }, (_, at) => at)) {
    const value = values[i] ?? -Infinity;
    if (value > most) { best = i; most = value; }
  }
  return best;
};

/** The q-quantile of measured values, 0 ≤ q ≤ 1; NaN where there are none. */
export const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? Number.NaN;

/** Mean of the values; NaN where there are none. */
export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Ranks from 1, equals at the mean of their places. */
const ranks = (values: readonly number[]): number[] => {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranked = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (let i = from; i <= to; i += 1) ranked[order[i] ?? 0] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranked;
};

/**
 * Spearman's rank correlation, −1…1, with ties at their mean rank: Pearson's of the ranks. Does usage by class follow
 * the informativeness matrix? NaN where one side is constant.
 * @throws RangeError where the lists differ in length
 */
export const rankCorrelation = (some: readonly number[], others: readonly number[]): number => {
  if (some.length !== others.length) throw new RangeError(`${some.length} values cannot be paired with ${others.length}`);
  const a = ranks(some), b = ranks(others), middle = (some.length + 1) / 2;
  let ab = 0, aa = 0, bb = 0;
  a.forEach((rank, i) => {
    const x = rank - middle, y = (b[i] ?? 0) - middle;
    ab += x * y; aa += x * x; bb += y * y;
  });
  return aa === 0 || bb === 0 ? Number.NaN : ab / Math.sqrt(aa * bb);
};

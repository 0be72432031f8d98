/** A linear classifier for checks: how much of a label a few numbers give away. */

/** Least squares with a ridge, solved by elimination: `weights` so that x·weights ≈ y. */
const solve = (matrix: Float64Array[], right: Float64Array[]): Float64Array[] => {
  const n = matrix.length;
  for (let i = 0; i < n; i++) {
    const row = matrix[i], b = right[i];
    if (row === undefined || b === undefined) continue;
    const pivot = row[i] ?? 1;
    for (let j = 0; j < n; j++) {
      const other = matrix[j], c = right[j];
      const factor = (other?.[i] ?? 0) / pivot;
      if (j === i || factor === 0 || other === undefined || c === undefined) continue;
      for (let k = i; k < n; k++) other[k] = (other[k] ?? 0) - factor * (row[k] ?? 0);
      for (let k = 0; k < c.length; k++) c[k] = (c[k] ?? 0) - factor * (b[k] ?? 0);
    }
  }
  return right.map((b, i) => b.map((v) => v / (matrix[i]?.[i] ?? 1)));
};

/** Numbers with the class they belong to. */
export interface Example {
  readonly x: ArrayLike<number>;
  /** 0 … classes − 1. */
  readonly y: number;
}

/** Mean and deviation of each number, so that all weigh the same. */
const standardiser = (examples: readonly Example[]): ((x: ArrayLike<number>) => Float64Array) => {
  const width = examples[0]?.x.length ?? 0;
  const mean = new Float64Array(width), deviation = new Float64Array(width);
  for (const { x } of examples) for (let i = 0; i < width; i++) mean[i] = (mean[i] ?? 0) + (x[i] ?? 0) / examples.length;
  for (const { x } of examples) for (let i = 0; i < width; i++) deviation[i] = (deviation[i] ?? 0) + ((x[i] ?? 0) - (mean[i] ?? 0)) ** 2 / examples.length;
  return (x) => Float64Array.from({ length: width + 1 }, (_, i) => (i === width ? 1 : ((x[i] ?? 0) - (mean[i] ?? 0)) / Math.sqrt((deviation[i] ?? 0) + 1e-9)));
};

/**
 * Learns a linear classifier (one against the rest, least squares with a ridge) and gives it back.
 * @param classes how many there are
 */
export const learnProbe = (examples: readonly Example[], classes: number, ridge = 1): ((x: ArrayLike<number>) => number) => {
  const standard = standardiser(examples), rows = examples.map(({ x }) => standard(x));
  const width = rows[0]?.length ?? 0;
  const matrix = Array.from({ length: width }, (_, i) => Float64Array.from({ length: width }, (_unused, j) => (i === j ? ridge : 0)));
  const right = Array.from({ length: width }, () => new Float64Array(classes));
  rows.forEach((row, n) => {
    const y = examples[n]?.y ?? 0;
    for (let i = 0; i < width; i++) {
      const v = row[i] ?? 0, line = matrix[i], target = right[i];
      if (line === undefined || target === undefined || v === 0) continue;
      for (let j = 0; j < width; j++) line[j] = (line[j] ?? 0) + v * (row[j] ?? 0);
      target[y] = (target[y] ?? 0) + v;
    }
  });
  const weights = solve(matrix, right);
  return (x) => {
    const row = standard(x), scores = new Float64Array(classes);
    weights.forEach((w, i) => {
      for (let k = 0; k < classes; k++) scores[k] = (scores[k] ?? 0) + (w[k] ?? 0) * (row[i] ?? 0);
    });
    return scores.indexOf(Math.max(...scores));
  };
};

/** The share of examples that a classifier gets right, 0…1. */
export const accuracy = (classify: (x: ArrayLike<number>) => number, examples: readonly Example[]): number =>
  examples.filter(({ x, y }) => classify(x) === y).length / examples.length;

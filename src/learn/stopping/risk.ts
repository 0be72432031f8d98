/** Tests with finite samples: whether a risk is small, from counts alone. */

/** Natural logarithm of n choose k. */
const logChoose = (n: number, k: number): number => {
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i);
  return sum;
};

/**
 * The chance of at most `hits` out of `n` independent trials with probability `p` each: the p-value for "the probability is
 * above `p`". The exact binomial tail (Clopper and Pearson 1934).
 */
export const binomialTail = (hits: number, n: number, p: number): number => {
  if (hits >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  let sum = 0;
  for (let k = 0; k <= hits; k += 1) sum += Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log(1 - p));
  return Math.min(1, sum);
};

/** The fewest trials that can show a risk to be at most `risk` with this confidence: those without a single hit. */
export const fewestTrials = (risk: number, confidence: number): number => Math.ceil(Math.log(1 - confidence) / Math.log(1 - risk));

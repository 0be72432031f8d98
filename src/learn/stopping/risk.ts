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

/** What one bet has made of the losses, as a logarithm: the sum of log(1 + bet·(risk − loss)). */
const winnings = (losses: readonly number[], risk: number, bet: number): number => losses.reduce((sum, loss) => sum + Math.log1p(bet * (risk - loss)), 0);

/** Bets are tried in steps of this part of the greatest that cannot lose more than all. */
const BET_STEP = 0.02;

/**
 * The bet against "the mean loss is at least `risk`" that would have won most on losses like those that are to come, and one total loss
 * besides, so that luck does not make it stake everything.
 * @param losses others than those that are tested, 0…1 each
 */
export const bestBet = (losses: readonly number[], risk: number): number => {
  const most = 1 / (1 - risk), doubted = [...losses, 1];
  const bets = Array.from({ length: Math.round(1 / BET_STEP) - 1 }, (_, i) => (i + 1) * BET_STEP * most);
  return bets.reduce((best, bet) => (winnings(doubted, risk, bet) > winnings(doubted, risk, best) ? bet : best), 0);
};

/**
 * The p-value for "the mean loss is at least `risk`", by betting: 1 ∕ Π (1 + bet·(risk − loss)). Under that hypothesis no bet is expected
 * to win, and Markov's inequality bounds the chance of having won much (Waudby-Smith and Ramdas 2024, "Estimating means of bounded random
 * variables by betting", section 3; with one bet, fixed beforehand). Exact for any number of independent losses of one distribution
 * within 0…1; where all are alike it shows more than Hoeffding's bound, which knows nothing of how they vary.
 * @param bet 0…1/(1 − risk), chosen without these losses: see {@link bestBet}
 */
export const bettingP = (losses: readonly number[], risk: number, bet: number): number => Math.min(1, Math.exp(-winnings(losses, risk, bet)));

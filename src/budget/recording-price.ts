/** What looks must be worth for their cost while a recording is under way, by what is left of its budget and of its steps. Pure. */
import type { RecordingPrice } from '../inference/manifest.js';

/** Where `at` lies among rising knots: the knot below, and how far it is to the next, 0…1. Beyond the ends, the ends. */
const between = (knots: readonly number[], at: number): readonly [number, number] => {
  const last = knots.length - 1;
  const above = knots.findIndex((knot) => knot >= at);
  if (above === 0 || last === 0) return [0, 0];
  if (above < 0) return [last - 1, 1];
  const [low, high] = [Math.log(knots[above - 1] ?? 1), Math.log(knots[above] ?? 1)];
  return [above - 1, (Math.log(at) - low) / (high - low)];
};

/**
 * The price [bit of expected drop of risk for 10⁹ multiply-accumulates]: bilinear between the knots of the table, in logarithms. It never
 * rises with what is left.
 * @param stepsLeft steps up to the horizon, the one under way included
 * @param leftGmacs what is left for looks [10⁹ multiply-accumulates]
 */
export const recordingPrice = ({ stepsLeft: steps, leftGmacs: left, price }: RecordingPrice, stepsLeft: number, leftGmacs: number): number => {
  const [row, down] = between(steps, stepsLeft);
  const [column, across] = between(left, Math.max(leftGmacs, Number.MIN_VALUE));
  const at = (i: number, j: number): number => Math.log(price[Math.min(i, steps.length - 1)]?.[Math.min(j, left.length - 1)] ?? 1);
  const along = (i: number): number => at(i, column) * (1 - across) + at(i, column + 1) * across;
  return Math.exp(along(row) * (1 - down) + along(row + 1) * down);
};

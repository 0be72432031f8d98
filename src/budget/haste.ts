/** How far a camera is behind real time, as a price [bit for a second of work]: it is paid beside that of the caps. Pure. */

/** Being overtaken makes a second of work at most so dear [bit]. */
const MOST_BIT = 256;
/** It is half as dear after so long without being overtaken [µs]. */
const HALVES_US = 5_000_000;
/** Below this it is gone [bit]. */
const LEAST_BIT = 0.01;

/** After one more segment that was overtaken: twice as dear, and a bit at least. */
export const hastier = (haste: number): number => Math.min(MOST_BIT, Math.max(1, haste * 2));

/** After time that went by [µs]. */
export const calmer = (haste: number, passedUs: number): number => {
  const left = haste * 0.5 ** (passedUs / HALVES_US);
  return left < LEAST_BIT ? 0 : left;
};

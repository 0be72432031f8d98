/**
 * One time for all cameras of a site: it goes on as the media of the foremost camera does. A camera that was away, or is read
 * more slowly, is brought up behind the others, so that what they spend falls into the same window. Pure.
 */

/** A camera's time goes on by no more than this from one segment to the next [µs]: a jump earns nothing. */
const MOST_STEP_US = 2_000_000;
/** No camera is farther behind the foremost than this [µs]: the time it takes until one that is alone goes on from where all had come. */
const MOST_BEHIND_US = 60_000_000;

/** How far a camera has come. */
export interface Position {
  /** In its own time, of which jumps and outages are left out [µs]. */
  readonly ownUs: number;
  /** In the site's time [µs]. */
  readonly siteUs: number;
  /** End of its last segment on its media clock [µs]; absent before the first. */
  readonly endUs?: number;
}

/** Where a camera begins that comes to a site at this time [µs]. */
export const firstPosition = (siteUs: number): Position => ({ ownUs: 0, siteUs });

/** How far the media went on from one segment's end to the next [µs]; a clock that began anew counts as one hop. */
export const stepUs = (lastUs: number | undefined, endUs: number, hopUs: number): number =>
  lastUs === undefined || endUs < lastUs ? Math.min(hopUs, MOST_STEP_US) : Math.min(endUs - lastUs, MOST_STEP_US);

/** The camera's position at a segment that ends at `endUs`, beside a site that has come to `siteUs`. */
export const moved = ({ ownUs, siteUs: mine, endUs: lastUs }: Position, endUs: number, hopUs: number, siteUs: number): Position => {
  const step = stepUs(lastUs, endUs, hopUs);
  return { ownUs: ownUs + step, siteUs: Math.max(mine + step, siteUs - MOST_BEHIND_US), endUs };
};

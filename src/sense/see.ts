import { concatMap, defer, map, of, tap, type Observable } from 'rxjs';
import { Fault } from '../faults.js';
import type { DecodeCost, LazyVideo } from '../media/types.js';
import type { Segment } from '../segment/types.js';
import { runNet, type Net } from './net.js';
import { pictureToTensor, pictureValues } from './pixels.js';
import { NO_COST, type Cost, type NoReading, type Reading } from './types.js';

/** Looks at a segment: a reading, or the reason why there is none. Nothing is decoded before subscription. */
export type Look = (segment: Segment) => Observable<Reading | NoReading>;

/** How a stream is looked at. */
export interface SeeOptions {
  /** How far the key frame may lie before the segment's end [µs]. */
  readonly toleranceUs: number;
}

/** Waiting shorter than this is the way through a queue [ms]. */
const NOTICEABLE_MS = 1;

/** The decoder's part of a cost. */
export const decodingOf = ({ decodeMs, scaleMs, decodedFrames, waitMs }: DecodeCost): Cost =>
  ({ ...NO_COST, decodeMs: decodeMs + scaleMs, decodedFrames, ...(waitMs < NOTICEABLE_MS ? {} : { waitMs }) });

/**
 * Makes the eye of one stream: the last key frame before the segment's end, read by the appearance net. It remembers
 * its last reading: while the key frame is still the same, that reading holds (`reused`) and the net does not run.
 * Nothing later than the segment is used, so the answer does not depend on how far the source has been read.
 *
 * @param net the appearance sense of a pack; undefined when there is none: every look is `not-installed`
 * @throws Fault `pack-invalid` when the net does not want a picture
 */
export const createSee = (net: Net | undefined, { toleranceUs }: SeeOptions): Look => {
  if (net === undefined) return () => of({ sense: 'appearance', reason: 'not-installed', cost: NO_COST });
  const spec = net.manifest.input.from;
  if (spec.kind !== 'picture') {
    throw new Fault('sense', 'pack-invalid', `${net.manifest.file} is an appearance net, but its manifest gives it a ${spec.kind}.`, {
      remedy: 'Give its input as picture.',
    });
  }
  const pixels = new Float32Array(pictureValues(spec));
  const background: ReadonlySet<string> = new Set(net.manifest.background);
  let last: { readonly video: LazyVideo; readonly era: number; readonly reading: Reading } | undefined;

  return ({ video, endUs, era }) => defer(() => {
    if (video === undefined) return of<NoReading>({ sense: 'appearance', reason: 'no-video', cost: NO_COST });
    const known = last?.video === video && last.era === era ? last.reading : undefined;
    const { width, height } = spec;
    return video.frameAt({
      timeUs: endUs, notAfterUs: endUs, size: { width, height }, toleranceUs,
      ...(known === undefined ? {} : { knownUs: known.timeUs }),
    }).pipe(concatMap(({ picture, unchanged, reason, cost }): Observable<Reading | NoReading> => {
      const decoding = decodingOf(cost);
      if (unchanged === true && known !== undefined) return of({ ...known, reused: true, cost: decoding });
      if (picture === undefined) return of({ sense: 'appearance', reason: reason ?? 'closed', cost: decoding });
      return runNet(net, () => pictureToTensor(picture, spec, pixels)).pipe(
        map(({ scores, features, ms, gmacs }): Reading => ({
          sense: 'appearance', scores, labels: net.labels, background, timeUs: picture.timeUs,
          ...(features === undefined ? {} : { features }),
          cost: { ...decoding, gmacs, ms },
        })),
        tap((reading) => { last = { video, era, reading }; }),
      );
    }));
  });
};

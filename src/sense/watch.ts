import { concatMap, defer, map, of, type Observable } from 'rxjs';
import { Fault } from '../faults.js';
import { runNet, type Net } from './net.js';
import { clipToTensor, pictureValues } from './pixels.js';
import { decodingOf, type Look } from './see.js';
import { NO_COST, type NoReading, type Reading } from './types.js';

/**
 * Makes the eye for motion of one stream: the clip of `spanS` seconds that ends with the segment, read by the motion net.
 * Near the beginning of a stream, where there is no such clip yet, there is no reading.
 *
 * @param net the motion sense of a pack; undefined when there is none: every look is `not-installed`
 * @throws Fault `pack-invalid` when the net does not want a clip
 */
export const createWatch = (net: Net | undefined): Look => {
  if (net === undefined) return () => of({ sense: 'motion', reason: 'not-installed', cost: NO_COST });
  const spec = net.manifest.input.from;
  if (spec.kind !== 'clip') {
    throw new Fault('sense', 'pack-invalid', `${net.manifest.file} is a motion net, but its manifest gives it a ${spec.kind}.`, {
      remedy: 'Give its input as clip.',
    });
  }
  const { width, height, frames, spanS } = spec;
  const pixels = new Float32Array(frames * pictureValues(spec));
  const background: ReadonlySet<string> = new Set(net.manifest.background);

  return ({ video, endUs }) => defer(() => {
    if (video === undefined) return of<NoReading>({ sense: 'motion', reason: 'no-video', cost: NO_COST });
    const fromUs = endUs - spanS * 1e6;
    if (fromUs < 0) return of<NoReading>({ sense: 'motion', reason: 'not-in-ring', cost: NO_COST });
    return video.clip({ fromUs, toUs: endUs, count: frames, size: { width, height } }).pipe(
      concatMap(({ pictures, reason, cost }): Observable<Reading | NoReading> => {
        const decoding = decodingOf(cost);
        if (pictures.length !== frames) return of({ sense: 'motion', reason: reason ?? 'closed', cost: decoding });
        return runNet(net, () => clipToTensor(pictures, spec, pixels)).pipe(map(({ scores, features, ms, gmacs }) => ({
          sense: 'motion', scores, labels: net.labels, background, timeUs: endUs,
          ...(features === undefined ? {} : { features }),
          cost: { ...decoding, gmacs, ms },
        })));
      }),
    );
  });
};

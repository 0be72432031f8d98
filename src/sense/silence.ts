import { concatMap, defer, map, of, throwError, type Observable } from 'rxjs';
import { Fault } from '../faults.js';
import { createLogMel } from './log-mel.js';
import { runNet, type Net } from './net.js';

/**
 * What an audio net makes of digital silence, `[features]`: what stands for sound that is missing, in training and live.
 * Cold: the net is run once, at subscription. Emits once. Errors with Fault `pack-invalid` when the net wants no sound or
 * gives no features.
 */
export const silentFeatures = (net: Net): Observable<Float32Array> => defer(() => {
  const { input: { from }, file } = net.manifest;
  if (from.kind !== 'log-mel') return throwError(() => new Fault('sense', 'pack-invalid', `${file} takes a ${from.kind}, not sound.`));
  const front = createLogMel(from);
  return runNet(net, () => front.patch(new Float32Array(front.windowSamples))).pipe(
    map(({ features }) => features?.slice()),
    concatMap((features) => features === undefined
      ? throwError(() => new Fault('sense', 'pack-invalid', `${file} gives no features, so that no policy can be trained on it.`, { remedy: 'Name a pack whose audio net has a features output.' }))
      : of(features)),
  );
});

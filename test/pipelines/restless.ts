/** A recording for tests of what a policy makes of a whole stream. */
import { pictures, recording, tone } from '../fixtures/recordings.js';

/** Where the future begins [s]. */
export const NOW_S = 4;
const RATE_HZ = 48_000;

/**
 * Seconds of pictures and sound that change all the time, so that gates have something to decide on. All that
 * comes after NOW_S depends on `future`; what comes before does not, in the encoder either: its quantiser is fixed, it
 * does not look ahead, and the sound is without loss.
 */
export const restless = (name: string, future = 0, lastsS = 7): string => recording(name, () => ({
  video: pictures(lastsS, {
    fps: 25, width: 128, height: 128, gopFrames: 25, options: { tune: 'zerolatency', qp: '20' },
    frame: (n) => new Uint8Array(128 * 128 * 3).map((_, i) => ((i % 3) * 80 + Math.floor((n + (n < NOW_S * 25 ? 0 : future)) / 13) * 37) % 256),
  }),
  audio: tone(lastsS, {
    codec: 'flac',
    samples: Float32Array.from({ length: RATE_HZ * lastsS }, (_, i) => {
      const shift = i < NOW_S * RATE_HZ ? 0 : future;
      return (Math.floor(i / 30_000) + shift) % 3 === 0 ? 0 : 0.4 * Math.sin(i * (0.02 + 0.03 * (Math.floor(i / RATE_HZ) + shift)));
    }),
  }),
}));

import type { Random } from '../../src/learn/random.js';

/** Root mean square of some sound. */
export const rms = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, v) => sum + v * v, 0) / Math.max(1, samples.length));

/** A ratio of amplitudes from decibels. */
export const fromDb = (db: number): number => 10 ** (db / 20);

/** Multiplies in place and gives the same array back. */
export const scale = (samples: Float32Array, gain: number): Float32Array => {
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] ?? 0) * gain;
  return samples;
};

/** Adds `other`, times `gain`, in place. */
export const add = (samples: Float32Array, other: Float32Array, gain = 1): Float32Array => {
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] ?? 0) + (other[i] ?? 0) * gain;
  return samples;
};

/** A second-order filter, in place: y = (b0 x + b1 x' + b2 x'' − a1 y' − a2 y''), normalised. */
export const biquad = (samples: Float32Array, [b0, b1, b2, a1, a2]: readonly [number, number, number, number, number]): Float32Array => {
  let x1 = 0, x2 = 0, y1 = 0, y2 = 0;
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i] ?? 0;
    const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
    x2 = x1; x1 = x; y2 = y1; y1 = y;
    samples[i] = y;
  }
  return samples;
};

const RATE = 16_000;

/** A bell of `db` at `hz` (R. Bristow-Johnson, Cookbook formulae for audio EQ). */
export const peaking = (samples: Float32Array, hz: number, q: number, db: number): Float32Array => {
  const a = 10 ** (db / 40), w = (2 * Math.PI * hz) / RATE, alpha = Math.sin(w) / (2 * q), n = 1 + alpha / a;
  return biquad(samples, [(1 + alpha * a) / n, (-2 * Math.cos(w)) / n, (1 - alpha * a) / n, (-2 * Math.cos(w)) / n, (1 - alpha / a) / n]);
};

/** Second-order low-pass (same source). */
export const lowPass = (samples: Float32Array, hz: number, q = 0.707): Float32Array => {
  const w = (2 * Math.PI * hz) / RATE, alpha = Math.sin(w) / (2 * q), n = 1 + alpha, c = Math.cos(w);
  return biquad(samples, [(1 - c) / 2 / n, (1 - c) / n, (1 - c) / 2 / n, (-2 * c) / n, (1 - alpha) / n]);
};

/** Second-order high-pass (same source). */
export const highPass = (samples: Float32Array, hz: number, q = 0.707): Float32Array => {
  const w = (2 * Math.PI * hz) / RATE, alpha = Math.sin(w) / (2 * q), n = 1 + alpha, c = Math.cos(w);
  return biquad(samples, [(1 + c) / 2 / n, -(1 + c) / n, (1 + c) / 2 / n, (-2 * c) / n, (1 - alpha) / n]);
};

/** Second-order band-pass with 0 dB at its centre (same source). */
export const bandPass = (samples: Float32Array, hz: number, q: number): Float32Array => {
  const w = (2 * Math.PI * hz) / RATE, alpha = Math.sin(w) / (2 * q), n = 1 + alpha;
  return biquad(samples, [alpha / n, 0, -alpha / n, (-2 * Math.cos(w)) / n, (1 - alpha) / n]);
};

/** White noise of unit variance, `[length]`. */
export const whiteNoise = (length: number, random: Random): Float32Array => Float32Array.from({ length }, () => random.normal());

/** Noise whose power falls by `slope` times 6 dB an octave: 0 white, about 0.5 pink, 1 brown. */
export const colouredNoise = (length: number, slope: number, random: Random): Float32Array => {
  const white = whiteNoise(length, random);
  const brown = new Float32Array(length);
  let sum = 0;
  for (let i = 0; i < length; i++) brown[i] = sum = 0.995 * sum + 0.1 * (white[i] ?? 0);
  return add(scale(white, 1 - slope), brown, slope);
};

/** A room: the sound itself and sparse, ever weaker echoes over `seconds` (velvet noise). */
export const echo = (samples: Float32Array, seconds: number, wet: number, random: Random): Float32Array => {
  const dry = samples.slice();
  const taps = 24;
  for (let tap = 0; tap < taps; tap++) {
    const delay = Math.floor(((tap + random.uniform(0.2, 1)) / taps) * seconds * RATE) + 1;
    const gain = wet * (random.chance(0.5) ? 1 : -1) * 10 ** ((-3 * delay) / (seconds * RATE));
    for (let i = delay; i < samples.length; i++) samples[i] = (samples[i] ?? 0) + gain * (dry[i - delay] ?? 0);
  }
  return samples;
};

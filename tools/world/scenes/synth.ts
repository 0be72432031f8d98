/** Parts that sounds are built of. All at 16 kHz, −1…1. */
import { scale } from '../../pretrain/filters.js';
import type { Random } from '../../../src/learn/random.js';

/** Rate of every sound of the worlds [Hz]. */
export const RATE = 16_000;

const TABLE_BITS = 11;
const TABLE = Float32Array.from({ length: 2 ** TABLE_BITS }, (_, i) => Math.sin((2 * Math.PI * i) / 2 ** TABLE_BITS));

/** The sine of a phase counted in turns, from a table. */
export const sine = (turns: number): number => TABLE[((turns - Math.floor(turns)) * 2 ** TABLE_BITS) & (2 ** TABLE_BITS - 1)] ?? 0;

/** Sound from a function of time [s]. */
export const sound = (length: number, of: (timeS: number, index: number) => number): Float32Array => {
  const samples = new Float32Array(length);
  for (let i = 0; i < length; i++) samples[i] = of(i / RATE, i);
  return samples;
};

/** A voice of partials: `amplitudes[k]` at `ratios[k]` times the pitch [Hz], which may change with time. */
export const partials = (length: number, pitch: (timeS: number) => number, amplitudes: readonly number[], ratios = amplitudes.map((_, k) => k + 1)): Float32Array => {
  let phase = 0;
  return sound(length, (t) => {
    const hz = pitch(t);
    phase += hz / RATE;
    let sum = 0;
    for (let k = 0; k < amplitudes.length; k++) {
      const ratio = ratios[k] ?? 1;
      if (ratio * hz < 7600) sum += (amplitudes[k] ?? 0) * sine(phase * ratio);
    }
    return sum;
  });
};

/** Shapes a sound in place by a level that changes with time. */
export const shaped = (samples: Float32Array, level: (timeS: number) => number): Float32Array => {
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] ?? 0) * level(i / RATE);
  return samples;
};

/** Unit loudness (RMS 1); silence stays silence. */
export const unit = (samples: Float32Array): Float32Array => {
  let sum = 0;
  for (const v of samples) sum += v * v;
  const loud = Math.sqrt(sum / Math.max(1, samples.length));
  return loud < 1e-9 ? samples : scale(samples, 1 / loud);
};

/** Where in a cycle of a rate [Hz] a time lies, 0…1. */
export const cycle = (timeS: number, hz: number): number => timeS * hz - Math.floor(timeS * hz);

/** Adds a short sound at a time, as far as there is room. */
export const place = (into: Float32Array, what: Float32Array, atS: number, gain = 1): void => {
  const from = Math.round(atS * RATE), end = Math.min(what.length, into.length - from);
  for (let i = 0; i < end; i++) into[from + i] = (into[from + i] ?? 0) + (what[i] ?? 0) * gain;
};

/** White noise, uniform and cheap. */
export const hiss = (length: number, random: Random): Float32Array => {
  const samples = new Float32Array(length);
  for (let i = 0; i < length; i++) samples[i] = random.uniform(-1, 1);
  return samples;
};

/** Noise that is softer the higher: white noise and its running sum, mixed 0…1. */
export const rumble = (length: number, share: number, random: Random): Float32Array => {
  const samples = new Float32Array(length);
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const white = random.uniform(-1, 1);
    sum = 0.995 * sum + 0.1 * white;
    samples[i] = (1 - share) * white + share * sum;
  }
  return samples;
};

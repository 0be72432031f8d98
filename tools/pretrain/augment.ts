import { colouredNoise, echo, fromDb, highPass, lowPass, peaking, rms, scale } from './filters.js';
import type { Random } from '../../src/learn/random.js';

/** `length` samples of a clip from `start`, played at `speed` (linear interpolation); silence beyond its ends. */
export const cut = (clip: Float32Array, start: number, length: number, speed = 1): Float32Array =>
  Float32Array.from({ length }, (_, i) => {
    const at = start + i * speed, whole = Math.floor(at), part = at - whole;
    return (clip[whole] ?? 0) * (1 - part) + (clip[whole + 1] ?? 0) * part;
  });

/** What a microphone, a room and a codec do to one sound: equaliser, echoes, a band limit. In place. */
export const colour = (samples: Float32Array, random: Random): Float32Array => {
  if (random.chance(0.6)) {
    for (let bells = 1 + random.below(3); bells > 0; bells--) {
      peaking(samples, 100 * 2 ** random.uniform(0.5, 6), random.uniform(0.4, 1.5), random.uniform(-9, 9));
    }
  }
  if (random.chance(0.3)) echo(samples, random.uniform(0.05, 0.4), random.uniform(0.05, 0.4), random);
  if (random.chance(0.2)) lowPass(samples, random.uniform(2500, 7000));
  if (random.chance(0.2)) highPass(samples, random.uniform(60, 400));
  return samples;
};

/** Hum of the mains, a beeping device, or a steady tone: sounds that mean nothing to us. */
const tones = (length: number, random: Random): Float32Array => {
  const hz = random.chance(0.4) ? random.pick([50, 60, 100, 120]) : random.uniform(200, 4000);
  const harmonics = 1 + random.below(6);
  const period = random.chance(0.5) ? Infinity : random.uniform(0.15, 0.8);
  return Float32Array.from({ length }, (_, i) => {
    const t = i / 16_000;
    if (t % period > period / 2) return 0;
    let sum = 0;
    for (let h = 1; h <= harmonics; h++) sum += Math.sin(2 * Math.PI * hz * h * t) / h;
    return sum;
  });
};

/** A breeze in the microphone: low noise that swells and falls. */
const wind = (length: number, random: Random): Float32Array => {
  const noise = lowPass(colouredNoise(length, 1, random), random.uniform(150, 700));
  const hz = random.uniform(0.2, 2), phase = random.uniform(0, 6);
  for (let i = 0; i < length; i++) noise[i] = (noise[i] ?? 0) * (1.2 + Math.sin((2 * Math.PI * hz * i) / 16_000 + phase));
  return noise;
};

/** A sound made here that is none of the labels, of unit level. */
export const nothingInParticular = (length: number, random: Random): Float32Array => {
  const kind = random.below(4);
  const samples = kind === 0 ? tones(length, random) : kind === 1 ? wind(length, random) : colouredNoise(length, random.uniform(0, 1), random);
  return scale(samples, 1 / Math.max(1e-6, rms(samples)));
};

/** Brings a window to a level between barely audible and loud, sometimes into clipping, and adds a converter's own noise. */
export const toLevel = (samples: Float32Array, random: Random): Float32Array => {
  const level = rms(samples);
  const db = random.chance(0.15) ? random.uniform(-60, -42) : random.uniform(-42, -8);
  if (level > 1e-7) scale(samples, fromDb(db) / level);
  const floor = fromDb(random.uniform(-96, -66));
  for (let i = 0; i < samples.length; i++) samples[i] = Math.max(-1, Math.min(1, (samples[i] ?? 0) + floor * random.normal()));
  return samples;
};

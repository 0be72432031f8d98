import { add, bandPass, colouredNoise, echo, highPass, lowPass, rms, scale, whiteNoise } from '../pretrain/filters.js';
import type { Random } from '../../src/learn/random.js';

/** Rate of everything made here [Hz]. */
export const RATE = 16_000;

const unit = (samples: Float32Array): Float32Array => scale(samples, 1 / Math.max(1e-9, rms(samples)));
const each = (length: number, of: (timeS: number, index: number) => number): Float32Array =>
  Float32Array.from({ length }, (_, i) => of(i / RATE, i));

/** Air in a meadow: soft low noise that swells slowly. Unit level. */
export const breeze = (length: number, random: Random): Float32Array => {
  const low = lowPass(lowPass(colouredNoise(length, 1, random), 450), 450);
  return unit(each(length, (t, i) => (low[i] ?? 0) * (1 + 0.3 * Math.sin(2 * Math.PI * 0.13 * t) + 0.2 * Math.sin(2 * Math.PI * 0.31 * t + 1))));
};

/**
 * A helicopter: air that the blades press down 19 times a second (a smooth pulse with a few overtones), the
 * rush of it in three bands that swell with each pulse, a tail rotor that buzzes and a turbine that whines.
 * Unit level where it is nearest.
 *
 * @param near 0…1 at a time [s]: the level
 * @param doppler factor on every pitch at a time [s]
 */
export const helicopter = (length: number, near: (timeS: number) => number, doppler: (timeS: number) => number, random: Random): Float32Array => {
  const rush = unit(lowPass(highPass(colouredNoise(length, 0.2, random), 80), 1400));
  const deep = unit(lowPass(whiteNoise(length, random), 280));
  const middle = unit(bandPass(whiteNoise(length, random), 450, 0.7));
  let blade = 0, tail = 0, turbine = 0;
  const overtones = (phase: number, count: number, of: (h: number) => number, shift = 0): number => {
    let sum = 0;
    for (let h = 1; h <= count; h++) sum += Math.sin(2 * Math.PI * phase * h + h * h * shift) * of(h);
    return sum;
  };
  const dry = each(length, (t, i) => {
    const pitch = doppler(t), level = near(t);
    blade += (19 * pitch) / RATE;
    tail += (105 * pitch) / RATE;
    turbine += (2300 * pitch) / RATE;
    if (level === 0) return 0;
    const swell = 0.6 + (0.5 + 0.5 * Math.cos(2 * Math.PI * blade)) ** 4;
    const air = 0.48 * (deep[i] ?? 0) + 0.72 * (rush[i] ?? 0) + 0.78 * (middle[i] ?? 0);
    return level * (0.47 * overtones(blade, 11, (h) => Math.exp(-0.3 * h), 0.7) + air * swell + 0.05 * overtones(tail, 5, (h) => 1 / h) + 0.01 * Math.sin(2 * Math.PI * turbine));
  });
  return scale(echo(dry, 0.3, 0.25, random), 0.7);
};

/** Rain on leaves and ground: a hiss, and drops that each ring for a moment. Unit level at full rainfall. */
export const rain = (length: number, amount: (timeS: number) => number, random: Random): Float32Array => {
  const hiss = lowPass(highPass(whiteNoise(length, random), 900), 6500);
  const body = bandPass(whiteNoise(length, random), 1400, 0.5);
  const drops = new Float32Array(length);
  for (let n = 0; n < (length / RATE) * 220; n++) {
    const at = random.below(length), hz = random.uniform(900, 5200), loud = random.uniform(0.1, 1) ** 3, decay = random.uniform(0.0015, 0.006);
    for (let i = 0; i < decay * 6 * RATE && at + i < length; i++) {
      drops[at + i] = (drops[at + i] ?? 0) + loud * Math.exp(-i / (decay * RATE)) * Math.sin((2 * Math.PI * hz * i) / RATE);
    }
  }
  const all = unit(add(add(unit(hiss), unit(body), 0.5), unit(drops), 0.55));
  return each(length, (t, i) => (all[i] ?? 0) * amount(t));
};

/** One bark: a voice that jumps up and falls within a seventh of a second, hoarse, through a muzzle's resonances. */
const bark = (samples: Float32Array, at: number, random: Random): void => {
  const length = Math.round(0.144 * RATE);
  let phase = 0;
  for (let i = 0; i < length && at + i < samples.length; i++) {
    const through = i / length;
    const pitch = through < 0.25 ? 1 + 1.33 * through : 1.33 - 0.54 * (through - 0.25);
    const hz = 685 * pitch * (1 + 0.04 * random.normal());
    phase += hz / RATE;
    let voice = 0;
    for (let h = 1; h * hz < 7000; h++) voice += Math.sin(2 * Math.PI * h * phase) / h;
    const level = Math.min(1, i / (0.026 * RATE)) * (1 - through) ** 0.7;
    samples[at + i] = (samples[at + i] ?? 0) + level * (voice * (1 + 0.79 * Math.sin(Math.PI * phase)) + 1.05 * random.normal());
  }
};

/** A dog that barks at the given times [s]; its loudest sample is 1. */
export const dog = (length: number, timesS: readonly number[], random: Random): Float32Array => {
  const voice = new Float32Array(length);
  for (const timeS of timesS) bark(voice, Math.round(timeS * RATE), random);
  const muzzle = add(add(bandPass(voice.slice(), 713, 2.56), bandPass(voice.slice(), 1360, 2.83), 0.67), voice, 0.12);
  echo(muzzle, 0.44, 0.41, random);
  return scale(muzzle, 1 / muzzle.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-9));
};

/** Sounds that classes are known by. */
import { add, bandPass, highPass, lowPass } from '../../pretrain/filters.js';
import type { Random } from '../../../src/learn/random.js';
import { cycle, hiss, partials, place, shaped, sine, sound, unit } from './synth.js';

/** What varies from one sound of a timbre to the next; each −1…1. */
export interface TimbreTraits {
  readonly pitch: number;
  readonly rate: number;
  readonly colour: number;
}

/**
 * Draws traits. A world's test part takes `held` ones, which no other part has: the traits are cut into bands, and
 * every other band is held.
 */
export const drawTraits = (held: boolean, random: Random): TimbreTraits => {
  const trait = (): number => {
    const band = random.below(4) * 2 + (held ? 1 : 0);
    return -1 + (2 * (band + random.uniform(0, 1))) / 8;
  };
  return { pitch: trait(), rate: trait(), colour: trait() };
};

type Voice = (length: number, pitch: number, rate: number, colour: number, random: Random) => Float32Array;

/** Repeats a short sound, evenly. */
const every = (length: number, periodS: number, what: Float32Array): Float32Array => {
  const all = new Float32Array(length);
  for (let t = 0; t * 16_000 < length; t += periodS) place(all, what, t);
  return all;
};

const sweep = (fromHz: number, toHz: number, seconds: number): Float32Array =>
  shaped(partials(Math.round(seconds * 16_000), (t) => fromHz * (toHz / fromHz) ** (t / seconds), [1, 0.35, 0.15]), (t) => Math.sin((Math.PI * t) / seconds) ** 0.5);

/** A voice through three resonances [Hz]. */
const vowel = (length: number, pitchHz: number, formants: readonly number[]): Float32Array => {
  const source = partials(length, (t) => pitchHz * (1 + 0.015 * sine(5.2 * t)), Array.from({ length: 24 }, (_, k) => 1 / (k + 1) ** 0.5));
  return formants.reduce<Float32Array>((sum, hz, k) => add(sum, bandPass(source.slice(), hz, 9), 1 / (k + 1)), new Float32Array(length));
};

/** `pitch` and `rate` are factors about 1, `colour` is −1…1. */
const VOICES = {
  hum: (n, pitch, rate) => shaped(partials(n, () => 230 * pitch, [1, 0.7, 0.5, 0.35, 0.25, 0.15]), (t) => 1 + 0.15 * sine(2 * rate * t)),
  whistle: (n, pitch, rate, colour) => partials(n, (t) => 2700 * pitch * (1 + 0.012 * sine(5 * rate * t)), [1, 0.06 + 0.04 * colour]),
  siren: (n, pitch, rate, colour) => partials(n, (t) => 850 * pitch * 2 ** (0.65 * sine(1.4 * rate * t)), [1, 0.4 + 0.1 * colour, 0.2]),
  rise: (n, pitch, rate) => every(n, 0.34 / rate, sweep(450 * pitch, 3300 * pitch, 0.26 / rate)),
  fall: (n, pitch, rate) => every(n, 0.34 / rate, sweep(3300 * pitch, 450 * pitch, 0.26 / rate)),
  clicks: (n, pitch, rate, _colour, random) => every(n, 0.16 / rate, shaped(bandPass(hiss(400, random), 2600 * pitch, 0.6), (t) => Math.exp(-t / 0.004))),
  buzz: (n, pitch, rate, colour) => shaped(partials(n, () => 135 * pitch, Array.from({ length: 30 }, (_, k) => (k + 1) ** (-0.7 + 0.15 * colour))), (t) => 0.55 + 0.45 * sine(24 * rate * t)),
  bell: (n, pitch, rate, colour) => every(n, 0.46 / rate, shaped(partials(7000, () => 620 * pitch, [1, 0.7, 0.5, 0.3 + 0.1 * colour], [1, 2.76, 5.4, 8.93]), (t) => Math.exp(-t / 0.13))),
  thud: (n, pitch, rate, _colour, random) => every(n, 0.4 / rate, shaped(bandPass(hiss(4000, random), 210 * pitch, 1.4), (t) => Math.exp(-t / 0.06))),
  rattle: (n, pitch, rate, _colour, random) => shaped(highPass(highPass(hiss(n, random), 4300 * pitch), 4300 * pitch), (t) => Math.exp(-cycle(t, 8.5 * rate) * 4)),
  kettle: (n, pitch, rate, _colour, random) => shaped(bandPass(bandPass(hiss(n, random), 1350 * pitch, 7), 1350 * pitch, 7), (t) => 1 + 0.2 * sine(3 * rate * t)),
  vowel: (n, pitch, _rate, colour) => vowel(n, 145 * pitch, [730 + 40 * colour, 1150, 2500]),
  squeal: (n, pitch, rate) => {
    const voice = vowel(n, 420 * pitch, [420, 2350, 3300]);
    return shaped(voice, (t) => 0.25 + 0.75 * Math.max(0, sine(3.1 * rate * t)));
  },
  beeps: (n, pitch, rate) => partials(n, (t) => (cycle(t, 3.4 * rate) < 0.5 ? 1000 : 1500) * pitch, [1, 0, 0.33, 0, 0.2]),
  cricket: (n, pitch, rate, colour) => shaped(partials(n, () => 4300 * pitch, [1]), (t) => (cycle(t, 2.2) < 0.7 + 0.1 * colour ? Math.max(0, sine(30 * rate * t)) : 0)),
  grinder: (n, pitch, rate, _colour, random) => {
    const noise = lowPass(hiss(n, random), 90);
    const metal = partials(n, () => 700 * pitch, [1, 0.9, 0.8, 0.7, 0.6], [1, 1.63, 2.71, 4.19, 6.13]);
    return sound(n, (t, i) => (metal[i] ?? 0) * (0.5 + 0.5 * sine(52 * rate * t)) * (1 + 4 * (noise[i] ?? 0)));
  },
  bubbles: (n, pitch, rate, _colour, random) => {
    const all = new Float32Array(n);
    for (let t = random.uniform(0, 0.05); t * 16_000 < n; t += random.uniform(0.05, 0.11) / rate) {
      const hz = random.uniform(420, 680) * pitch;
      place(all, sweep(hz, hz * 2.1, 0.045), t, random.uniform(0.5, 1));
    }
    return all;
  },
} as const satisfies Readonly<Record<string, Voice>>;

/** The name of a timbre. */
export type TimbreName = keyof typeof VOICES;
/** Every timbre's name, in a fixed order. */
export const TIMBRE_NAMES = Object.keys(VOICES) as readonly TimbreName[];

/** A sound of this timbre, `[length]`, at 16 kHz and unit loudness. */
export const speak = (timbre: TimbreName, length: number, { pitch, rate, colour }: TimbreTraits, random: Random): Float32Array =>
  unit(VOICES[timbre](length, 2 ** (0.2 * pitch), 2 ** (0.25 * rate), colour, random));

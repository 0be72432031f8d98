/** Sounds that tell nothing: distractors, which draw attention, and ambience, which is always there. */
import { add, bandPass, highPass, lowPass } from '../../pretrain/filters.js';
import type { Random } from '../../../src/learn/random.js';
import { hiss, partials, place, rumble, shaped, sine, sound, unit, RATE } from './synth.js';

const SCALE = [0, 2, 4, 7, 9, 12, 14, 16];
const VOWELS = [[730, 1090, 2440], [270, 2290, 3010], [300, 870, 2240], [530, 1840, 2480], [570, 840, 2410]] as const;

type Distract = (length: number, held: number, random: Random) => Float32Array;

const pluck = (hz: number, seconds: number): Float32Array =>
  shaped(partials(Math.round(seconds * RATE), () => hz, [1, 0.6, 0.35, 0.2, 0.1]), (t) => Math.exp(-t / 0.18));

const syllable = (random: Random, pitchHz: number, seconds: number): Float32Array => {
  const n = Math.round(seconds * RATE), from = random.pick(VOWELS);
  const source = partials(n, (t) => pitchHz * (1.1 - (0.2 * t) / seconds), Array.from({ length: 18 }, (_, k) => 1 / (k + 1) ** 0.7));
  const voiced = from.reduce<Float32Array>((sum, hz, k) => add(sum, bandPass(source.slice(), hz * random.uniform(0.9, 1.1), 6), 1 / (k + 1)), new Float32Array(n));
  return shaped(voiced, (t) => Math.sin((Math.PI * t) / seconds));
};

/** The `held` argument shifts pitches and rates where a world's test part draws from. */
const DISTRACTORS = {
  music: (n, held, random) => {
    const all = new Float32Array(n), beatS = random.uniform(0.14, 0.24) * (1 + 0.15 * held), root = random.uniform(220, 330) * (1 + 0.12 * held);
    for (let t = 0; t * RATE < n; t += beatS * (random.chance(0.3) ? 2 : 1)) {
      place(all, pluck(root * 2 ** (random.pick(SCALE) / 12), 0.5), t, random.uniform(0.5, 1));
      if (random.chance(0.3)) place(all, pluck((root / 2) * 2 ** (random.pick(SCALE) / 12), 0.7), t, 0.8);
    }
    return all;
  },
  speech: (n, held, random) => {
    const all = new Float32Array(n), pitch = random.uniform(95, 210) * (1 + 0.1 * held);
    for (let t = 0; t * RATE < n;) {
      const seconds = random.uniform(0.1, 0.24);
      place(all, unit(syllable(random, pitch * random.uniform(0.85, 1.2), seconds)), t, random.uniform(0.6, 1));
      if (random.chance(0.4)) place(all, shaped(highPass(hiss(1200, random), 3000), (s) => Math.sin((Math.PI * s) / 0.075)), t + seconds * 0.8, 0.6);
      t += seconds + (random.chance(0.2) ? random.uniform(0.15, 0.4) : 0.02);
    }
    return all;
  },
  shower: (n, held, random) => {
    const swell = random.uniform(0.3, 0.8), low = random.uniform(500, 1100) * (1 + 0.3 * held);
    return shaped(lowPass(highPass(hiss(n, random), low), 6000), (t) => 1 + 0.5 * sine(swell * t));
  },
  engine: (n, held, random) => {
    const base = random.uniform(62, 88) * (1 + 0.1 * held), wander = random.uniform(0.2, 0.5);
    const motor = unit(partials(n, (t) => base * (1 + 0.06 * sine(wander * t)), [1, 0.9, 0.8, 0.6, 0.5, 0.4, 0.3, 0.3, 0.2]));
    return add(motor, unit(lowPass(hiss(n, random), 500)), 0.5);
  },
  clatter: (n, held, random) => {
    const all = new Float32Array(n);
    for (let t = 0; t * RATE < n; t += random.uniform(0.05, 0.45) * (1 - 0.2 * held)) {
      const hz = random.uniform(500, 3000), ratios = [1, random.uniform(1.3, 1.9), random.uniform(2, 3.4)];
      place(all, shaped(add(partials(1600, () => hz, [1, 0.8, 0.6], ratios), hiss(1600, random), 0.4), (s) => Math.exp(-s / 0.025)), t, random.uniform(0.3, 1));
    }
    return all;
  },
} as const satisfies Readonly<Record<string, Distract>>;

/** The name of a kind of distractor. */
export type DistractorName = keyof typeof DISTRACTORS;
/** Every kind of distractor, in a fixed order. */
export const DISTRACTOR_NAMES = Object.keys(DISTRACTORS) as readonly DistractorName[];

/** A distractor, `[length]`, at 16 kHz and unit loudness. @param held whether the traits are those that only test parts have */
export const distract = (kind: DistractorName, length: number, held: boolean, random: Random): Float32Array =>
  unit(DISTRACTORS[kind](length, held ? 1 : 0, random));

/** The sound of the place, `[length]`, at 16 kHz and unit loudness: soft noise that swells slowly, sometimes with a hum. */
export const ambience = (length: number, random: Random): Float32Array => {
  const noise = unit(lowPass(rumble(length, random.uniform(0.3, 0.9), random), random.uniform(1500, 5000)));
  const swell = random.uniform(0.1, 0.4), hum = random.chance(0.4) ? random.uniform(0.1, 0.3) : 0, hz = random.pick([50, 60]) * 2;
  return unit(sound(length, (t, i) => (noise[i] ?? 0) * (1 + 0.3 * sine(swell * t)) + hum * sine(hz * t)));
};

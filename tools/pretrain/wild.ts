import { add, bandPass, colouredNoise, echo, fromDb, rms, scale } from './filters.js';
import { colour, cut, nothingInParticular, toLevel } from './augment.js';
import { LABELS, WINDOW_SAMPLES } from './labels.js';
import type { Clip } from './library.js';
import type { Random } from '../../src/learn/random.js';
import type { Example } from './windows.js';

/**
 * Sounds that nobody labelled and that may not exist: recordings bent far out of shape, one sound's rhythm on
 * another's timbre, and sounds made of oscillators and noise. Only the teacher says what they are like; with
 * a few hundred recordings to learn from, they are what keeps the small net from learning those by heart.
 */

const RATE = 16_000;
const unit = (samples: Float32Array): Float32Array => scale(samples, 1 / Math.max(1e-6, rms(samples)));

const bent = (clips: readonly Clip[], random: Random): Float32Array => {
  const { samples } = random.pick(clips);
  const speed = 2 ** random.uniform(-1.2, 1.2);
  const window = cut(samples, random.uniform(0, Math.max(0, samples.length - WINDOW_SAMPLES * speed)), WINDOW_SAMPLES, speed);
  if (random.chance(0.4)) window.reverse();
  if (random.chance(0.2)) {
    const hz = random.uniform(3, 900), depth = random.uniform(0.3, 1);
    for (let i = 0; i < window.length; i++) window[i] = (window[i] ?? 0) * (1 - depth + depth * Math.sin((2 * Math.PI * hz * i) / RATE));
  }
  return unit(colour(colour(window, random), random));
};

/** How loud a sound is from moment to moment: a follower with a release of about 15 ms. */
const rhythmOf = (samples: Float32Array): Float32Array => {
  let level = 0;
  return samples.map((v) => (level = Math.max(Math.abs(v), level * 0.996)));
};

const crossed = (clips: readonly Clip[], random: Random): Float32Array => {
  const timbre = bent(clips, random), rhythm = rhythmOf(bent(clips, random)), own = rhythmOf(timbre);
  return unit(timbre.map((v, i) => (v * (rhythm[i] ?? 0)) / ((own[i] ?? 0) + 0.1)));
};

/** A line through random points, `[n]` samples. */
const wander = (length: number, low: number, high: number, points: number, random: Random): Float32Array => {
  const values = Array.from({ length: points + 1 }, () => random.uniform(low, high));
  return Float32Array.from({ length }, (_, i) => {
    const at = (i / length) * points, k = Math.floor(at), x = at - k;
    return (values[k] ?? 0) * (1 - x) + (values[k + 1] ?? 0) * x;
  });
};

const source = (random: Random): Float32Array => {
  const octave = random.uniform(4, 11), glide = random.chance(0.5) ? random.uniform(0, 1) : 0.02;
  const pitch = wander(WINDOW_SAMPLES, octave - glide, octave + glide, 1 + random.below(8), random);
  const tilt = random.uniform(0, 1.5), breath = random.chance(0.3) ? 0 : random.uniform(0, 3), jitter = random.uniform(0, 0.04), pulse = random.uniform(0, 1);
  let phase = 0;
  return pitch.map((log2Hz) => {
    const hz = 2 ** log2Hz;
    phase += (hz / RATE) * (1 + jitter * random.normal());
    let sum = 0;
    for (let h = 1; h <= Math.min(30, 7000 / hz); h++) sum += Math.sin(2 * Math.PI * h * phase) / h ** tilt;
    return sum + breath * random.normal() * (1 - pulse + pulse * Math.exp(-4 * (phase % 1)));
  });
};

const rhythm = (random: Random): Float32Array => {
  const kind = random.below(4);
  if (kind === 0) return new Float32Array(WINDOW_SAMPLES).fill(1);
  if (kind === 1) {
    const hz = 2 ** random.uniform(-1, 5.5), sharp = random.uniform(0.5, 8), floor = random.uniform(0, 0.8), shift = random.uniform(0, 6);
    return Float32Array.from({ length: WINDOW_SAMPLES }, (_, i) => floor + (0.5 + 0.5 * Math.sin((2 * Math.PI * hz * i) / RATE + shift)) ** sharp);
  }
  const envelope = new Float32Array(WINDOW_SAMPLES);
  const bursts = kind === 2 ? 1 + random.below(4) : 5 + random.below(60);
  const decay = (kind === 2 ? random.uniform(0.03, 0.5) : random.uniform(0.001, 0.03)) * RATE, attack = random.uniform(1, 0.03 * RATE);
  for (let n = 0; n < bursts; n++) {
    const at = random.below(WINDOW_SAMPLES), loud = random.uniform(0.2, 1);
    for (let i = 0; i < decay * 5 && at + i < WINDOW_SAMPLES; i++) envelope[at + i] = (envelope[at + i] ?? 0) + loud * Math.min(1, i / attack) * Math.exp(-i / decay);
  }
  return envelope;
};

const made = (random: Random): Float32Array => {
  const raw = random.chance(0.6) ? source(random) : colouredNoise(WINDOW_SAMPLES, random.uniform(0, 1), random);
  const dry = random.uniform(0, 0.5);
  const resonances = Array.from({ length: 1 + random.below(3) }, () => bandPass(raw.slice(), 100 * 2 ** random.uniform(0, 5.5), random.uniform(0.5, 5)));
  const sound = resonances.reduce((sum, one) => add(sum, one, random.uniform(0.3, 1)), scale(raw.slice(), dry));
  const envelope = rhythm(random);
  for (let i = 0; i < sound.length; i++) sound[i] = (sound[i] ?? 0) * (envelope[i] ?? 0);
  if (random.chance(0.5)) echo(sound, random.uniform(0.05, 0.5), random.uniform(0.05, 0.5), random);
  return unit(sound);
};

const one = (clips: readonly Clip[], random: Random): Float32Array => {
  const dice = random.uniform(0, 1);
  return dice < 0.45 ? bent(clips, random) : dice < 0.65 ? crossed(clips, random) : dice < 0.95 ? made(random) : nothingInParticular(WINDOW_SAMPLES, random);
};

/** Makes one window without a label: its targets are −1, the teacher's word stands for them. */
export const drawWild = (clips: readonly Clip[], random: Random): Example => {
  const samples = one(clips, random);
  if (random.chance(0.5)) add(samples, one(clips, random), fromDb(random.uniform(-20, 5)));
  return { samples: toLevel(samples, random), targets: new Float32Array(LABELS.length).fill(-1) };
};

import { add, fromDb, rms, scale } from './filters.js';
import { colour, cut, nothingInParticular, toLevel } from './augment.js';
import { BACKGROUND, HOP_SAMPLES, LABELS, WINDOW_SAMPLES } from './labels.js';
import type { Clip } from './library.js';
import type { Random } from '../../src/learn/random.js';

/** One training example: sound and what it should answer. */
export interface Example {
  /** `[15600]`. */
  readonly samples: Float32Array;
  /** One target per label, 0…1; 0.5 and the like where a sound is half buried. */
  readonly targets: Float32Array;
}

/** The clips to draw from, by our labels. */
export interface Pools {
  readonly byLabel: readonly (readonly Clip[])[];
  /** Sounds of cameras in streets and shops that hold none of the labels. */
  readonly unknown: readonly Clip[];
}

/** Sorts clips into pools. */
export const pools = (clips: readonly Clip[]): Pools => ({
  byLabel: LABELS.map((_, target) => clips.filter((clip) => clip.target === target && clip.set !== 'fights')),
  unknown: clips.filter((clip) => clip.set === 'fights'),
});

/** Level of the loudest half second of a clip. */
const loudest = (clip: Clip): number => {
  let most = 0;
  for (let at = 0; at < clip.samples.length; at += 4000) most = Math.max(most, rms(clip.samples.subarray(at, at + 8000)));
  return most;
};

const loudness = new Map<Clip, number>();
const loudnessOf = (clip: Clip): number => {
  const known = loudness.get(clip);
  if (known !== undefined) return known;
  const value = loudest(clip);
  loudness.set(clip, value);
  return value;
};

/** How much of the clip's own sound a window holds [dB re the clip's loudest half second]. */
const relativeDb = (clip: Clip, window: Float32Array): number => 20 * Math.log10((rms(window) + 1e-9) / (loudnessOf(clip) + 1e-9));

/** A window of the clip in which its sound is truly heard: clips are padded with silence, and a dog pauses. */
const audible = (clip: Clip, random: Random): Float32Array => {
  for (let attempt = 0; ; attempt++) {
    const speed = random.chance(0.5) ? random.uniform(0.88, 1.13) : 1;
    const room = Math.max(0, clip.samples.length - WINDOW_SAMPLES * speed);
    const start = clip.samples.length < WINDOW_SAMPLES ? -random.uniform(0, WINDOW_SAMPLES - clip.samples.length) : random.uniform(0, room);
    const window = cut(clip.samples, start, WINDOW_SAMPLES, speed);
    if (relativeDb(clip, window) > -14 || attempt === 20) return window;
  }
};

const unit = (samples: Float32Array): Float32Array => scale(samples, 1 / Math.max(1e-6, rms(samples)));

/** 1 where the sound is as loud as the rest or louder, 0 where it is 15 dB below, between them half true. */
const heardAt = (db: number): number => Math.max(0, Math.min(1, (db + 15) / 12));

const drawBackground = (from: Pools, random: Random): Float32Array => {
  const dice = random.uniform(0, 1);
  if (dice < 0.45) return unit(colour(audible(random.pick(from.byLabel[BACKGROUND] ?? []), random), random));
  if (dice < 0.8) return unit(colour(audible(random.pick(from.unknown), random), random));
  return nothingInParticular(WINDOW_SAMPLES, random);
};

const known = (from: Pools, random: Random): { readonly target: number; readonly samples: Float32Array } => {
  const target = random.below(BACKGROUND);
  const clips = from.byLabel[target] ?? [];
  // Helicopter comes from two sets; each is drawn as often.
  const sets = [...new Set(clips.map((clip) => clip.set))];
  const set = random.pick(sets);
  return { target, samples: unit(colour(audible(random.pick(clips.filter((clip) => clip.set === set)), random), random)) };
};

/** Makes one augmented, mixed window with its targets. */
export const drawExample = (from: Pools, random: Random): Example => {
  const targets = new Float32Array(LABELS.length);
  const dice = random.uniform(0, 1);
  if (dice < 0.02) {
    targets[BACKGROUND] = 1;
    return { samples: random.chance(0.5) ? new Float32Array(WINDOW_SAMPLES) : scale(colour(nothingInParticular(WINDOW_SAMPLES, random), random), fromDb(random.uniform(-100, -60))), targets };
  }
  if (dice < 0.27) {
    targets[BACKGROUND] = 1;
    const samples = drawBackground(from, random);
    if (random.chance(0.4)) add(samples, drawBackground(from, random), fromDb(random.uniform(-15, 5)));
    return { samples: toLevel(samples, random), targets };
  }
  const first = known(from, random);
  const { samples } = first;
  targets[first.target] = 1;
  if (dice < 0.4) {
    const second = known(from, random);
    const db = random.uniform(-12, 12);
    add(samples, second.samples, fromDb(-db));
    targets[first.target] = heardAt(db);
    targets[second.target] = Math.max(heardAt(-db), second.target === first.target ? 1 : 0);
  } else if (random.chance(0.6)) {
    const db = random.uniform(-14, 30);
    add(samples, drawBackground(from, random), fromDb(-db));
    targets[first.target] = heardAt(db);
  }
  targets[BACKGROUND] = 1 - Math.max(...targets);
  return { samples: toLevel(samples, random), targets };
};

/** What a window of an untouched clip holds: its label, nothing, or (undefined) too little of it to say. */
export const plainTarget = (clip: Clip, window: Float32Array): number | undefined => {
  if (clip.target === BACKGROUND) return BACKGROUND;
  const db = relativeDb(clip, window);
  if (db > -20) return clip.target;
  return db < -55 ? BACKGROUND : undefined;
};

/** The windows of a clip as the product cuts them: every 0.48 s, the last one padded with silence if the clip is shorter than one. */
export const plainWindows = (clip: Clip): readonly Float32Array[] => {
  const count = Math.max(1, Math.floor((clip.samples.length - WINDOW_SAMPLES) / HOP_SAMPLES) + 1);
  return Array.from({ length: count }, (_, i) => cut(clip.samples, i * HOP_SAMPLES, WINDOW_SAMPLES));
};

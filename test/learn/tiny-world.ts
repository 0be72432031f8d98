/** A tiny world whose answer is known: which sense tells a class, and when. */
import { seeded } from '../../src/learn/random.js';
import type { BySense, FeatureSequence, FeatureSet, Openings } from '../../src/learn/types.js';

/** What settles each class: two by sound, two by appearance, two by motion. */
export const GROUPS = ['audio', 'audio', 'appearance', 'appearance', 'motion', 'motion'] as const;

/** A sequence and the steps of its event. */
export interface Known {
  readonly sequence: FeatureSequence;
  readonly oracle: Openings;
}

/** How large, and how loud. */
export interface TinyOptions {
  readonly sequences: number;
  readonly seed: number;
  readonly dims?: BySense;
  readonly steps?: number;
  /** Standard deviation of the noise; the signal's is 1. */
  readonly noise?: number;
  /** Directions of the signals: the world, as against what happens in it. */
  readonly world?: number;
}

const DIMS: BySense = { audio: 12, appearance: 12, motion: 12 };

/**
 * Sequences with one event each, somewhere in it. In the event the sound tells the group, and of the audio classes which
 * one; appearance tells which of the appearance classes it is, motion which of the motion classes.
 */
export const tinyWorld = ({ sequences, seed, dims = DIMS, steps = 8, noise = 0.5, world = 1 }: TinyOptions): { set: FeatureSet; known: Known[] } => {
  const directions = seeded(world);
  const direction = (n: number): Float32Array => Float32Array.from({ length: n }, () => directions.normal());
  const groups = { audio: direction(dims.audio), appearance: direction(dims.audio), motion: direction(dims.audio) };
  const classes = GROUPS.map((group) => direction(dims[group]));
  const random = seeded(seed + 1000);
  const known = Array.from({ length: sequences }, (_, n): Known => {
    const label = n % GROUPS.length;
    const group = GROUPS[label]!;
    const length = 2 + random.below(2);
    const from = random.below(steps - length + 1);
    const table = (d: number): Float32Array => Float32Array.from({ length: steps * d }, () => noise * random.normal());
    const features = { audio: table(dims.audio), appearance: table(dims.appearance), motion: table(dims.motion) };
    const oracle = { appearance: new Uint8Array(steps), motion: new Uint8Array(steps) };
    for (let t = from; t < from + length; t += 1) {
      for (let i = 0; i < dims.audio; i += 1) features.audio[t * dims.audio + i]! += groups[group][i]!;
      for (let i = 0; i < dims[group]; i += 1) features[group][t * dims[group] + i]! += classes[label]![i]!;
      if (group !== 'audio') oracle[group][t] = 1;
    }
    const present = { audio: new Uint8Array(steps).fill(1), appearance: new Uint8Array(steps).fill(1), motion: new Uint8Array(steps).fill(1) };
    return { sequence: { id: `tiny-${seed}-${n}`, steps, features, present, targets: new Int32Array(steps).fill(label) }, oracle };
  });
  const set: FeatureSet = {
    labels: GROUPS.map((group, i) => `${group} ${i}`), background: [], dims, stepUs: 480_000,
    gmacs: { audio: 0.004, appearance: 0.02, motion: 0.1 }, sequences: known.map(({ sequence }) => sequence),
  };
  return { set, known };
};

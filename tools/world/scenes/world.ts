/** A world: which class is known by what, decided by its seed alone. */
import type { SenseName } from '../../../src/inference/manifest.js';
import { at, draw, shuffled } from '../draw.js';
import { HUE_NAMES, type Look } from './looks.js';
import { ACTION_NAMES, type Action } from './motions.js';
import { SHAPE_NAMES } from './shapes.js';
import { TIMBRE_NAMES, type TimbreName } from './timbres.js';

/** Which senses a class needs. `either`: sound and look each suffice; `sound-and-look`, `sound-and-motion`: two together. */
export type Group = 'audio' | 'appearance' | 'motion' | 'either' | 'sound-and-look' | 'sound-and-motion' | 'background';

/** What is heard, seen and done when a class is really there. */
export interface Sign {
  readonly timbre?: TimbreName;
  readonly look?: Look;
  readonly action?: Action;
}

/** One class of a world. */
export interface WorldClass {
  readonly label: string;
  readonly group: Group;
  /** What it is known by; a class of two senses that count together has two signs. */
  readonly signs: readonly Sign[];
  /** How likely a distractor is heard where the class's sound tells nothing, 0.3…0.7. */
  readonly distraction: number;
}

/** Everything that a seed decides. */
export interface World {
  readonly seed: number;
  /** In the order of their labels; the background is the last. */
  readonly classes: readonly WorldClass[];
  /** Looks of no class, for things that mean nothing. */
  readonly strangers: readonly Look[];
}

/** The label of clips in which nothing in particular happens. */
export const BACKGROUND_LABEL = 'background';
/** Names of classes; they say nothing about them. */
export const CLASS_LABELS = [
  'alder', 'ash', 'aspen', 'beech', 'birch', 'cedar', 'cherry', 'cypress', 'elm', 'fir', 'hazel', 'holly',
  'juniper', 'larch', 'laurel', 'linden', 'maple', 'oak', 'olive', 'pine', 'poplar', 'rowan', 'spruce', 'willow',
] as const;
/** How likely another sound stands in the place of a class's own, where its look suffices too. */
export const SWAP = 0.3;
/** How many classes each group has. */
export const GROUP_SIZES: Readonly<Record<Exclude<Group, 'background'>, number>> =
  { audio: 6, appearance: 4, motion: 6, either: 4, 'sound-and-look': 2, 'sound-and-motion': 2 };
/** The senses that together tell a class of each group from all others, at the least cost; sound is always heard. */
export const NEEDS: Readonly<Record<Group, readonly SenseName[]>> = {
  audio: ['audio'], appearance: ['appearance'], motion: ['motion'], either: ['audio'],
  'sound-and-look': ['audio', 'appearance'], 'sound-and-motion': ['audio', 'motion'], background: ['appearance'],
};

const STRANGERS = 12;

/** Looks in which every shape and every colour comes about equally often, no two alike. */
const drawLooks = (seed: number): Look[] => {
  const shapes = shuffled(SHAPE_NAMES, draw('shapes', seed)), hues = shuffled(HUE_NAMES, draw('hues', seed));
  return Array.from({ length: 14 + STRANGERS }, (_, i) => ({
    shape: at(shapes, i % shapes.length),
    hue: at(hues, (i + 3 * Math.floor(i / shapes.length)) % hues.length),
  }));
};

type Body = readonly [group: Group, signs: readonly Sign[]];

const pairOf = <T>(take: () => T): readonly [T, T] => [take(), take()];

const drawBodies = (seed: number): Body[] => {
  const taker = <T>(list: readonly T[]): (() => T) => {
    let next = 0;
    return () => at(list, next++);
  };
  const timbre = taker(shuffled(TIMBRE_NAMES, draw('timbres', seed))), look = taker(drawLooks(seed));
  const family = taker(shuffled(ACTION_NAMES, draw('actions', seed)));
  const repeat = (count: number, of: () => readonly Body[]): Body[] => Array.from({ length: count }, of).flat();
  return [
    ...repeat(GROUP_SIZES.audio, () => [['audio', [{ timbre: timbre() }]]]),
    ...repeat(GROUP_SIZES.appearance, () => [['appearance', [{ look: look() }]]]),
    ...repeat(GROUP_SIZES.either, () => [['either', [{ timbre: timbre(), look: look() }]]]),
    ...repeat(GROUP_SIZES.motion / 2, () => {
      const shared = { look: look() }, name = family();
      return [['motion', [{ ...shared, action: { family: name, direction: 1 } }]], ['motion', [{ ...shared, action: { family: name, direction: -1 } }]]];
    }),
    ...repeat(GROUP_SIZES['sound-and-look'] / 2, () => {
      const [a, b] = pairOf(timbre), [x, y] = pairOf(look);
      return [['sound-and-look', [{ timbre: a, look: x }, { timbre: b, look: y }]], ['sound-and-look', [{ timbre: a, look: y }, { timbre: b, look: x }]]];
    }),
    ...repeat(GROUP_SIZES['sound-and-motion'] / 2, () => {
      const [a, b] = pairOf(timbre), shared = look(), name = family();
      const sign = (t: TimbreName, direction: 1 | -1): Sign => ({ timbre: t, look: shared, action: { family: name, direction } });
      return [['sound-and-motion', [sign(a, 1), sign(b, -1)]], ['sound-and-motion', [sign(a, -1), sign(b, 1)]]];
    }),
  ];
};

/** The world of a seed: its classes with their groups at random, and what they are known by. */
export const createWorld = (seed: number): World => {
  const bodies = drawBodies(seed), labels = shuffled(CLASS_LABELS, draw('labels', seed)), random = draw('distraction', seed);
  const classes = bodies.map(([group, signs], i): WorldClass => ({ label: at(labels, i), group, signs, distraction: random.uniform(0.3, 0.7) }));
  return {
    seed,
    classes: [
      ...classes.sort((a, b) => (a.label < b.label ? -1 : 1)),
      { label: BACKGROUND_LABEL, group: 'background', signs: [{}], distraction: random.uniform(0.3, 0.7) },
    ],
    strangers: drawLooks(seed).slice(14),
  };
};

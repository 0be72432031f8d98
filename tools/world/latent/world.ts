/**
 * S1, latent-Gaussian hidden Markov streams: features only, no pixels and no sound. What is hidden is drawn from a
 * chain, what is observed from Gaussians that it chooses, so that the exact posterior, the best policy and its cost
 * can be worked out.
 */
import type { BySense } from '../../../src/learn/types.js';
import type { SenseName } from '../../../src/inference/manifest.js';
import type { Looks } from '../../../src/evaluate/usage.js';
import type { Random } from '../../../src/learn/random.js';
import { draw, shuffled } from '../draw.js';

/** What tells a class from the others: one sense, any sense, sound and motion only together, or nothing at all. */
export type Group = 'audio' | 'appearance' | 'motion' | 'redundant' | 'synergy' | 'background';

/** Trimmed clips, one class each: what tells begins early in some and late in others. */
export interface Clips {
  readonly kind: 'clips';
  /** 3 or more. */
  readonly steps: number;
  /** How often the background is the class of a clip. */
  readonly background: number;
}

/** Streams with events in them. */
export interface Streams {
  readonly kind: 'streams';
  readonly steps: number;
  /** Share of steps that belong to no event, in the long run. */
  readonly background: number;
  /** Mean length of an event in steps (geometric). */
  readonly meanSteps: number;
}

/** What makes a world. */
export interface LatentOptions {
  readonly seed: number;
  /** Classes in each group; synergy in pairs, so an even number. Background is one more. */
  readonly classes: Readonly<Record<Exclude<Group, 'background'>, number>>;
  readonly course: Clips | Streams;
  readonly dims: BySense;
  /** How far a telling component lies from the shared one, in standard deviations. */
  readonly distance: BySense;
  /** How far sound shifts when something happens of which it tells nothing: it says when to look, not what is there. */
  readonly cue: number;
  /** How often sound is another's, whatever the class: 0.3…0.7; 0 for none. */
  readonly swapped: number;
  /** Sounds that belong to no class, among those that are swapped in. */
  readonly otherSounds: number;
  /** One reading of each sense, in 10⁹ multiply-accumulates. */
  readonly gmacs: BySense;
}

/** The world that is meant where nothing is said. */
export const DEFAULTS: Omit<LatentOptions, 'seed'> = {
  classes: { audio: 3, appearance: 3, motion: 3, redundant: 2, synergy: 2 },
  course: { kind: 'clips', steps: 10, background: 0.2 },
  dims: { audio: 12, appearance: 8, motion: 12 },
  distance: { audio: 4.5, appearance: 4.5, motion: 4.5 },
  cue: 3,
  swapped: 0.3,
  otherSounds: 10,
  gmacs: { audio: 0.0038, appearance: 0.02, motion: 0.1 },
};

/** A class and the components that its senses are drawn from while it tells something, by `bit`. */
export interface LatentClass {
  readonly label: string;
  readonly group: Group;
  /** Index of the component for bit 0 and bit 1; the two differ only for synergy. */
  readonly telling: Readonly<Record<SenseName, readonly [number, number]>>;
}

/** A world: everything that its sequences are drawn from. */
export interface LatentWorld {
  readonly options: LatentOptions;
  /** In the order of the targets; which label is in which group is drawn anew for each seed. */
  readonly classes: readonly LatentClass[];
  /** Means of the components `[components][dims]`, unit covariance. Component 0 is the shared one, at zero. */
  readonly means: Readonly<Record<SenseName, readonly Float64Array[]>>;
}

/** Index of the sound component for "something happens" (the cue), shared by all classes. */
export const STIR = 1;

const directionOf = (dims: number, random: Random): Float64Array => {
  const drawn = Float64Array.from({ length: dims }, () => random.normal()), length = Math.hypot(...drawn);
  return drawn.map((value) => value / length);
};

const TRIES = 50;

/** Another mean at a distance from the shared one, as far from the others as the best of many draws. */
const addMean = (means: Float64Array[], dims: number, distance: number, random: Random): number => {
  let best = new Float64Array(dims), room = -1;
  for (let i = 0; i < TRIES; i += 1) {
    const candidate = directionOf(dims, random).map((value) => value * distance);
    const nearest = Math.min(...means.map((mean) => Math.hypot(...mean.map((value, d) => value - (candidate[d] ?? 0)))));
    if (nearest > room) { best = Float64Array.from(candidate); room = nearest; }
  }
  return means.push(best) - 1;
};

const SENSES = ['audio', 'appearance', 'motion'] as const;

/** Which senses have components of their own for a class of the group. */
const TELLING: Readonly<Record<Group, readonly SenseName[]>> = {
  audio: ['audio'], appearance: ['appearance'], motion: ['motion'], redundant: SENSES, synergy: ['audio', 'motion'], background: [],
};

const QUIET: LatentClass['telling'] = { audio: [STIR, STIR], appearance: [0, 0], motion: [0, 0] };

type Add = (sense: SenseName) => number;

const ownComponents = (group: Group, add: Add): LatentClass['telling'] => ({
  ...QUIET,
  ...Object.fromEntries(TELLING[group].map((sense) => {
    const index = add(sense);
    return [sense, [index, index]];
  })),
});

/** Sound and motion each show a bit; equal bits are the one class, unequal bits the other (exclusive or). */
const synergyPair = (add: Add): [LatentClass['telling'], LatentClass['telling']] => {
  const sound = [add('audio'), add('audio')] as const, same = [add('motion'), add('motion')] as const;
  return [{ ...QUIET, audio: sound, motion: same }, { ...QUIET, audio: sound, motion: [same[1], same[0]] }];
};

type Unnamed = Omit<LatentClass, 'label'>;

/**
 * Builds a world from a seed; the same seed gives the same world on every machine.
 * @throws RangeError for an odd number of synergy classes, or clips of fewer than 3 steps
 */
export const latentWorld = (given: Partial<LatentOptions> & { readonly seed: number }): LatentWorld => {
  const options: LatentOptions = { ...DEFAULTS, ...given }, { classes, course, dims, distance } = options;
  if (classes.synergy % 2 !== 0) throw new RangeError(`synergy classes come in pairs, not ${classes.synergy}`);
  if (course.kind === 'clips' && course.steps < 3) throw new RangeError(`a clip has 3 steps or more, not ${course.steps}`);
  const random = draw('latent world', options.seed);
  const means = { audio: [new Float64Array(dims.audio)], appearance: [new Float64Array(dims.appearance)], motion: [new Float64Array(dims.motion)] };
  addMean(means.audio, dims.audio, options.cue, random);
  const add: Add = (sense) => addMean(means[sense], dims[sense], distance[sense], random);
  const single = (['audio', 'appearance', 'motion', 'redundant'] as const).flatMap((group) =>
    Array.from({ length: classes[group] }, (): Unnamed => ({ group, telling: ownComponents(group, add) })));
  const paired = Array.from({ length: classes.synergy / 2 }, () => synergyPair(add)).flat().map((telling): Unnamed => ({ group: 'synergy', telling }));
  for (let i = 0; i < options.otherSounds; i += 1) add('audio');
  const named = shuffled([...single, ...paired], random).map((one, i) => ({ label: `event ${String(i + 1).padStart(2, '0')}`, ...one }));
  return { options, means, classes: [{ label: 'background', group: 'background', telling: QUIET }, ...named] };
};

/** `[classes]`: 1 where a sense tells the class by itself, 0.5 where only together with another, 0 where it tells nothing. */
export const informativeness = (world: LatentWorld): BySense[] => world.classes.map(({ group }) => {
  const of = (sense: SenseName): number => (TELLING[group].includes(sense) ? (group === 'synergy' ? 0.5 : 1) : 0);
  return { audio: of('audio'), appearance: of('appearance'), motion: of('motion') };
});

/** The cheapest senses that, with sound, tell a class of the group. */
export const NEEDS: Readonly<Record<Group, readonly (keyof Looks)[]>> = {
  audio: [], appearance: ['appearance'], motion: ['motion'], redundant: [], synergy: ['motion'], background: [],
};

/** `[classes]`: 1 where a sense has to be looked at for the class; what usage by class should follow. */
export const needs = (world: LatentWorld): Looks[] =>
  world.classes.map(({ group }) => ({ appearance: NEEDS[group].includes('appearance') ? 1 : 0, motion: NEEDS[group].includes('motion') ? 1 : 0 }));

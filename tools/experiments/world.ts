/** What an experiment needs to know of a world. */
import type { Looks } from '../../src/evaluate/usage.js';
import type { BySense, FeatureSequence, FeatureSet, Openings } from '../../src/learn/types.js';
import { seeded } from '../../src/learn/random.js';
import type { MatrixSettings } from './cells.js';

/** The parts of a world: one is learned from, one chooses and calibrates, one is reported. */
export const PARTS = ['train', 'val', 'test'] as const;

/** One of {@link PARTS}. */
export type PartName = (typeof PARTS)[number];

/** A world's data, with what is known of its classes. */
export interface WorldData extends Readonly<Record<PartName, FeatureSet>> {
  /** `[classes]`: what kind of evidence each class needs; classes of one group stand together in plots. */
  readonly groups: readonly string[];
  /** The best possible policy's openings, by the id of the sequence; every sequence of `val` and `test` has them. */
  readonly oracle: ReadonlyMap<string, Openings>;
  /** Which picture appearance sees at a step: where two steps share one, the second look is free. */
  readonly pictureAt: (step: number) => number;
}

/** What the policy is aimed at in a world. */
export interface WorldAims {
  /** At most this share of always-everything's multiply-accumulates, at no more than this loss of accuracy, 0…1. */
  readonly macsShare: number;
  readonly loss: number;
  /** How many times less measured time. */
  readonly speedUp?: number;
  /** Of sound alone on the classes that it can tell apart. */
  readonly soundAlone?: number;
}

/** The aims in rendered worlds. */
export const AIMS: WorldAims = { macsShare: 0.1, loss: 0.005, speedUp: 4 };

/** A world that experiments run in. */
export interface World {
  readonly name: string;
  /** One sentence for the report. */
  readonly about: string;
  readonly settings: MatrixSettings;
  /** The class that sound can tell a label for, where several labels sound alike. */
  readonly soundClass?: (label: string) => string;
  /** Default {@link AIMS}. */
  readonly aims?: WorldAims;
  readonly load: () => Promise<WorldData>;
}

/** Openings without looks at a picture that was looked at before: what is paid for. */
export const billed = ({ appearance, motion }: Openings, pictureAt: (step: number) => number): Openings => {
  let last = Number.NaN;
  const paid = appearance.map((open, step) => {
    if (open !== 1 || pictureAt(step) === last) return 0;
    last = pictureAt(step);
    return 1;
  });
  return { appearance: paid, motion };
};

const rowsOf = (table: Float32Array, width: number, at: readonly number[]): Float32Array => {
  const rows = new Float32Array(at.length * width);
  at.forEach((step, i) => { rows.set(table.subarray(step * width, (step + 1) * width), i * width); });
  return rows;
};

/** The steps that are left of `steps` when every n-th is taken, counted back from the last. */
export const stridden = (steps: number, every: number): number[] => Array.from({ length: Math.ceil(steps / every) }, (_, i) => steps - 1 - i * every).reverse();

/** Sequences with only every n-th step, counted back from the last. */
export const everyNth = (set: FeatureSet, every: number): FeatureSet => every === 1 ? set : {
  ...set, stepUs: set.stepUs * every,
  sequences: set.sequences.map((sequence): FeatureSequence => {
    const at = stridden(sequence.steps, every);
    const of = (sense: keyof BySense): Float32Array => rowsOf(sequence.features[sense], set.dims[sense], at);
    const there = (sense: keyof BySense): Uint8Array => Uint8Array.from(at, (step) => sequence.present[sense][step] ?? 0);
    return {
      ...sequence, steps: at.length,
      features: { audio: of('audio'), appearance: of('appearance'), motion: of('motion') },
      present: { audio: there('audio'), appearance: there('appearance'), motion: there('motion') },
      targets: Int32Array.from(at, (step) => sequence.targets[step] ?? 0),
    };
  }),
};

/** Deals the sound of the clips out anew, among clips of the same length: it then tells nothing about its label. */
export const withShuffledAudio = (set: FeatureSet, seed: number): FeatureSet => {
  const random = seeded(seed);
  const decks = new Map<number, FeatureSequence[]>();
  for (const sequence of set.sequences) decks.set(sequence.steps, [...(decks.get(sequence.steps) ?? []), sequence]);
  return {
    ...set,
    sequences: set.sequences.map((sequence) => {
      const deck = decks.get(sequence.steps) ?? [];
      const [other = sequence] = deck.splice(random.below(deck.length), 1);
      return { ...sequence, features: { ...sequence.features, audio: other.features.audio }, present: { ...sequence.present, audio: other.present.audio } };
    }),
  };
};

/** Mean openings of each class by the best possible policy: what the classes need, as the informativeness matrix has it. */
export const needsOf = ({ test, oracle }: Pick<WorldData, 'test' | 'oracle'>): readonly Looks[] => test.labels.map((_, k) => {
  const openings = test.sequences.filter(({ targets }) => targets[targets.length - 1] === k).flatMap(({ id }) => oracle.get(id) ?? []);
  const steps = openings.reduce((sum, { appearance }) => sum + appearance.length, 0);
  const rate = (sense: keyof Looks): number => openings.reduce((sum, one) => sum + one[sense].reduce((a, b) => a + b, 0), 0) / Math.max(1, steps);
  return { appearance: rate('appearance'), motion: rate('motion') };
});

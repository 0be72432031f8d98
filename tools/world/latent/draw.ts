/** Sequences of an S1 world, with what was hidden in them. */
import type { SenseName } from '../../../src/inference/manifest.js';
import type { Random } from '../../../src/learn/random.js';
import type { FeatureSequence, FeatureSet } from '../../../src/learn/types.js';
import { draw as generator } from '../draw.js';
import { chainOf, type Chain, type Hidden } from './chain.js';
import type { LatentWorld } from './world.js';

/** The parts of a world's sequences; no two share a number. */
export type Part = 'train' | 'calibrate' | 'test';

/** A set of sequences, and what was hidden in each. */
export interface LatentSet extends FeatureSet {
  /** `[T]` for each sequence, by its id. */
  readonly hidden: ReadonlyMap<string, readonly Hidden[]>;
}

/** Which component a sense is drawn from in a state; undefined for a sound that is another's, which may be any. */
export const componentOf = (world: LatentWorld, { target, phase, bit, swapped }: Hidden, sense: SenseName): number | undefined => {
  if (sense === 'audio' && swapped) return undefined;
  return phase === 'telling' ? world.classes[target]?.telling[sense][bit] : 0;
};

/** A place in a list of chances that sum to 1. */
const pickFrom = (chances: ArrayLike<number>, random: Random): number => {
  let left = random.uniform(0, 1), last = 0;
  for (let i = 0; i < chances.length; i += 1) {
    const chance = chances[i] ?? 0;
    if (chance > 0) last = i;
    left -= chance;
    if (left < 0) return last;
  }
  return last;
};

const walk = (chain: Chain, steps: number, random: Random): Hidden[] => {
  let at = pickFrom(chain.initial, random);
  return Array.from({ length: steps }, (_, step) => {
    if (step > 0) {
      const { from, to, chance } = chain.into(step), first = from.indexOf(at), last = from.lastIndexOf(at);
      at = to[first + pickFrom(chance.subarray(first, last + 1), random)] ?? 0;
    }
    return chain.states[at] ?? { target: 0, phase: 'still', bit: 0, swapped: false };
  });
};

const observe = (world: LatentWorld, hidden: readonly Hidden[], sense: SenseName, random: Random): Float32Array => {
  const means = world.means[sense], dims = world.options.dims[sense], rows = new Float32Array(hidden.length * dims);
  hidden.forEach((state, step) => {
    const mean = means[componentOf(world, state, sense) ?? random.below(means.length)];
    for (let d = 0; d < dims; d += 1) rows[step * dims + d] = (mean?.[d] ?? 0) + random.normal();
  });
  return rows;
};

/**
 * Draws the first `n` sequences of a part: the same numbers for the same seed, and a longer draw begins with a shorter
 * one. Steps are 0.48 s apart, as in the product.
 */
export const draw = (world: LatentWorld, part: Part, n: number): LatentSet => {
  const { seed, course, dims, gmacs } = world.options, chain = chainOf(world), hidden = new Map<string, readonly Hidden[]>();
  const sequences = Array.from({ length: n }, (_, i): FeatureSequence => {
    const id = `latent ${seed} ${part} ${i}`, random = generator(id, course.kind), states = walk(chain, course.steps, random);
    hidden.set(id, states);
    const all = (): Uint8Array => new Uint8Array(course.steps).fill(1);
    return {
      id, steps: course.steps, targets: Int32Array.from(states, ({ target }) => target),
      features: { audio: observe(world, states, 'audio', random), appearance: observe(world, states, 'appearance', random), motion: observe(world, states, 'motion', random) },
      present: { audio: all(), appearance: all(), motion: all() },
    };
  });
  return { labels: world.classes.map(({ label }) => label), background: ['background'], dims, stepUs: 480_000, gmacs, sequences, hidden };
};

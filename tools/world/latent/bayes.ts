/** Exact inference in an S1 world: what can be known from what was observed, and no more. */
import type { SenseName } from '../../../src/inference/manifest.js';
import { constant } from '../../../src/evaluate/schedules.js';
import type { Looks } from '../../../src/evaluate/usage.js';
import type { FeatureSequence, Openings, SequenceRun } from '../../../src/learn/types.js';
import { chainOf, type Chain } from './chain.js';
import { componentOf } from './draw.js';
import type { LatentWorld } from './world.js';

/** Log-likelihood of one row under each component, but for a constant, `[components]`. */
const logLikelihoods = (means: readonly Float64Array[], row: Float32Array): Float64Array =>
  Float64Array.from(means, (mean) => -0.5 * mean.reduce((sum, value, d) => sum + ((row[d] ?? 0) - value) ** 2, 0));

/** [states] summed by class, `[classes]`. */
const classBelief = (targets: Uint16Array, belief: Float64Array, classes: number): Float64Array => {
  const sums = new Float64Array(classes);
  for (let i = 0; i < belief.length; i += 1) sums[targets[i] ?? 0] = (sums[targets[i] ?? 0] ?? 0) + (belief[i] ?? 0);
  return sums;
};

const advance = (chain: Chain, belief: Float64Array, step: number): Float64Array => {
  const { from, to, chance } = chain.into(step), next = new Float64Array(belief.length);
  for (let i = 0; i < from.length; i += 1) next[to[i] ?? 0] = (next[to[i] ?? 0] ?? 0) + (belief[from[i] ?? 0] ?? 0) * (chance[i] ?? 0);
  return next;
};

/** Bayes' rule. */
const times = (belief: Float64Array, likelihood: Float64Array): Float64Array => {
  const product = new Float64Array(belief.length);
  let mass = 0;
  for (let i = 0; i < belief.length; i += 1) mass += product[i] = (belief[i] ?? 0) * (likelihood[i] ?? 0);
  for (let i = 0; i < belief.length; i += 1) product[i] = (product[i] ?? 0) / mass;
  return product;
};

/** For each state `[states]`: its class, and the component of each sense that is looked with. */
interface Shown {
  readonly targets: Uint16Array;
  readonly components: Looks<Uint16Array>;
}

const shownBy = (world: LatentWorld, { states }: Chain): Shown => {
  const of = (sense: keyof Looks): Uint16Array => Uint16Array.from(states, (state) => componentOf(world, state, sense) ?? 0);
  return { targets: Uint16Array.from(states, ({ target }) => target), components: { appearance: of('appearance'), motion: of('motion') } };
};

/**
 * The expected gain in the probability of being right now, if a look showed its component without noise:
 * Σ over components of max over classes P(class, component) − max over classes P(class). An upper bound for one look.
 */
const worthOf = ({ means, classes }: LatentWorld, { targets, components }: Shown, belief: Float64Array, sense: keyof Looks): number => {
  const joint = means[sense].map(() => new Float64Array(classes.length)), of = components[sense];
  for (let i = 0; i < belief.length; i += 1) {
    const row = joint[of[i] ?? 0], target = targets[i] ?? 0;
    if (row !== undefined) row[target] = (row[target] ?? 0) + (belief[i] ?? 0);
  }
  return joint.reduce((sum, row) => sum + Math.max(...row), 0) - Math.max(...classBelief(targets, belief, classes.length));
};

/** Likelihood of one row in each state `[states]`, the greatest 1; all alike where nothing was there to observe. */
type Read = (sequence: FeatureSequence, sense: SenseName, step: number) => Float64Array;

const reader = (world: LatentWorld, chain: Chain): Read => {
  const components = { audio: [] as (number | undefined)[], appearance: [] as (number | undefined)[], motion: [] as (number | undefined)[] };
  for (const sense of ['audio', 'appearance', 'motion'] as const) components[sense] = chain.states.map((state) => componentOf(world, state, sense));
  return (sequence, sense, step) => {
    if (sequence.present[sense][step] !== 1) return new Float64Array(chain.states.length).fill(1);
    const dims = world.options.dims[sense], logs = logLikelihoods(world.means[sense], sequence.features[sense].subarray(step * dims, (step + 1) * dims));
    const top = Math.max(...logs), likelihoods = logs.map((log) => Math.exp(log - top)), any = likelihoods.reduce((a, b) => a + b, 0) / logs.length;
    return Float64Array.from(components[sense], (component) => (component === undefined ? any : likelihoods[component] ?? 0));
  };
};

/** What may be asked of an ideal observer about one sequence. */
export interface Observer {
  /** Believes what these openings show, step by step: logits are the log of the exact posterior of the class. */
  readonly run: (opened: Openings) => SequenceRun;
  /** Chooses the openings itself; see {@link Greedy}. */
  readonly greedy: (greedy: Greedy) => SequenceRun;
}

/** Chooses a look where it is worth its price. */
export interface Greedy {
  /** What 1 GMAC is worth, in probability of being right on this step; higher looks less. */
  readonly pricePerGmac: number;
}

/** Probabilities below this are as good as none, and keep logits finite. */
const LEAST = 1e-30;

/**
 * An ideal observer: the forward filter of the chain (Rabiner 1989, section III-A), exact for any openings. That a gate
 * is open is not taken as evidence, whoever opened it.
 */
export const observer = (world: LatentWorld): ((sequence: FeatureSequence) => Observer) => {
  const chain = chainOf(world), read = reader(world, chain), classes = world.classes.length;
  const shown = shownBy(world, chain);
  return (sequence) => {
    const known: Record<SenseName, Float64Array[]> = { audio: [], appearance: [], motion: [] };
    const readOnce = (sense: SenseName, step: number): Float64Array => (known[sense][step] ??= read(sequence, sense, step));
    const follow = (opened: Openings, open: (sense: keyof Looks, belief: Float64Array, step: number) => boolean): SequenceRun => {
      const logits = new Float32Array(sequence.steps * classes);
      let belief = chain.initial;
      for (let step = 0; step < sequence.steps; step += 1) {
        belief = times(step === 0 ? belief : advance(chain, belief, step), readOnce('audio', step));
        for (const sense of ['appearance', 'motion'] as const) {
          if (!open(sense, belief, step)) continue;
          opened[sense][step] = 1;
          belief = times(belief, readOnce(sense, step));
        }
        logits.set(classBelief(shown.targets, belief, classes).map((chance) => Math.log(Math.max(LEAST, chance))), step * classes);
      }
      return { id: sequence.id, targets: sequence.targets, logits, opened };
    };
    const fresh = (): Openings => constant(sequence.steps, { appearance: false, motion: false });
    return {
      run: (opened) => follow(fresh(), (sense, _, step) => opened[sense][step] === 1),
      greedy: ({ pricePerGmac }) => follow(fresh(), (sense, belief) => worthOf(world, shown, belief, sense) > pricePerGmac * world.options.gmacs[sense]),
    };
  };
};

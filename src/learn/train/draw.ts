/** What a training draws anew in each epoch: order, stretches, random openings, noise. */
import type { Batch, Excerpt } from '../model/batch.js';
import { seeded, type Random } from '../random.js';
import type { FeatureSequence, Openings } from '../types.js';
import type { TrainSpec } from './settings.js';

/** A generator for this epoch alone, so that a training can go on from any epoch without the state of a generator. */
export const epochRandom = (seed: number, epoch: number): Random =>
  seeded(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca6b));

/** The sequences in an order drawn at random (Fisher and Yates). */
export const shuffled = <T>(list: readonly T[], random: Random): T[] => {
  const order = [...list];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = random.below(i + 1);
    const [a, b] = [order[i], order[j]];
    if (a !== undefined && b !== undefined) [order[i], order[j]] = [b, a];
  }
  return order;
};

/** Openings at a rate drawn for each gate; rates 0 and 1 are drawn often, for a model must bear those too. */
export const randomOpenings = (steps: number, random: Random): Openings => {
  const one = (): Uint8Array => {
    const rate = random.uniform(-0.25, 1.25);
    return Uint8Array.from({ length: steps }, () => (random.chance(rate) ? 1 : 0));
  };
  return { appearance: one(), motion: one() };
};

/** The stretch of a sequence that this epoch sees, with its gates left to decide or not. */
export const excerptOf = (sequence: FeatureSequence, { stretch }: Pick<TrainSpec, 'stretch'>, asked: boolean, random: Random): Excerpt => {
  const steps = Math.min(stretch, sequence.steps);
  const from = random.below(sequence.steps - steps + 1);
  return { sequence, from, steps, openings: asked ? undefined : randomOpenings(sequence.steps, random) };
};

/** The difference of two Gumbel variables, for n gates: −log(−log u) less the same is logistic. */
export const gumbelDifference = (n: number, random: Random): Float32Array => Float32Array.from({ length: n }, () => {
  const u = random.uniform(1e-7, 1 - 1e-7);
  return Math.log(u / (1 - u));
});

/** Puts out and blurs standardised features in place, as the settings say. */
export const disturb = (batch: Batch, { dropout, jitter }: TrainSpec, random: Random): void => {
  if (dropout === 0 && jitter === 0) return;
  for (const table of Object.values(batch.features)) {
    for (let i = 0; i < table.length; i += 1) {
      const blurred = (table[i] ?? 0) + (jitter === 0 ? 0 : jitter * random.normal());
      table[i] = dropout > 0 && random.chance(dropout) ? 0 : blurred / (1 - dropout);
    }
  }
};

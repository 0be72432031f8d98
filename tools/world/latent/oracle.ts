/** The best that can be done in an S1 world, and whether the world can show a gain at all. */
import { eventsOf, top1 } from '../../../src/evaluate/accuracy.js';
import { accuracyAtCost, meanGmacs, type CurvePoint } from '../../../src/evaluate/cost.js';
import { mean } from '../../../src/evaluate/order.js';
import { answersOfAllSteps } from '../../../src/evaluate/runs.js';
import { oracle, uniform, type Knowledge } from '../../../src/evaluate/schedules.js';
import type { Openings, SequenceRun } from '../../../src/learn/types.js';
import { observer } from './bayes.js';
import type { Hidden } from './chain.js';
import type { LatentSet } from './draw.js';
import { NEEDS, type LatentWorld } from './world.js';

/**
 * What an oracle knows: for each event the cheapest senses that tell it, and when they do. A redundant class whose
 * sound was another's whenever it could have told is looked at instead.
 */
export const knowledgeOf = (world: LatentWorld, hidden: readonly Hidden[]): Knowledge => {
  const shows = (sense: 'appearance' | 'motion'): Uint8Array =>
    Uint8Array.from(hidden, ({ target, phase, bit }) => (phase === 'telling' && (world.classes[target]?.telling[sense][bit] ?? 0) > 0 ? 1 : 0));
  const stretches = eventsOf(Int32Array.from(hidden, ({ target }) => target)).map(({ target, start, end }) => {
    const group = world.classes[target]?.group ?? 'background';
    const heard = hidden.slice(start, end).some(({ phase, swapped }) => phase === 'telling' && !swapped);
    return { start, end, needs: group === 'redundant' && !heard ? ['appearance' as const] : NEEDS[group] };
  });
  return { stretches, telling: { appearance: shows('appearance'), motion: shows('motion') } };
};

/** The oracle's openings for each sequence of a set. @param looks at how many telling steps of an event it looks */
export const oracleOpenings = (world: LatentWorld, set: LatentSet, looks = 1): Map<string, Openings> =>
  new Map([...set.hidden].map(([id, hidden]) => [id, oracle(knowledgeOf(world, hidden), looks)]));

/** Top-1 for clips; for streams the share of all steps that are right. */
export const accuracyIn = (world: LatentWorld, runs: readonly SequenceRun[]): number =>
  (world.options.course.kind === 'clips' ? top1(runs) : mean(answersOfAllSteps(runs).map(({ right }) => (right ? 1 : 0))));

/** What adaptivity can gain in a world. Every policy is judged by the exact posterior given what it opened. */
export interface Margin {
  readonly oracle: CurvePoint;
  /** Every fixed subset of senses at every evenly spaced rate, in the middle and at the end of its stretches. */
  readonly fixed: readonly CurvePoint[];
  /** The best that fixed policies, and coin tosses between two of them, reach at the oracle's cost. */
  readonly fixedAtCost: number;
  /** The oracle's accuracy above that; a world that is to show anything has 0.05 or more. */
  readonly margin: number;
}

const RATES = [0, 0.1, 0.2, 0.3, 0.5, 1] as const;

/**
 * Measures whether the best adaptive oracle beats the best fixed subset of senses at equal cost. The oracle is the best
 * of one, two or three looks an event.
 * @param set sequences of the world; some hundreds give the margin to a few points
 */
export const adaptiveMargin = (world: LatentWorld, set: LatentSet): Margin => {
  const observe = observer(world), observers = set.sequences.map((sequence) => observe(sequence));
  const point = (openings: (i: number) => Openings): CurvePoint => {
    const runs = observers.map(({ run }, i) => run(openings(i)));
    return { gmacs: meanGmacs(runs, world.options), accuracy: accuracyIn(world, runs) };
  };
  const fixed = RATES.flatMap((appearance) => RATES.flatMap((motion) => [0, 0.5].map((phase) => {
    const openings = uniform(world.options.course.steps, { appearance, motion }, phase);
    return point(() => openings);
  })));
  const candidates = [1, 2, 3].map((looks): Margin => {
    const openings = oracleOpenings(world, set, looks), ids = set.sequences.map(({ id }) => id), best = point((i) => openings.get(ids[i] ?? '') ?? uniform(world.options.course.steps, { appearance: 0, motion: 0 }));
    const fixedAtCost = accuracyAtCost(fixed, best.gmacs);
    return { oracle: best, fixed, fixedAtCost, margin: best.accuracy - fixedAtCost };
  });
  return candidates.reduce((a, b) => (b.margin > a.margin ? b : a));
};

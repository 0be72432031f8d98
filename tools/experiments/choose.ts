/** What ships, and what it is held against: decided on the validation part alone. */
import type { CellResult } from './cell.js';
import { gmacsPerS, plainAccuracy, type Entry, type Facts } from './numbers.js';

/** How much accuracy on the validation part may be given up for a cheaper point: the half a point. */
export const TOLERANCE = 0.005;

/** A point of the sweep with its figures on the validation part. */
export interface Candidate {
  readonly name: string;
  readonly results: readonly CellResult[];
  readonly accuracy: number;
  readonly gmacsPerS: number;
}

/** What was chosen, and why. */
export interface Choice {
  readonly candidate: Candidate;
  /** The seed that ships: the best of the candidate's on the validation part. */
  readonly shipped: CellResult;
  /** Everything at every step: fusion of all senses, or the candidate with its gates forced open, whichever is better on the validation part. */
  readonly always: Entry & { readonly name: string };
  readonly reason: string;
}

const best = <T>(list: readonly T[], of: (one: T) => number): T => {
  const [first] = list;
  if (first === undefined) throw new RangeError('there is nothing to choose from');
  return list.reduce((a, b) => (of(b) > of(a) ? b : a), first);
};

/**
 * Chooses the cheapest point of the sweep that loses no more than {@link TOLERANCE} on the validation part against
 * always-everything; where none does, the most accurate one.
 */
export const choose = (sweep: readonly (readonly CellResult[])[], fusion: readonly CellResult[], facts: Facts): Choice => {
  const candidates = sweep.map((results): Candidate => {
    const entry: Entry = { results, policy: 'own' };
    return { name: results[0]?.name ?? '', results, accuracy: plainAccuracy(entry, 'val'), gmacsPerS: gmacsPerS(entry, 'val', facts) };
  });
  const everything = [
    { name: `${(fusion[0]?.name ?? '').replace('fusion-', '')} early fusion`, results: fusion, policy: 'own' as const },
    ...candidates.map(({ name, results }) => ({ name: `${name}, gates forced open`, results, policy: 'open' as const })),
  ];
  const always = best(everything, (entry) => plainAccuracy(entry, 'val'));
  const bar = plainAccuracy(always, 'val') - TOLERANCE;
  const good = candidates.filter(({ accuracy }) => accuracy >= bar);
  const candidate = good.length > 0 ? best(good, (one) => -one.gmacsPerS) : best(candidates, (one) => one.accuracy);
  return {
    candidate, always,
    shipped: best(candidate.results, (result) => plainAccuracy({ results: [result], policy: 'own' }, 'val')),
    reason: good.length > 0
      ? `the cheapest point of the sweep within ${TOLERANCE * 100} points of always-everything on the validation part`
      : `no point of the sweep comes within ${TOLERANCE * 100} points of always-everything on the validation part; this one is the most accurate there`,
  };
};

import { seeded, type Random } from '../../../src/learn/random.js';
import type { EventSpec, FollowedStream } from '../../../src/learn/confirming/streams.js';

export const SPEC: EventSpec = { confidence: 0.5, cooldownS: 0, lingerS: 1 };

/** Scores of one label, a segment each half second, and where it really happens. */
export const scored = (id: string, scores: readonly number[], truth: readonly boolean[]): FollowedStream => ({
  id, stepUs: 480_000, windowUs: 960_000,
  known: scores.map((score) => [{ label: 'fire', score }]), truth: truth.map((is) => (is ? 'fire' : null)),
});

/** How events on drawn streams look. */
export interface Drawn {
  /** Of all events, 0…1. */
  readonly falseShare: number;
  /** Scores of true and of false ones [from, to), on their first segment and on later ones. */
  readonly first: { readonly yes: readonly [number, number]; readonly no: readonly [number, number] };
  readonly later: { readonly yes: readonly [number, number]; readonly no: readonly [number, number] };
}

const stretch = (random: Random, { falseShare, first, later }: Drawn): { scores: number[]; truth: boolean[] } => {
  const kind = random.chance(falseShare) ? 'no' : 'yes', length = 3 + random.below(6), gap = 12 + random.below(10);
  return {
    scores: [random.uniform(...first[kind]), ...Array.from({ length: length - 1 }, () => random.uniform(...later[kind])), ...Array<number>(gap).fill(0)],
    truth: [...Array<boolean>(length).fill(kind === 'yes'), ...Array<boolean>(gap).fill(false)],
  };
};

/** Streams of some events each. */
export const drawnStreams = (count: number, seed: number, drawn: Drawn, most = 8): FollowedStream[] => {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, i) => {
    const events = Array.from({ length: 1 + random.below(most) }, () => stretch(random, drawn));
    return scored(`${i}`, events.flatMap(({ scores }) => scores), events.flatMap(({ truth }) => truth));
  });
};

/** On the first segment nobody can tell; from the second on true ones are above 0.8, false ones below. */
export const TELLING: Drawn = { falseShare: 0.3, first: { yes: [0.5, 0.7], no: [0.5, 0.7] }, later: { yes: [0.85, 1], no: [0.5, 0.75] } };
/** The same, but one true in two is above 0.85 at once. */
export const AT_ONCE: Drawn = { ...TELLING, first: { yes: [0.5, 1], no: [0.5, 0.75] } };
/** Scores say nothing. */
export const MUTE: Drawn = { falseShare: 0.3, first: { yes: [0.5, 1], no: [0.5, 1] }, later: { yes: [0.5, 1], no: [0.5, 1] } };

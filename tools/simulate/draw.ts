/** What cameras wish for in a simulated site: how often, what it is worth, and what it costs. */
import type { Random } from '../../src/learn/random.js';

/** A look that a camera wishes for. */
export interface Wish {
  readonly sense: 'appearance' | 'motion';
  /** Expected drop of risk [bit]; Infinity where the user asked for it. */
  readonly worth: number;
  readonly gmacs: number;
  readonly ms: number;
}

/** One segment of one camera. */
export interface SimulatedSegment {
  readonly camera: number;
  /** End on its media clock [µs]. */
  readonly endUs: number;
  readonly hearing: { readonly gmacs: number; readonly ms: number };
  readonly wishes: readonly Wish[];
}

/** How busy a world is. */
export interface World {
  readonly cameras: number;
  /** Probability that a segment wishes for a picture: at rest, and in a burst. A clip is wished for behind a third of them. */
  readonly rest: number;
  readonly burst: number;
  /** Mean length of a burst, and of the rest between two [s]. */
  readonly burstS: number;
  readonly restS: number;
  /** How much slower the machine is in a bad moment, and how often there is one (probability of a segment). */
  readonly slowdown: number;
  readonly slow: number;
  /** Share of wishes that the user asked for. */
  readonly asked: number;
}

/** From one segment to the next [µs]: that of the embedded ear. */
export const HOP_US = 480_000;

/** Costs as measured here: packs `ear`, `eye`, `stride`, and decoding at 720p. */
export const COSTS = {
  audio: { gmacs: 0.0039, ms: 2 },
  appearance: { gmacs: 0.0262, ms: 14 },
  motion: { gmacs: 0.0962, ms: 120 },
} as const;

const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random.uniform(0, 1));

/** All segments of all cameras in the order of time, without end. Deterministic for a generator. */
export function* segmentsOf(world: World, random: Random): Generator<SimulatedSegment, never> {
  const cameras = Array.from({ length: world.cameras }, (_, i) => ({ offsetUs: Math.round((i * HOP_US) / world.cameras), busy: false, untilS: 0, weight: Math.exp(0.5 * random.normal()) }));
  let slowUntil = 0;
  for (let step = 0; ; step += 1) {
    for (const [camera, state] of cameras.entries()) {
      const endUs = (step + 2) * HOP_US + state.offsetUs;
      const nowS = endUs / 1e6;
      if (nowS >= state.untilS) {
        state.busy = state.untilS > 0 && !state.busy;
        state.untilS = nowS + exponential(random, state.busy ? world.burstS : world.restS);
      }
      if (random.chance(world.slow)) slowUntil = nowS + exponential(random, 3);
      const slow = nowS < slowUntil ? world.slowdown : 1;
      const ms = (mean: number): number => mean * slow * Math.exp(0.25 * random.normal());
      const wish = (sense: Wish['sense']): Wish => ({
        sense, worth: random.chance(world.asked) ? Infinity : exponential(random, 0.4) * state.weight,
        gmacs: COSTS[sense].gmacs, ms: ms(COSTS[sense].ms),
      });
      const wishes: Wish[] = random.chance(state.busy ? world.burst : world.rest) ? [wish('appearance'), ...(random.chance(1 / 3) ? [wish('motion')] : [])] : [];
      yield { camera, endUs, hearing: { gmacs: COSTS.audio.gmacs, ms: ms(COSTS.audio.ms) }, wishes };
    }
  }
}

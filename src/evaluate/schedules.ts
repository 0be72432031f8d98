import { seeded } from '../learn/random.js';
import type { Openings, SequenceRun } from '../learn/types.js';
import type { Stretch } from './accuracy.js';
import { stepGmacs, type Prices } from './cost.js';
import type { Looks } from './usage.js';

/** Both gates shut, or both open, at all of `steps` steps. */
export const constant = (steps: number, open: Looks<boolean>): Openings => ({
  appearance: new Uint8Array(steps).fill(open.appearance ? 1 : 0),
  motion: new Uint8Array(steps).fill(open.motion ? 1 : 0),
});

/** Rounding of rate × step must not move an opening. */
const GRAIN = 1e-9;

/**
 * Evenly spaced openings: each gate opens at its rate, 0…1, in the middle of equal stretches. Over T steps that are
 * rate·T openings, rounded.
 * @param phase where in its stretch the opening lies: 0.5 the middle, 0 the end
 */
export const uniform = (steps: number, rates: Looks, phase = 0.5): Openings => {
  const every = (rate: number): Uint8Array =>
    Uint8Array.from({ length: steps }, (_, t) => Math.floor((t + 1) * rate + phase + GRAIN) - Math.floor(t * rate + phase + GRAIN));
  return { appearance: every(rates.appearance), motion: every(rates.motion) };
};

/** What a run did, as far as schedules are concerned. */
export type Opened = Pick<SequenceRun, 'id' | 'opened'>;

const total = (runs: readonly Opened[], sense: keyof Looks): number =>
  runs.reduce((sum, { opened }) => sum + opened[sense].reduce((a, b) => a + b, 0), 0);

/**
 * Openings drawn at random, exactly as many of each gate over the whole set as the given runs had: the policy at the
 * same rates that knows nothing.
 * @param nested motion only where appearance is open too, for models and runs that are so
 * @returns openings by the id of the sequence
 */
export const randomLike = (runs: readonly Opened[], seed: number, { nested = false } = {}): Map<string, Openings> => {
  const random = seeded(seed);
  const drawn = runs.map(({ id, opened }) => ({ id, openings: constant(opened.appearance.length, { appearance: false, motion: false }) }));
  const places = drawn.flatMap(({ openings }) => Array.from(openings.appearance, (_, step) => ({ openings, step })));
  const draw = (sense: keyof Looks, from: typeof places): void => {
    const count = total(runs, sense), left = [...from];
    for (let i = 0; i < count && left.length > 0; i += 1) {
      const at = random.below(left.length), place = left[at], last = left.pop();
      if (place === undefined || last === undefined) continue;
      place.openings[sense][place.step] = 1;
      if (at < left.length) left[at] = last;
    }
  };
  draw('appearance', places);
  draw('motion', nested ? places.filter(({ openings, step }) => openings.appearance[step] === 1) : places);
  return new Map(drawn.map(({ id, openings }) => [id, openings]));
};

/** What an oracle knows of a sequence. */
export interface Knowledge {
  /** Stretches of one class each, with the cheapest senses that, with sound, tell it. */
  readonly stretches: readonly (Omit<Stretch, 'target'> & { readonly needs: readonly (keyof Looks)[] })[];
  /** `[T]`, 1 where the sense tells something at that step. */
  readonly telling: Looks<Uint8Array>;
}

/** The oracle's openings: in each stretch the cheapest sufficient senses, each at its first `looks` telling steps. */
export const oracle = ({ stretches, telling }: Knowledge, looks = 1): Openings => {
  const openings = constant(telling.appearance.length, { appearance: false, motion: false });
  for (const { start, end, needs } of stretches) {
    for (const sense of needs) {
      for (let step = start, left = looks; step < end && left > 0; step += 1) {
        if (telling[sense][step] !== 1) continue;
        openings[sense][step] = 1;
        left -= 1;
      }
    }
  }
  return openings;
};

/** Where a budget ends a run. */
export interface Emission {
  /** The last step that the budget pays for in full; −1 where it does not pay for one. Its answer is the one that counts. */
  readonly step: number;
  /** What was spent up to then [GMAC]; never more than the budget. */
  readonly gmacs: number;
}

/**
 * The paper's run-time budget: an answer is given once the budget is consumed (§4.2.2, Table 2). A step that would
 * overshoot is not begun, so the cap is a cap.
 * @param budget for the whole sequence [GMAC]; Infinity runs to the end
 */
export const emission = ({ opened, targets }: Pick<SequenceRun, 'opened' | 'targets'>, prices: Prices, budget: number): Emission => {
  let gmacs = 0;
  for (let step = 0; step < targets.length; step += 1) {
    const next = gmacs + stepGmacs(opened, step, prices);
    if (next > budget * (1 + GRAIN)) return { step: step - 1, gmacs };
    gmacs = next;
  }
  return { step: targets.length - 1, gmacs };
};

/**
 * The openings that a budget leaves: sound and heads are paid for to the end beforehand, then gates are granted in
 * their order as long as the rest pays for them, appearance before motion. The other reading of a budget: it degrades
 * the answer and never ends the stream. Openings must be run again as forced ones, since states depend on them.
 */
export const capped = (openings: Openings, { gmacs, headGmacs = 0 }: Prices, budget: number): Openings => {
  const steps = openings.appearance.length, granted = constant(steps, { appearance: false, motion: false });
  let left = budget * (1 + GRAIN) - steps * (gmacs.audio + headGmacs);
  for (let step = 0; step < steps; step += 1) {
    for (const sense of ['appearance', 'motion'] as const) {
      if (openings[sense][step] !== 1 || gmacs[sense] > left) continue;
      granted[sense][step] = 1;
      left -= gmacs[sense];
    }
  }
  return granted;
};

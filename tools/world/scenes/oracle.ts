/** The best policy that knows what a clip holds, and what it costs. */
import type { Openings } from '../../../src/learn/types.js';
import type { BySense } from '../../../src/learn/types.js';
import { firstStep, informative, type Latents } from './latents.js';
import { keyFrameS, STEPS } from './steps.js';

const only = (step: number): Uint8Array => Uint8Array.from({ length: STEPS }, (_, i) => Number(i === step));
const NEVER = new Uint8Array(STEPS);

/**
 * Which gates the oracle opens at which steps. Sound is always heard. It looks once, at the first step that tells, and
 * only if sound does not settle it: a key frame where the look settles it, a clip where an action does. For the
 * background it looks once at the last step, when nothing can come any more: at a clip where a foil stands, which only
 * motion can tell from its action, at a key frame otherwise.
 */
export const oracleOpenings = (latents: Latents): Openings => {
  const { group, heard, seen, done } = latents, told = informative(latents);
  const look = { appearance: only(firstStep(told.appearance)), motion: NEVER };
  if (done !== undefined) return { appearance: NEVER, motion: only(firstStep(told.motion)) };
  if (group === 'background') return seen?.kind === 'foil' ? { appearance: NEVER, motion: only(STEPS - 1) } : { ...look, appearance: only(STEPS - 1) };
  if (group === 'appearance' || group === 'sound-and-look') return look;
  return heard?.kind === 'own' ? { appearance: NEVER, motion: NEVER } : look;
};

/** What openings cost in all, with sound at every step; a key frame that was seen before is not paid again. */
export const costOf = ({ appearance, motion }: Openings, each: BySense): number => {
  const keys = new Set([...appearance].flatMap((open, step) => (open === 1 ? [keyFrameS(step)] : [])));
  return each.audio * STEPS + each.appearance * keys.size + each.motion * motion.reduce((sum, open) => sum + open, 0);
};

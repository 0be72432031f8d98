/** What is right at each step of a stream. */
import type { SenseName } from '../../../src/inference/manifest.js';
import { FADE_S } from '../scenes/latents.js';
import { covered, HOP_S, MOTION_S, WINDOW_S } from '../scenes/steps.js';
import { BACKGROUND_LABEL } from '../scenes/world.js';
import { episodesAround, type Camera, type Happening } from './timeline.js';

/** One step of a stream and its target. */
export interface StreamStep {
  readonly index: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly target: string;
  /** The happening that the target is of. */
  readonly id?: string;
  /** Which senses show at this step what the target's group needs. */
  readonly informative: readonly SenseName[];
}

/** An event counts from the step whose window holds this much of it. */
const ENOUGH = 0.5;

/** When the key frame was taken that appearance sees at a time [s], with a key frame each second. */
const keyBefore = (timeS: number): number => Math.floor(timeS);

const shows = ({ group, heard, seen, done }: Happening, endS: number): SenseName[] => {
  const looks = group === 'appearance' || group === 'either' || group === 'sound-and-look', key = keyBefore(endS);
  return [
    ...(heard?.kind === 'own' && covered(endS, WINDOW_S, heard.startS, heard.endS) >= ENOUGH ? ['audio' as const] : []),
    ...(looks && seen !== undefined && key >= seen.startS + FADE_S && key < seen.endS - FADE_S ? ['appearance' as const] : []),
    ...(done !== undefined && covered(endS, MOTION_S, done.startS, done.endS) >= ENOUGH ? ['motion' as const] : []),
  ];
};

/** The step of an index: its target is the event that fills at least half of its window, else the background. */
export const stepOf = (camera: Camera, index: number): StreamStep => {
  const startS = index * HOP_S, endS = startS + WINDOW_S;
  const events = episodesAround(camera, startS, endS).flatMap(({ happenings }) => happenings).filter(({ group }) => group !== 'background');
  const on = events.find((event) => covered(endS, WINDOW_S, event.startS, event.endS) >= ENOUGH);
  return {
    index, startUs: Math.round(startS * 1e6), endUs: Math.round(endS * 1e6), target: on?.label ?? BACKGROUND_LABEL,
    ...(on && { id: on.id }), informative: on === undefined ? [] : shows(on, endS),
  };
};

/** How many whole steps a stream of some length has. */
export const stepsIn = (seconds: number): number => Math.max(0, Math.floor((seconds - WINDOW_S) / HOP_S) + 1);

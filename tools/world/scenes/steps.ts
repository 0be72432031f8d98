/** A clip's clock: its length, its frames, and what each sense gets to see of it at each step. */

/** Pictures in a second. */
export const FPS = 25;
/** Pictures in a clip. */
export const FRAMES = 132;
/** Length of a clip's pictures [s]. */
export const CLIP_S = FRAMES / FPS;
/** Samples of a clip's sound: whole AAC frames, as many as reach past the last window. */
export const CLIP_SAMPLES = 83 * 1024;
/** From one step to the next, and the length of a window [s]. */
export const HOP_S = 0.48;
/** Length of the window of sound of one step [s]: 15 600 samples at 16 kHz. */
export const WINDOW_S = 0.975;
/** Length of the clip that motion sees, ending with the window [s]. */
export const MOTION_S = 0.96;
/** From one key frame to the next [s]. */
export const KEY_S = 1;
/** Steps of a clip. */
export const STEPS = 10;

/** When the window of a step ends [s]. */
export const stepEndS = (step: number): number => step * HOP_S + WINDOW_S;

/** When the picture was taken that appearance sees at a step: the last key frame before the window's end [s]. */
export const keyFrameS = (step: number): number => Math.min(Math.floor(stepEndS(step) / KEY_S) * KEY_S, Math.floor(CLIP_S / KEY_S) * KEY_S);

/** The part of a span of `lengthS` that ends at `endS` during which something went on, 0…1. */
export const covered = (endS: number, lengthS: number, fromS: number, toS: number): number =>
  Math.max(0, Math.min(endS, toS) - Math.max(endS - lengthS, fromS)) / lengthS;

/** Flags of all steps. */
export const flags = (of: (step: number) => boolean): Uint8Array => Uint8Array.from({ length: STEPS }, (_, step) => Number(of(step)));

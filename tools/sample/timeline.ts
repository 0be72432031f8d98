/** What one stretch of the sample holds. Times are seconds of media time. */
export interface Scene {
  readonly startS: number;
  readonly endS: number;
  /** The label of the `ear` pack that is heard; `background` where nothing in particular is. */
  readonly heard: 'background' | 'helicopter' | 'rain' | 'dog_bark';
  /** What is to be seen in the sky, if anything. */
  readonly seen?: 'helicopter';
}

/** Length of the sample [s]. */
export const SAMPLE_S = 28;
/** Frames a second. */
export const SAMPLE_FPS = 25;
/** Width of the picture [px]. */
export const SAMPLE_WIDTH = 640;
/** Height of the picture [px]. */
export const SAMPLE_HEIGHT = 360;

/**
 * What happens in the sample, in order and without gaps. Sounds fade in and out within a scene, so a
 * recogniser is right if it says so somewhere inside, and silent well inside the quiet scenes.
 */
export const TIMELINE: readonly Scene[] = [
  { startS: 0, endS: 4, heard: 'background' },
  { startS: 4, endS: 13, heard: 'helicopter', seen: 'helicopter' },
  { startS: 13, endS: 16, heard: 'background' },
  { startS: 16, endS: 22, heard: 'rain' },
  { startS: 22, endS: 24, heard: 'background' },
  { startS: 24, endS: 26.5, heard: 'dog_bark' },
  { startS: 26.5, endS: SAMPLE_S, heard: 'background' },
];

/** The scene at a time [s]; the last one after the end. */
export const sceneAt = (timeS: number): Scene => {
  const scene = TIMELINE.find(({ endS }) => timeS < endS) ?? TIMELINE.at(-1);
  if (scene === undefined) throw new RangeError('the timeline is empty');
  return scene;
};

/** Where the helicopter is: progress 0…1 from the left of the picture to the right, and its nearness 0…1. */
export const flight = (timeS: number): { readonly progress: number; readonly near: number } => {
  const { startS, endS } = TIMELINE[1] ?? { startS: 0, endS: 1 };
  const progress = (timeS - startS) / (endS - startS);
  return { progress, near: Math.exp(-(((progress - 0.5) / 0.3) ** 2)) };
};

/** How hard it rains, 0…1. */
export const rainfall = (timeS: number): number => {
  const { startS, endS } = TIMELINE[3] ?? { startS: 0, endS: 1 };
  return Math.max(0, Math.min(1, (timeS - startS) / 0.8, (endS - timeS) / 0.8));
};

/** When the dog barks [s]. */
export const BARKS_S: readonly number[] = [24.05, 24.35, 24.85, 25.15, 25.65, 25.95];

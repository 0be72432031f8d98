/** `npm run world -- streams`: renders minutes of several cameras. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createProgress } from '../progress.js';
import { CLIP_SIZE } from '../scenes/clip.js';
import type { Part } from '../scenes/latents.js';
import { PARTS } from '../scenes/render.js';
import { createWorld } from '../scenes/world.js';
import { writeStretch, type Stretch } from './render.js';
import type { Camera } from './timeline.js';

/** What the command takes. */
export const STREAMS_USAGE = 'npm run world -- streams [--seed 1] [--part train|val|test] [--cameras 4] [--minutes 10] [--width 128] [--height 128] --to <folder>';

/** Cameras take these shares of background in turn. */
const SHARES: readonly Camera['backgroundShare'][] = [0.7, 0.3, 0.95];

/** The cameras of a world's part: the first three have all shares of background. */
export const camerasOf = (seed: number, part: Part, count: number): Camera[] =>
  Array.from({ length: count }, (_, index) => ({ world: createWorld(seed), part, index, backgroundShare: SHARES[index % SHARES.length] ?? 0.7 }));

/** Options that rendering and serving share. */
export const STRETCH_OPTIONS = {
  seed: { type: 'string', default: '1' }, part: { type: 'string', default: 'train' }, cameras: { type: 'string', default: '4' },
  minutes: { type: 'string', default: '10' }, width: { type: 'string', default: String(CLIP_SIZE.width) },
  height: { type: 'string', default: String(CLIP_SIZE.height) }, to: { type: 'string' },
} as const;

/** The stretches that options ask for. @throws Error for a part that does not exist */
export const stretchesOf = (values: Readonly<Record<'seed' | 'part' | 'cameras' | 'minutes' | 'width' | 'height', string>>): Stretch[] => {
  const part = PARTS.find((one) => one === values.part);
  if (part === undefined) throw new Error(`--part is one of ${PARTS.join(', ')}, not ${values.part}.`);
  return camerasOf(Number(values.seed), part, Number(values.cameras)).map((camera) =>
    ({ camera, seconds: Number(values.minutes) * 60, size: { width: Number(values.width), height: Number(values.height) } }));
};

/** Renders stretches that are not there yet, with progress in seconds of media. @returns the recordings' paths */
export const renderStretches = (folder: string, stretches: readonly Stretch[]): string[] => {
  const progress = createProgress('seconds'), all = stretches.reduce((sum, { seconds }) => sum + seconds, 0);
  let before = 0;
  const paths = stretches.map((stretch) => {
    const path = writeStretch(folder, stretch, (doneS) => { progress.report(Math.round(before + doneS), all, before + doneS); });
    before += stretch.seconds;
    return path;
  });
  progress.stop();
  return paths;
};

/** Renders the cameras that the arguments ask for. */
export const streams = (args: readonly string[]): void => {
  const { values } = parseArgs({ args: [...args], options: STRETCH_OPTIONS });
  if (values.to === undefined) throw new Error(`Say where to with --to. ${STREAMS_USAGE}`);
  renderStretches(resolve(values.to), stretchesOf(values));
};

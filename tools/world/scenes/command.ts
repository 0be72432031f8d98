/** `npm run world -- scenes`: renders clips. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createProgress } from '../progress.js';
import { CLIP_SIZE } from './clip.js';
import { render } from './render.js';
import { createWorld } from './world.js';

/** What the command takes. */
export const SCENES_USAGE = 'npm run world -- scenes [--seed 1] [--train 3000] [--val 400] [--test 1000] [--size 128] [--backwards] --to <folder>';

/** Renders the clips that the arguments ask for, with progress. */
export const scenes = (args: readonly string[]): void => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' }, train: { type: 'string', default: '3000' }, val: { type: 'string', default: '400' },
      test: { type: 'string', default: '1000' }, size: { type: 'string', default: String(CLIP_SIZE.width) }, to: { type: 'string' },
      backwards: { type: 'boolean', default: false },
    },
  });
  if (values.to === undefined) throw new Error(`Say where to with --to. ${SCENES_USAGE}`);
  const counts = { train: Number(values.train), val: Number(values.val), test: Number(values.test) };
  const progress = createProgress('clips');
  const size = { width: Number(values.size), height: Number(values.size) };
  render({ world: createWorld(Number(values.seed)), counts, folder: resolve(values.to), size, backwards: values.backwards }, progress.report);
  progress.stop();
};

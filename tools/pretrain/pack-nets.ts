/** Makes the packs models/eye, eye-wide and stride of what the scripts exported: `node dist/tools/pretrain/pack-nets.js`. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePack, type PackParts } from '../../src/inference/write-pack.js';
import { MOTION_LABELS } from '../world/scenes/motions.js';
import { EYE_LABELS, FLYERS } from './eye-labels.js';
import { cacheFolder, repositoryRoot } from './places.js';

const BYTES = { scale: 1 / 127.5, offset: -1 };
const shared = { version: '1', license: 'Apache-2.0', origin: 'tools/pretrain/README.md' };

const eye = (): PackParts => ({
  ...shared, name: 'eye',
  description: 'Looks at one picture: shapes and colours of drawn things, and what flies. Its features are what policies learn on. See README.md.',
  senses: {
    appearance: {
      onnx: readFileSync(join(cacheFolder(), 'eye.onnx')), labels: EYE_LABELS, activation: 'sigmoid', background: ['nothing'],
      from: { kind: 'picture', width: 128, height: 128, layout: 'nchw', ...BYTES },
    },
  },
});

const eyeWide = (): PackParts => ({
  ...shared, name: 'eye-wide',
  description: 'The eye at 320x256, for what flies far away: airplane, bird, drone, helicopter, nothing. See README.md.',
  senses: {
    appearance: {
      onnx: readFileSync(join(cacheFolder(), 'eye-wide.onnx')), labels: [...FLYERS, 'nothing'], activation: 'softmax', background: ['nothing'],
      from: { kind: 'picture', width: 320, height: 256, layout: 'nchw', ...BYTES },
    },
  },
});

const stride = (): PackParts => ({
  ...shared, name: 'stride',
  description: 'Watches 0.96 s in eight pictures: seven actions, each forwards or backwards in time, or none. Its features are what policies learn on. See README.md.',
  senses: {
    motion: {
      onnx: readFileSync(join(cacheFolder(), 'stride.onnx')), labels: MOTION_LABELS, activation: 'softmax', background: ['idle'],
      from: { kind: 'clip', width: 64, height: 64, frames: 8, spanS: 0.96, layout: 'ncthw', ...BYTES },
    },
  },
});

for (const [name, parts] of [['eye', eye], ['eye-wide', eyeWide], ['stride', stride]] as const) {
  if (!existsSync(join(cacheFolder(), `${name}.onnx`))) continue;
  const written = await writePack(parts(), join(cacheFolder(), 'packs'));
  const folder = join(repositoryRoot(), 'models', name);
  mkdirSync(folder, { recursive: true });
  // The card and the metrics that are already there stay.
  for (const file of readdirSync(written)) copyFileSync(join(written, file), join(folder, file));
  process.stdout.write(`${folder}\n`);
}

/**
 * Makes the packs models/ear and models/eye of the nets that ear.py and eye.py exported:
 * `node dist/tools/pretrain/pack.js ear eye`. The sample, the cards and the metrics that are already there stay.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePack, type SenseParts } from '../../src/inference/write-pack.js';
import { FRONT_END, LABELS } from './labels.js';
import { cacheFolder, repositoryRoot } from './places.js';
import { EYE_LABELS, HEIGHT, WIDTH } from './scenes.js';

const net = (name: string): Uint8Array => readFileSync(join(cacheFolder(), `${name}.onnx`));

interface Made { readonly description: string; readonly senses: () => Readonly<Partial<Record<'audio' | 'appearance', SenseParts>>> }

const MADE: Readonly<Record<string, Made>> = {
  ear: {
    description: 'Eleven everyday sounds and a background class; a small net that learned from YAMNet. See README.md.',
    senses: () => ({ audio: { onnx: net('ear'), from: FRONT_END, labels: LABELS, activation: 'sigmoid', background: ['background'] } }),
  },
  eye: {
    description: 'Airplane, bird, drone, helicopter or nothing in the sky; a small net for key frames. See README.md.',
    senses: () => ({ appearance: {
      onnx: net('eye'), from: { kind: 'picture', width: WIDTH, height: HEIGHT, layout: 'nchw', scale: 1 / 127.5, offset: -1 },
      labels: EYE_LABELS, activation: 'softmax', background: ['background'],
    } }),
  },
};

for (const name of process.argv.slice(2)) {
  const made = MADE[name];
  if (made === undefined) throw new Error(`there is no pack ${name} to make; there are ${Object.keys(MADE).join(', ')}`);
  const written = await writePack({ name, version: '1', license: 'Apache-2.0', description: made.description, origin: 'tools/pretrain/README.md', senses: made.senses() }, join(cacheFolder(), 'packs'));
  const folder = join(repositoryRoot(), 'models', name);
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(written)) copyFileSync(join(written, file), join(folder, file));
  process.stdout.write(`${folder}\n`);
}

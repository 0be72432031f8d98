/** Makes the pack models/ear of the net that ear.py exported. The sample, the card and the metrics that are already there stay. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePack } from '../../src/inference/write-pack.js';
import { FRONT_END, LABELS } from './labels.js';
import { cacheFolder, repositoryRoot } from './places.js';

const written = await writePack({
  name: 'ear',
  version: '1',
  license: 'Apache-2.0',
  description: 'Eleven everyday sounds and a background class; a small net that learned from YAMNet. See README.md.',
  origin: 'tools/pretrain/README.md',
  senses: { audio: { onnx: readFileSync(join(cacheFolder(), 'ear.onnx')), from: FRONT_END, labels: LABELS, activation: 'sigmoid', background: ['background'] } },
}, join(cacheFolder(), 'packs'));
const folder = join(repositoryRoot(), 'models', 'ear');
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(written)) copyFileSync(join(written, file), join(folder, file));
process.stdout.write(`${folder}\n`);

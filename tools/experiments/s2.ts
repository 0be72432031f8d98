import { join } from 'node:path';
import { repositoryRoot } from '../pretrain/places.js';
import type { MatrixSettings } from './cells.js';
import { loadWorld, readLines, type ClipLine, type ClipsFolder } from './clips-world.js';
import type { World } from './world.js';

const cache = (...names: string[]): string => join(repositoryRoot(), '.cache', ...names);

/** Where S2's clips and features lie. */
export const s2Folder: ClipsFolder = {
  folder: cache('world', 's2'), packs: { audio: 'ear', appearance: 'eye', motion: 'stride' },
  features: cache('experiments', 's2', 'features.bin'), cache: cache('features'),
};

const SEEDS = [1, 2, 3, 4, 5];

const SCHEDULE = { epochs: 20, batch: 64, learningRate: 3e-3, decay: 0.9, dropout: 0.2 };

const PROJECTED = { audio: 32, appearance: 48, motion: 64 };

const settings: MatrixSettings = {
  data: 's2 1 3000-400-1000', seeds: SEEDS, ablationSeeds: [1, 2],
  sweep: [{ appearance: 0.8, motion: 0.9 }, { appearance: 0.9, motion: 0.95 }, { appearance: 0.95, motion: 0.98 }],
  middle: { appearance: 0.95, motion: 0.98 },
  hms: { ...SCHEDULE, projected: PROJECTED, hidden: { audio: 32, appearance: 48, motion: 64 }, warmUp: 6, lambda: 10 }, fusion: { ...SCHEDULE, projected: PROJECTED, hidden: 64 }, senses: ['audio', 'appearance', 'motion'], every: [10, 5],
};

/** Rendered scenes with synthesised sound, as real files. */
export const s2: World = {
  name: 's2',
  about: 'S2, rendered scenes with synthesised sound as H.264 and AAC, 5.28 s a clip: 24 classes that are known by sound, look, motion or two of them, and background (`npm run world -- scenes --seed 1`); textures, timbres and backgrounds of the test part are in no other',
  settings,
  load: () => Promise.resolve(loadWorld(s2Folder.features, readLines(join(s2Folder.folder, 'clips.jsonl')) as readonly ClipLine[])),
};

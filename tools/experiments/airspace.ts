import { join } from 'node:path';
import type { SenseName } from '../../src/inference/manifest.js';
import { repositoryRoot } from '../pretrain/places.js';
import type { ComposedClip } from '../world/airspace/plan.js';
import { soundLabel } from '../world/airspace/plan.js';
import type { MatrixSettings } from './cells.js';
import { loadWorld, readLines, type ClipLine, type ClipsFolder } from './clips-world.js';
import type { World } from './world.js';

const cache = (...names: string[]): string => join(repositoryRoot(), '.cache', ...names);

const folderOf = (name: string, packs: ClipsFolder['packs']): ClipsFolder => ({
  folder: cache('world', 'airspace'), packs, features: cache('experiments', name, 'features.bin'), cache: cache('features'),
  // Stretches of one video share its pictures.
  sourcePattern: /\/([a-z]+_\d+)-/,
});

/** The composed clips as Hearken's own nets see them. */
export const airspaceFolder = folderOf('airspace', { audio: 'ear', appearance: 'eye-wide', motion: 'none' });

/** The same as two public nets see them: the reference. */
export const referenceFolder = folderOf('airspace-reference', { audio: 'yamnet', appearance: 'mobilenet_v2', motion: 'none' });

const STEPS = 10;

/** What sound settles needs no look; the rest needs one, and any will do. */
const lineOf = ({ part, name, label }: ComposedClip): ClipLine => {
  const heard = soundLabel(label) === label;
  return {
    path: `${part}/${name}`, label, group: heard ? 'sound settles it' : 'only looking settles it',
    oracle: { appearance: Array.from({ length: STEPS }, (_, step) => (!heard && step === 0 ? 1 : 0)), motion: Array.from({ length: STEPS }, () => 0) },
  };
};

const SCHEDULE = { epochs: 30, batch: 64, learningRate: 4e-3, decay: 0.92, dropout: 0.3, jitter: 0.1, weightDecay: 0.01 };

const settingsOf = (data: string, senses: readonly SenseName[]): MatrixSettings => {
  // Without a net for motion its gate has nothing to open for.
  const motion = (skip: number): number => (senses.includes('motion') ? skip : 1);
  return {
    data: `airspace 1 ${data}`, seeds: [1, 2, 3, 4, 5], ablationSeeds: [1, 2],
    sweep: [0.5, 0.75].map((appearance) => ({ appearance, motion: motion(0.97) })),
    middle: { appearance: 0.75, motion: motion(0.97) },
    hms: { ...SCHEDULE, warmUp: 6, lambda: 10 }, fusion: SCHEDULE, senses, every: [10],
  };
};

const worldOf = (name: string, what: string, folder: ClipsFolder, senses: readonly SenseName[]): World => ({
  name,
  about: `real sound and real pictures that were recorded apart and are *composed* here: drone and helicopter videos with a sound of their own class, airplane and bird videos with background noise, 5.28 s a clip; ${what}. The test part is the data's own validation part, two stretches of each of its videos; intervals are over videos`,
  settings: settingsOf(name, senses),
  soundClass: soundLabel, aims: { macsShare: 0.5, loss: 0.01, soundAlone: 0.93 },
  load: () => Promise.resolve(loadWorld(folder.features, (readLines(join(folder.folder, 'clips.jsonl')) as readonly ComposedClip[]).map(lineOf))),
});

/** The airspace by Hearken's own nets. */
export const airspace = worldOf('airspace', "Hearken's own nets ear and eye-wide, no motion (what flies here is a few pixels wide)", airspaceFolder, ['audio', 'appearance']);

/** The airspace by YAMNet and MobileNetV2. */
export const airspaceReference = worldOf('airspace-reference', 'YAMNet and MobileNetV2 as frozen nets, no motion', referenceFolder, ['audio', 'appearance']);

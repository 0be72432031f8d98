/** What is trained to answer early on S2: every step supervised, so that gates open as soon as something is to be seen. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fusionSpec, hmsSpec, type FusionSpec, type HmsSpec } from '../../../src/learn/train/settings.js';
import { repositoryRoot } from '../../pretrain/places.js';
import { sweepName, type SkipTargets } from '../cells.js';
import type { ClipsFolder } from '../clips-world.js';
import { s2Folder } from '../s2.js';

/** The name of the experiment. */
export const EARLY = 'early';

const cache = (...names: string[]): string => join(repositoryRoot(), '.cache', ...names);

/** Clips of S2's validation textures and timbres that no model was trained or chosen on: rendered for calibration alone. */
export const calibrationFolder: ClipsFolder = { ...s2Folder, folder: cache('world', 's2cal', 'val'), features: cache('experiments', 's2-cal', 'features.bin') };

/** The first so many of those clips are S2's validation part, which chooses and fits. */
export const CHOOSING = 400;

const PROJECTED = { audio: 32, appearance: 48, motion: 64 };
const SCHEDULE = { epochs: 30, batch: 64, learningRate: 3e-3, decay: 0.92, dropout: 0.2, supervision: 'every' } as const;
const SWEEP: readonly SkipTargets[] = [{ appearance: 0.6, motion: 0.9 }, { appearance: 0.75, motion: 0.95 }];

/** One model to be trained. */
export interface EarlyJob {
  readonly name: string;
  readonly spec: HmsSpec | FusionSpec;
}

/** The early fusion of all senses, on every step: always everything. */
export const EVERYTHING = 'fusion-A+I+M';

/** All jobs, what is claimed first. */
export const earlyJobs = (): readonly EarlyJob[] => [
  ...SWEEP.map((skipTargets): EarlyJob => ({ name: sweepName(skipTargets), spec: hmsSpec({ ...SCHEDULE, skipTargets, projected: PROJECTED, hidden: PROJECTED, warmUp: 10, lambda: 10 }) })),
  { name: EVERYTHING, spec: fusionSpec(['audio', 'appearance', 'motion'], { ...SCHEDULE, projected: PROJECTED, hidden: 64 }) },
];

/** A job with its training seed. */
export interface EarlyCell {
  readonly key: string;
  readonly seed: number;
  readonly job: EarlyJob;
}

/** Names the data, with everything that changes them. */
const DATA = 's2 1 3000-1400-1000';

/** The cells, seed by seed. */
export const earlyCells = (seeds: number): readonly EarlyCell[] => Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) => earlyJobs().map((job): EarlyCell => {
  const hash = createHash('sha256').update(JSON.stringify([DATA, seed, job.spec])).digest('hex').slice(0, 8);
  return { key: `seed-${seed}/${job.name}-${hash}`, seed, job };
}));

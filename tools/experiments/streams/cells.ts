/** What is trained for S3, the world of streams: HMS at several skip targets, and fixed senses. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { SenseName } from '../../../src/inference/manifest.js';
import { fusionSpec, hmsSpec, type FusionSpec, type HmsSpec } from '../../../src/learn/train/settings.js';
import { repositoryRoot } from '../../pretrain/places.js';
import { sensesName, subsetsOf, sweepName, type SkipTargets } from '../cells.js';
import type { StreamsFolder } from './world.js';

const cache = (...names: string[]): string => join(repositoryRoot(), '.cache', ...names);

/** Where S3's streams and features lie. */
export const s3Folder: StreamsFolder = {
  folder: cache('world', 's3'), packs: { audio: 'ear', appearance: 'eye', motion: 'stride' },
  features: cache('experiments', 's3', 'features.bin'), cache: cache('features'),
};

/** Long streams are learned from in stretches of so many steps. */
export const STRETCH = 32;

/** Three stretches, from any streams, follow each other, and every step is supervised, in all epochs. */
const SCHEDULE = {
  epochs: 30, batch: 32, learningRate: 3e-3, decay: 0.93, dropout: 0.2, supervision: 'every', stretch: STRETCH, splice: { count: 3, epochs: 30 },
} as const;

const PROJECTED = { audio: 32, appearance: 48, motion: 64 };

/** From generous to frugal. Set on the validation part: there the gates open less often than in training, since streams are longer than stretches. */
const SWEEP: readonly SkipTargets[] = [{ appearance: 0.4, motion: 0.92 }, { appearance: 0.5, motion: 0.96 }, { appearance: 0.7, motion: 0.98 }];

/** One model to be trained. */
export interface StreamJob {
  readonly name: string;
  readonly spec: HmsSpec | FusionSpec;
  /** `clips`: from S2's training clips alone, as somebody who has no streams; with the first training seed only. */
  readonly from?: 'clips';
}

/** A job with its training seed. */
export interface StreamCell {
  readonly key: string;
  readonly seed: number;
  readonly job: StreamJob;
}

/** The name of the job that always reads these senses. */
export const fusionName = (senses: readonly SenseName[]): string => `fusion-${sensesName(senses)}`;

const WIDTHS = { projected: PROJECTED, hidden: PROJECTED } as const;
const FROM_CLIPS = { ...WIDTHS, epochs: 24, learningRate: 3e-3, decay: 0.92, dropout: 0.2, supervision: 'every', warmUp: 10, lambda: 10, skipTargets: { appearance: 0.6, motion: 0.9 } } as const;

/** Single clips from a state of rest, or three joined: what joining is worth on streams. */
const CLIP_JOBS: readonly StreamJob[] = [
  { name: 'clips-single', from: 'clips', spec: hmsSpec({ ...FROM_CLIPS, batch: 64 }) },
  { name: 'clips-joined', from: 'clips', spec: hmsSpec({ ...FROM_CLIPS, batch: 32, stretch: 10, splice: { count: 3, epochs: 24 } }) },
];

/** All jobs, what is claimed first. */
export const streamJobs = (): readonly StreamJob[] => [
  ...SWEEP.map((skipTargets): StreamJob => ({ name: sweepName(skipTargets), spec: hmsSpec({ ...SCHEDULE, skipTargets, ...WIDTHS, warmUp: 12, lambda: 10 }) })),
  ...subsetsOf(['audio', 'appearance', 'motion']).toReversed().map((senses): StreamJob => ({ name: fusionName(senses), spec: fusionSpec(senses, { ...SCHEDULE, projected: PROJECTED, hidden: 64 }) })),
  ...CLIP_JOBS,
];

/** Names the data, with everything that changes them. */
const DATA = 's3 1 36x7-6x4-9x6';

/** The cells, seed by seed. */
export const streamCells = (seeds: number): readonly StreamCell[] => Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) => streamJobs().filter(({ from }) => from === undefined || seed === 1).map((job): StreamCell => {
  const hash = createHash('sha256').update(JSON.stringify([DATA, seed, job.spec])).digest('hex').slice(0, 8);
  return { key: `seed-${seed}/${job.name}-${hash}`, seed, job };
}));

/** Which policies get a rule for confirming events: those of S3, as they were trained there. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { repositoryRoot } from '../../pretrain/places.js';
import { sweepName } from '../cells.js';
import { s3Folder, streamCells, type StreamCell } from '../streams/cells.js';
import type { StreamsFolder } from '../streams/world.js';

/** The name of the experiment. */
export const CONFIRM = 'confirm';

const cache = (...names: string[]): string => join(repositoryRoot(), '.cache', ...names);

/** Streams of S3's validation part, from cameras that no model was trained, chosen or calibrated on. Textures and timbres of the test part are not in them. */
export const calibrationStreams: StreamsFolder = { ...s3Folder, folder: cache('world', 's3cal'), features: cache('experiments', 's3-cal', 'features.bin') };

/** The first so many cameras are those of S3's validation part, which chooses and sets the temperatures. */
export const CHOOSING = 6;

/** The policies: the one that S3 chose, and the one at 15 % of the cost. */
export const POLICIES: readonly string[] = [sweepName({ appearance: 0.7, motion: 0.98 }), sweepName({ appearance: 0.4, motion: 0.92 })];

/** A policy of S3 that is to follow the streams. */
export interface ConfirmCell {
  readonly key: string;
  readonly seed: number;
  readonly job: { readonly name: string };
  /** Where S3 keeps it. */
  readonly trained: StreamCell;
}

/** Names the data, with everything that changes them. */
const DATA = 's3cal 1 240x2 9x6';

/** The cells, seed by seed. */
export const confirmCells = (seeds: number): readonly ConfirmCell[] => streamCells(seeds).filter(({ job }) => POLICIES.includes(job.name)).map((trained) => {
  const hash = createHash('sha256').update(JSON.stringify([DATA, trained.key])).digest('hex').slice(0, 8);
  return { key: `seed-${trained.seed}/${trained.job.name}-${hash}`, seed: trained.seed, job: { name: trained.job.name }, trained };
});

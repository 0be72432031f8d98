/** One cell: a policy of S3 follows the streams that are for calibration, and those of the test part. */
import type { Temperatures } from '../../../src/inference/manifest.js';
import { applyTemperatures } from '../../../src/learn/calibrate.js';
import { followedOf, type FollowedStream } from '../../../src/learn/confirming/streams.js';
import { run } from '../../../src/learn/model/run.js';
import type { FeatureSequence, FeatureSet } from '../../../src/learn/types.js';
import { WINDOW_S } from '../clips-world.js';
import { readFeatures } from '../feature-file.js';
import { openStore, unpackModel, type Store } from '../store.js';
import type { StreamResult } from '../streams/cell.js';
import { s3Folder } from '../streams/cells.js';
import { loadStreams } from '../streams/world.js';
import { resultsFolder } from '../worlds.js';
import { calibrationStreams, CHOOSING, type ConfirmCell } from './cells.js';

/** The streams, and where S3 keeps its policies. */
export interface ConfirmWorld {
  readonly like: FeatureSet;
  readonly cal: readonly FeatureSequence[];
  readonly test: readonly FeatureSequence[];
  readonly trained: Store;
}

/** The number of a stream's camera, from 0. */
export const cameraOf = (id: string): number => Number(/camera-(\d+)-/.exec(id)?.[1] ?? Number.NaN);

/** Reads the streams' features. @throws RangeError where the streams for calibration are of another world than S3 */
export const loadConfirmWorld = async (): Promise<ConfirmWorld> => {
  const { set } = readFeatures(calibrationStreams.features);
  const like = readFeatures(s3Folder.features).set;
  if (set.labels.join() !== like.labels.join()) throw new RangeError('the streams for calibration have other labels than S3: they are from another seed');
  return Promise.resolve({ like, cal: set.sequences.filter(({ id }) => cameraOf(id) >= CHOOSING), test: loadStreams(s3Folder).test, trained: openStore(resultsFolder('s3')) });
};

/** What is kept of a cell. */
export interface ConfirmResult {
  readonly name: string;
  readonly seed: number;
  readonly temperatures: Temperatures;
  readonly cal: readonly FollowedStream[];
  readonly test: readonly FollowedStream[];
}

/** Scores to four digits: that is how they go out, and a third of the file. */
const short = (stream: FollowedStream): FollowedStream =>
  ({ ...stream, known: stream.known.map((labels) => labels.map(({ label, score }) => ({ label, score: Number(score.toFixed(4)) }))) });

/** Computes a cell: the gates open as the policy opens them. @throws RangeError where S3 has not been trained */
export const computeConfirmCell = async ({ seed, job, trained: { key } }: ConfirmCell, { like, cal, test, trained }: ConfirmWorld): Promise<ConfirmResult> => {
  const kept = trained.get(key) as Pick<StreamResult, 'model' | 'temperatures'> | undefined;
  if (kept === undefined) throw new RangeError(`S3 has no ${key} yet: npm run experiments -- s3 --seeds 3`);
  const model = unpackModel(kept.model), { labels, background, stepUs } = like;
  const follow = async (sequences: readonly FeatureSequence[]): Promise<FollowedStream[]> =>
    (await run(model, sequences)).map((one) => short(followedOf(applyTemperatures(one, kept.temperatures), { labels, background, stepUs, windowUs: WINDOW_S * 1e6 })));
  return { name: job.name, seed, temperatures: kept.temperatures, cal: await follow(cal), test: await follow(test) };
};

/** One cell: a model is trained on S2's clips, and answers after every step of clips that it was not trained on. */
import type { Prices } from '../../../src/evaluate/cost.js';
import type { Temperatures } from '../../../src/inference/manifest.js';
import { applyTemperatures, fitTemperatures } from '../../../src/learn/calibrate.js';
import { run } from '../../../src/learn/model/run.js';
import { train } from '../../../src/learn/train/train.js';
import type { FeatureSet } from '../../../src/learn/types.js';
import { pricesOf } from '../cell.js';
import { readFeatures } from '../feature-file.js';
import { outcomeOf, type ClipOutcome } from '../outcome.js';
import { s2 } from '../s2.js';
import { packModel } from '../store.js';
import { calibrationFolder, CHOOSING, type EarlyCell } from './cells.js';

/** S2 with the clips for calibration. */
export interface EarlyWorld {
  readonly train: FeatureSet;
  /** Temperatures and boundaries are fitted on it, and the operating point is chosen on it. */
  readonly val: FeatureSet;
  /** What is promised is tested on it. */
  readonly cal: FeatureSet;
  readonly test: FeatureSet;
}

/** The number in a clip's name, which is its place in its part. */
const placeOf = (id: string): number => Number(/(\d+)\.mp4$/.exec(id)?.[1] ?? Number.NaN);

/** Reads the features of all parts. */
export const loadEarlyWorld = async (): Promise<EarlyWorld> => {
  const { train: taught, val, test } = await s2.load();
  const { set } = readFeatures(calibrationFolder.features);
  if (set.labels.join() !== taught.labels.join()) throw new RangeError('the clips for calibration have other labels than S2: they are from another seed');
  return { train: taught, val, test, cal: { ...set, sequences: set.sequences.filter(({ id }) => placeOf(id) >= CHOOSING) } };
};

/** What is kept of a cell. */
export interface EarlyResult {
  readonly name: string;
  readonly seed: number;
  readonly trainS: number;
  readonly prices: Prices;
  readonly temperatures: Temperatures;
  readonly val: readonly ClipOutcome[];
  readonly cal: readonly ClipOutcome[];
  readonly test: readonly ClipOutcome[];
  readonly model: unknown;
}

/** Computes a cell. Deterministic but for `trainS`. */
export const computeEarlyCell = async ({ seed, job }: EarlyCell, world: EarlyWorld): Promise<EarlyResult> => {
  const started = performance.now();
  const { model } = await train(world.train, job.spec, { seed });
  const trainS = (performance.now() - started) / 1000;
  const temperatures = fitTemperatures(await run(model, world.val.sequences), { on: 'every' });
  const outcomes = async ({ sequences }: FeatureSet): Promise<ClipOutcome[]> => (await run(model, sequences)).map((one) => outcomeOf(applyTemperatures(one, temperatures)));
  return {
    name: job.name, seed, trainS, temperatures, prices: pricesOf(model, world.train.gmacs),
    val: await outcomes(world.val), cal: await outcomes(world.cal), test: await outcomes(world.test), model: packModel(model),
  };
};

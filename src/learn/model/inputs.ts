import type { SenseName } from '../../inference/manifest.js';
import { tensor2d, type Tensor2D } from '../tensor/tf.js';
import type { BySense } from '../types.js';
import type { Batch } from './batch.js';
import type { SenseTensors } from './fusion.js';
import type { HmsInputs } from './hms.js';

/** A table of a batch as a tensor `[T·B, width]`; the caller owns it. */
export const rowsOf = (table: Float32Array, width: number): Tensor2D => tensor2d(table, [table.length / width, width]);

/** The features of a batch as tensors. */
export const featureTensors = (batch: Batch, dims: BySense): SenseTensors =>
  Object.fromEntries((Object.entries(batch.features) as [SenseName, Float32Array][]).map(([sense, table]) => [sense, rowsOf(table, dims[sense])]));

/** Everything HMS reads of a batch, as tensors. */
export const hmsInputs = (batch: Batch, dims: BySense): HmsInputs => {
  const { audio, appearance, motion } = featureTensors(batch, dims);
  if (audio === undefined || appearance === undefined || motion === undefined) throw new RangeError('HMS needs all three senses');
  const both = ({ appearance: a, motion: m }: Readonly<Record<'appearance' | 'motion', Float32Array>>): HmsInputs['free'] =>
    ({ appearance: rowsOf(a, 1), motion: rowsOf(m, 1) });
  return { features: { audio, appearance, motion }, free: both(batch.free), fixed: both(batch.fixed), steps: batch.steps, sequences: batch.sequences };
};

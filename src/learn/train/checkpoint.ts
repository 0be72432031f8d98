/** Where a training stands, on disk, so that it can be killed at any time. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../faults.js';
import type { FeatureSet } from '../types.js';
import type { EpochReport } from './report.js';
import type { TrainSpec } from './settings.js';

/** A training after some epoch. Noise and order are drawn anew from the seed and the epoch, so no generator is kept. */
export interface Checkpoint {
  /** Of the settings, the seed and the data: another one is another training. */
  readonly hash: string;
  /** Epochs done. */
  readonly epochs: number;
  /** Steps that Adam has made. */
  readonly steps: number;
  readonly reports: readonly EpochReport[];
  /** The epoch whose weights are the best so far, counted from 0, and its loss on what is held back. */
  readonly best?: { readonly epoch: number; readonly loss: number } | undefined;
  /** Flat vectors `[P]`: weights, Adam's moments, and the best weights where there are some. */
  readonly weights: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly bestWeights?: Float32Array | undefined;
}

const FILE = 'checkpoint.bin';
const VERSION = 1;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array | Uint8Array): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

/** A hash of all that a training's result depends on. */
export const trainingHash = (set: FeatureSet, spec: TrainSpec, seed: number): string => {
  const hash = createHash('sha256').update(JSON.stringify([VERSION, spec, seed, set.labels, set.dims]));
  for (const { id, source, features, present, targets } of set.sequences) {
    hash.update(`${id}\n${source ?? ''}\n`).update(bytesOf(targets));
    for (const sense of ['audio', 'appearance', 'motion'] as const) hash.update(bytesOf(features[sense])).update(bytesOf(present[sense]));
  }
  return hash.digest('hex');
};

/** Writes a checkpoint; a kill in between leaves the one before. */
export const writeCheckpoint = async (folder: string, { weights, first, second, bestWeights, ...rest }: Checkpoint): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const vectors = [weights, first, second, ...(bestWeights === undefined ? [] : [bestWeights])];
  const head = Buffer.from(JSON.stringify({ version: VERSION, ...rest, size: weights.length, vectors: vectors.length }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const partial = join(folder, `${FILE}.partial`);
  try {
    // Not by one call of writev, which on a disk that is nearly full writes what has room, and says no more of it.
    await writeFile(partial, Buffer.concat([length, head, ...vectors.map(bytesOf)]), { flush: true });
    await rename(partial, join(folder, FILE));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
};

interface Head extends Omit<Checkpoint, 'weights' | 'first' | 'second' | 'bestWeights'> {
  readonly size: number;
  readonly vectors: number;
}

const parse = (bytes: Buffer): Checkpoint => {
  const at = 4 + bytes.readUInt32LE(0);
  const { size, vectors, hash, epochs, steps, reports, best } = JSON.parse(bytes.toString('utf8', 4, at)) as Head;
  const vector = (i: number): Float32Array => {
    const from = at + i * size * 4;
    if (from + size * 4 > bytes.length) throw new RangeError('the file is too short');
    // A copy of its own, since the header's length need not keep floats aligned.
    return new Float32Array(Uint8Array.from(bytes.subarray(from, from + size * 4)).buffer);
  };
  return { hash, epochs, steps, reports, best, weights: vector(0), first: vector(1), second: vector(2), ...(vectors > 3 ? { bestWeights: vector(3) } : {}) };
};

/**
 * The checkpoint in a folder, if there is one of this very training; undefined where there is none, or one of other
 * settings or data.
 *
 * @throws Fault `settings-invalid` when the file is there and cannot be read
 */
export const readCheckpoint = async (folder: string, hash: string): Promise<Checkpoint | undefined> => {
  const path = join(folder, FILE);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    return undefined;
  }
  try {
    const checkpoint = parse(bytes);
    return checkpoint.hash === hash ? checkpoint : undefined;
  } catch (cause) {
    throw new Fault('learn', 'settings-invalid', `The checkpoint ${path} cannot be read.`, { remedy: 'Delete it; the training then starts anew.', cause });
  }
};

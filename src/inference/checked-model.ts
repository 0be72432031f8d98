import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../faults.js';
import { packInvalid, parseLabels } from './manifest-file.js';

/** The sha-256 of some bytes, in hexadecimal. */
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The bytes of a net's file, once their hash is the manifest's.
 * @throws Fault `pack-hash-mismatch`, or `pack-invalid` when the file cannot be read
 */
export const checkedModel = async (folder: string, { file, sha256 }: { readonly file: string; readonly sha256: string }): Promise<Uint8Array> => {
  const path = join(folder, file);
  const model = await readFile(path).catch((cause: unknown) => {
    throw packInvalid(path, 'it cannot be read', cause);
  });
  if (sha256Of(model) === sha256) return model;
  throw new Fault('inference', 'pack-hash-mismatch', `${path} is not the file that the pack's manifest describes: its sha-256 differs.`,
    { remedy: 'Fetch or import the pack again.' });
};

/** What {@link readLabels} checks labels against. */
export interface LabelsEntry {
  /** Where in the manifest they are named, such as `senses.audio`. */
  readonly place: string;
  readonly labels: string;
  readonly background: readonly string[];
  /** Outputs of the net that want a label each. */
  readonly scores: number;
}

/**
 * The labels that a pack's manifest names, in the order of the scores.
 * @throws Fault `pack-invalid` when the file cannot be read, does not fit, or does not hold a background label
 */
export const readLabels = async (folder: string, { place, labels, background, scores }: LabelsEntry): Promise<readonly string[]> => {
  const file = join(folder, labels);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw packInvalid(join(folder, 'manifest.json'), `${place}.labels names ${labels}, which cannot be read`, cause);
  });
  const lines = parseLabels(text);
  if (lines.length !== scores) throw packInvalid(file, `it has ${lines.length} labels for ${scores} scores`);
  const foreign = background.find((label) => !lines.includes(label));
  if (foreign !== undefined) throw packInvalid(join(folder, 'manifest.json'), `${place}.background names "${foreign}", which is not among the labels`);
  return lines;
};

/** A feature set as one file: what extraction found, ready to be read by every cell in a second. */
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BySense, FeatureSequence, FeatureSet } from '../../src/learn/types.js';

const SENSES = ['audio', 'appearance', 'motion'] as const;

interface Head extends Omit<FeatureSet, 'sequences'> {
  readonly sequences: readonly { readonly id: string; readonly steps: number; readonly source?: string; readonly part: string }[];
}

/** A set with the part of each sequence. */
export interface PartedSet {
  readonly set: FeatureSet;
  readonly parts: ReadonlyMap<string, string>;
}

/** Writes it whole or not at all: the head's length, the head (JSON), then each sequence's features, presence and targets in this machine's order. */
export const writeFeatures = (path: string, { set, parts }: PartedSet): void => {
  mkdirSync(dirname(path), { recursive: true });
  const { sequences, ...rest } = set;
  const head: Head = { ...rest, sequences: sequences.map(({ id, steps, source }) => ({ id, steps, part: parts.get(id) ?? 'train', ...(source === undefined ? {} : { source }) })) };
  const text = Buffer.from(JSON.stringify(head));
  // The numbers begin on a multiple of eight bytes.
  const padded = Buffer.concat([text, Buffer.alloc((8 - ((text.length + 8) % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeDoubleLE(padded.length);
  const part = `${path}.${process.pid}.part`;
  const file = openSync(part, 'w');
  try {
    for (const bytes of [length, padded]) writeSync(file, bytes);
    for (const { features, present, targets } of sequences) {
      for (const sense of SENSES) writeSync(file, new Uint8Array(features[sense].buffer, features[sense].byteOffset, features[sense].byteLength));
      for (const sense of SENSES) writeSync(file, present[sense]);
      writeSync(file, new Uint8Array(targets.buffer, targets.byteOffset, targets.byteLength));
    }
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
};

/** Reads what {@link writeFeatures} wrote. */
export const readFeatures = (path: string): PartedSet => {
  const bytes = readFileSync(path);
  let at = 8 + bytes.readDoubleLE(0);
  const { sequences, ...rest } = JSON.parse(bytes.subarray(8, at).toString()) as Head;
  const take = (count: number): ArrayBuffer => {
    const piece = bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + count);
    at += count;
    return piece;
  };
  const each = <T>(of: (sense: keyof BySense) => T): Record<keyof BySense, T> => ({ audio: of('audio'), appearance: of('appearance'), motion: of('motion') });
  const parts = new Map(sequences.map(({ id, part }) => [id, part]));
  return {
    parts,
    set: {
      ...rest,
      sequences: sequences.map(({ id, steps, source }): FeatureSequence => ({
        id, steps,
        features: each((sense) => new Float32Array(take(steps * rest.dims[sense] * 4))),
        present: each(() => new Uint8Array(take(steps))),
        targets: new Int32Array(take(steps * 4)),
        ...(source === undefined ? {} : { source }),
      })),
    },
  };
};

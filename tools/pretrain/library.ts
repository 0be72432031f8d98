import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { labelIndex } from './labels.js';
import { cacheFolder, sharedFolder } from './places.js';

/** The three sets that have sound. */
export type SoundSet = 'airspace-audio' | 'esc10' | 'fights';

/** One file of the data, decoded. */
export interface Clip {
  readonly path: string;
  readonly set: SoundSet;
  readonly label: string;
  /** Index among our labels. */
  readonly target: number;
  readonly part: 'train' | 'val';
  /** True for the block of the training part that chooses epochs and fits the temperature; whole recordings, never halves. */
  readonly held: boolean;
  /** `[n]`, 16 kHz mono. */
  readonly samples: Float32Array;
}

interface Row { readonly path: string; readonly set: string; readonly label: string; readonly part: string }

/** The rows of splits.csv. */
export const splits = (): readonly Row[] =>
  readFileSync(join(sharedFolder(), 'data', 'splits.csv'), 'utf8').trim().split(/\r?\n/).slice(1).map((line) => {
    const [path = '', set = '', label = '', part = ''] = line.split(',');
    return { path, set, label, part };
  });

/**
 * The held-back block: ESC's fold 3 (folds never share a recording), and the last quarter of the numbers
 * of the other sets, whose neighbouring numbers may be cut from one recording.
 */
const heldBack = (row: Row, rank: number, count: number): boolean =>
  row.set === 'esc10' ? basename(row.path).startsWith('3-') : rank >= Math.floor(count * 0.75);

/** Decodes a file's sound with ffmpeg to 16 kHz mono, and keeps it under .cache. Empty when there is no sound track. */
const decode = (path: string): Float32Array => {
  const cached = join(cacheFolder(), 'pcm', `${path.replaceAll('/', '_')}.f32`);
  if (!existsSync(cached)) {
    const { stdout, status, error } = spawnSync('ffmpeg', ['-v', 'error', '-i', join(sharedFolder(), 'data', path), '-vn', '-map', '0:a:0?', '-ac', '1', '-ar', '16000', '-f', 'f32le', '-'], { maxBuffer: 1 << 28 });
    if (error !== undefined) throw error;
    mkdirSync(dirname(cached), { recursive: true });
    writeFileSync(cached, status === 0 ? stdout : new Uint8Array());
  }
  const bytes = readFileSync(cached);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length - (bytes.length % 4)));
};

/** All files of one part that have sound. */
export const soundClips = (part: 'train' | 'val'): readonly Clip[] => {
  const rows = splits().filter((row) => row.part === part && ['airspace-audio', 'esc10', 'fights'].includes(row.set));
  return rows.flatMap((row) => {
    const peers = rows.filter((other) => other.set === row.set && other.label === row.label);
    const samples = decode(row.path);
    if (samples.length === 0) return [];
    return [{
      path: row.path, set: row.set as SoundSet, label: row.label, target: labelIndex(row.label), part,
      held: part === 'train' && heldBack(row, peers.indexOf(row), peers.length), samples,
    }];
  });
};

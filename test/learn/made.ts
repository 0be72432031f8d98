/** Folders of clips and outcomes of extraction, made for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Clip, Part } from '../../src/learn/clips.js';
import type { Extracted } from '../../src/learn/extract.js';
import type { Outcome } from '../../src/learn/extract-clips.js';

const made: string[] = [];
process.on('exit', () => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

/** A folder that goes with this run. */
export const temporary = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'hearken-learn-'));
  made.push(path);
  return path;
};

/** A folder that holds these files, each with its own name as content. */
export const folderOf = (...files: readonly string[]): string => {
  const root = temporary();
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), file);
  }
  return root;
};

/** What an extraction is made up to have found. */
export interface Made {
  readonly steps?: number;
  readonly sound?: boolean;
  readonly soundTrack?: boolean;
  readonly pictures?: boolean;
  readonly damage?: string;
  readonly part?: Part;
  readonly source?: string;
  readonly content?: string;
}

/** Features of 2, 3 and 4 numbers a step. */
export const extracted = ({ steps = 3, sound = true, soundTrack = true, pictures = true, damage }: Made = {}): Extracted => {
  const rows = (width: number, base: number): Float32Array => Float32Array.from({ length: steps * width }, (_, i) => base + i / 7);
  const all = (there: boolean): Uint8Array => new Uint8Array(steps).fill(there ? 1 : 0);
  return {
    steps,
    features: { audio: rows(2, 1), appearance: rows(3, 2), motion: rows(4, 3) },
    present: { audio: all(sound), appearance: all(pictures), motion: all(pictures) },
    startsUs: Float64Array.from({ length: steps }, (_, t) => t * 480_000),
    facts: { durationUs: 975_000 + (steps - 1) * 480_000, hasSoundTrack: soundTrack, hasPictureTrack: pictures, ...(damage === undefined ? {} : { damage }) },
  };
};

/** A clip of this label that was read. */
export const readClip = (label: string, name: string, made: Made = {}): Outcome => {
  const id = `${label}/${name}.mp4`;
  const clip: Clip = { id, path: `/nowhere/${id}`, label, source: made.source ?? id, ...(made.part === undefined ? {} : { part: made.part }) };
  return { kind: 'features', clip, content: made.content ?? id, cached: false, extracted: extracted(made) };
};

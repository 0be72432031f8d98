import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { sharedFolder } from './places.js';
import { splits } from './library.js';

/** Size of the airspace pictures [px]. */
export const SOURCE = { width: 640, height: 512 } as const;
const BYTES = SOURCE.width * SOURCE.height * 3;

/** A box in the picture [px]. */
export interface Box { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** Some frames of one video, and what can be told without looking at its label. */
export interface Video {
  readonly path: string;
  readonly label: string;
  readonly part: string;
  readonly held: boolean;
  /** Ten frames or so, RGB `[512, 640, 3]`. */
  readonly frames: readonly Uint8Array[];
  /** The scene without what moves (the median of the frames), if the camera stands still. */
  readonly plate?: Uint8Array;
  /** Per frame: where something moves, if anything stands out. */
  readonly moving: readonly (Box | undefined)[];
}

/** Per value the middle one of the frames, by insertion: a sort for each of a million short columns is slow. */
const median = (frames: readonly Uint8Array[]): Uint8Array => {
  const column = new Uint8Array(frames.length), middle = new Uint8Array(BYTES);
  for (let i = 0; i < BYTES; i++) {
    for (let k = 0; k < frames.length; k++) {
      const value = frames[k]?.[i] ?? 0;
      let at = k;
      for (; at > 0 && (column[at - 1] ?? 0) > value; at--) column[at] = column[at - 1] ?? 0;
      column[at] = value;
    }
    middle[i] = column[frames.length >> 1] ?? 0;
  }
  return middle;
};

/** Per pixel the greatest difference of its three values. */
const difference = (frame: Uint8Array, plate: Uint8Array): Uint8Array => {
  const out = new Uint8Array(BYTES / 3);
  for (let i = 0, at = 0; i < out.length; i++, at += 3) {
    const red = Math.abs((frame[at] ?? 0) - (plate[at] ?? 0)), green = Math.abs((frame[at + 1] ?? 0) - (plate[at + 1] ?? 0)), blue = Math.abs((frame[at + 2] ?? 0) - (plate[at + 2] ?? 0));
    out[i] = Math.max(red, green, blue);
  }
  return out;
};

/** The box around the greatest difference, grown while strong differences lie near it. */
const movingBox = (diff: Uint8Array): Box | undefined => {
  let best = 0;
  for (let i = 0; i < diff.length; i++) if ((diff[i] ?? 0) > (diff[best] ?? 0)) best = i;
  if ((diff[best] ?? 0) < 40) return undefined;
  const { width, height } = SOURCE;
  let [x0, y0] = [best % width, Math.floor(best / width)], [x1, y1] = [x0, y0];
  for (let grown = true; grown && x1 - x0 < 300;) {
    grown = false;
    for (let y = Math.max(0, y0 - 5); y <= Math.min(height - 1, y1 + 5); y++) {
      for (let x = Math.max(0, x0 - 5); x <= Math.min(width - 1, x1 + 5); x++) {
        if ((x >= x0 && x <= x1 && y >= y0 && y <= y1) || (diff[y * width + x] ?? 0) < 22) continue;
        x0 = Math.min(x0, x); x1 = Math.max(x1, x); y0 = Math.min(y0, y); y1 = Math.max(y1, y);
        grown = true;
      }
    }
  }
  return x1 - x0 < 4 || x1 - x0 > 110 ? undefined : { x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1 };
};

/** Decodes frames of an airspace video, one a second, and finds what moves. */
const readVideo = (path: string, label: string, part: string, held: boolean): Video => {
  const { stdout, status } = spawnSync('ffmpeg', ['-v', 'error', '-threads', '1', '-i', join(sharedFolder(), 'data', path), '-an', '-vf', `fps=1,scale=${SOURCE.width}:${SOURCE.height}`, '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'], { maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`ffmpeg cannot read ${path}`);
  const frames = Array.from({ length: Math.floor(stdout.length / BYTES) }, (_, i) => new Uint8Array(stdout.subarray(i * BYTES, (i + 1) * BYTES)));
  const plate = median(frames);
  const diffs = frames.map((frame) => difference(frame, plate));
  const still = diffs.reduce((sum, diff) => sum + diff.reduce((a, b) => a + b, 0) / diff.length, 0) / diffs.length < 4;
  return { path, label, part, held, frames, ...(still ? { plate } : {}), moving: diffs.map((diff) => (still ? movingBox(diff) : undefined)) };
};

/** The airspace videos of a part, one after the other; the last quarter of each label's numbers in train is held back. */
export function* videosOf(part: 'train' | 'val'): Generator<Video> {
  const rows = splits().filter((row) => row.set === 'airspace-video' && row.part === part);
  for (const row of rows) {
    const peers = rows.filter(({ label }) => label === row.label);
    yield readVideo(row.path, row.label, part, part === 'train' && peers.indexOf(row) >= Math.floor(peers.length * 0.75));
  }
}

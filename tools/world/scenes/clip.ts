/** Clips of a world, in memory and as files. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeRecording } from '../../media/recording.js';
import { stage, type Film, type Size } from './film.js';
import { drawLatents, informative, type Informative, type Latents, type Part } from './latents.js';
import { soundtrack } from './soundtrack.js';
import { FPS, FRAMES, KEY_S } from './steps.js';
import { RATE } from './synth.js';
import type { World } from './world.js';

/** A clip that can be heard and seen without a file. */
export interface WorldClip extends Latents {
  readonly latents: Latents;
  readonly informative: Informative;
  /** `[CLIP_SAMPLES]`, 16 kHz. */
  readonly samples: Float32Array;
  readonly film: Film;
  /** RGB `[height, width, 3]` of a picture; valid until the next call. */
  frame(index: number): Uint8Array;
}

/** Pictures are this large unless something else is asked for [px]. */
export const CLIP_SIZE: Size = { width: 128, height: 128 };

/** Draws a clip: a function of the world's seed, the part and the index alone. */
export const drawClip = (world: World, { part, index, size = CLIP_SIZE }: { readonly part: Part; readonly index: number; readonly size?: Size }): WorldClip => {
  const latents = drawLatents(world, part, index);
  const film = stage(world.seed, latents, size);
  return { ...latents, latents, informative: informative(latents), samples: soundtrack(world.seed, latents), film, frame: (frame) => film.frame(frame) };
};

/** Bits a second of pictures of a size. */
export const bitsPerSecond = ({ width, height }: Size): number => Math.round(120_000 * ((width * height) / 128 ** 2) ** 0.75);

/** Encoder options for a nearly constant bit rate. */
export const constantRate = (size: Size): Readonly<Record<string, string>> => {
  const kbit = bitsPerSecond(size) / 1000;
  return {
    preset: 'ultrafast',
    'x264-params': `keyint=${FPS * KEY_S}:min-keyint=1:scenecut=0:open-gop=0:vbv-maxrate=${kbit}:vbv-bufsize=${kbit}:threads=1`,
  };
};

/** Files of clips are this long, or a multiple of it [bytes]. */
const FILE_UNIT = 128 * 1024;

/** Fills a file up with an empty box (ISO/IEC 14496-12, 8.1.2), so that its length tells nothing. */
const fillUp = (path: string): void => {
  const bytes = statSync(path).size, box = Buffer.alloc(Math.ceil((bytes + 8) / FILE_UNIT) * FILE_UNIT - bytes);
  box.writeUInt32BE(box.length, 0);
  box.write('free', 4, 'ascii');
  appendFileSync(path, box);
};

/** Writes a clip as MP4 with H.264 and AAC; the file appears when it is whole. */
export const writeClip = (path: string, { film, samples }: Pick<WorldClip, 'film' | 'samples'>): void => {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  writeRecording({
    path: partial, format: 'mp4',
    video: {
      ...film.size, fps: FPS, count: FRAMES, frame: (index) => film.frame(index),
      gopFrames: FPS * KEY_S, bitsPerSecond: bitsPerSecond(film.size), options: constantRate(film.size),
    },
    audio: { sampleRateHz: RATE, samples, bitsPerSecond: 40_000, options: { aac_coder: 'fast' } },
  });
  fillUp(partial);
  renameSync(partial, path);
};

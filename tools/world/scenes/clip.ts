/** Clips of a world, in memory and as files. */
import { mkdirSync, renameSync } from 'node:fs';
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

/** Bits a second of pictures of a size: constant, so that a file's size tells nothing. */
export const bitsPerSecond = ({ width, height }: Size): number => Math.round(140_000 * ((width * height) / 128 ** 2) ** 0.75);

/** Encoder options for a constant bit rate: what is left over is filled up. */
export const constantRate = (size: Size): Readonly<Record<string, string>> => {
  const kbit = bitsPerSecond(size) / 1000;
  return {
    preset: 'ultrafast',
    'x264-params': `keyint=${FPS * KEY_S}:min-keyint=1:scenecut=0:open-gop=0:nal-hrd=cbr:filler=1:vbv-maxrate=${kbit}:vbv-bufsize=${kbit}:threads=1`,
  };
};

/** Writes a clip as MP4 with H.264 and AAC; the file appears when it is whole. */
export const writeClip = (path: string, { film, samples }: Pick<WorldClip, 'film' | 'samples'>): void => {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  writeRecording({
    path: partial, format: 'mp4',
    video: {
      ...film.size, fps: FPS, count: FRAMES, frame: (index) => film.frame(index),
      gopFrames: FPS * KEY_S, bitsPerSecond: bitsPerSecond(film.size), options: constantRate(film.size),
    },
    audio: { sampleRateHz: RATE, samples, bitsPerSecond: 40_000, options: { aac_coder: 'fast' } },
  });
  renameSync(partial, path);
};

/** Renders streams into files of any length, in little memory. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeRecording, type Samples } from '../../media/recording.js';
import { bitsPerSecond, constantRate } from '../scenes/clip.js';
import type { Size } from '../scenes/film.js';
import { writeWhole } from '../scenes/render.js';
import { FPS, KEY_S } from '../scenes/steps.js';
import { RATE } from '../scenes/synth.js';
import { Pictures } from './pictures.js';
import { Sounds } from './sounds.js';
import { stepOf, stepsIn } from './targets.js';
import { episodesAround, EPISODE_S, type Camera } from './timeline.js';

/** A stretch of a camera, as a file. */
export interface Stretch {
  readonly camera: Camera;
  readonly seconds: number;
  readonly size: Size;
}

/** The name of a stretch's files, without ending. */
export const stretchName = ({ camera: { part, index, backgroundShare } }: Stretch): string =>
  join(part, `camera-${String(index).padStart(2, '0')}-background-${Math.round(backgroundShare * 100)}`);

/** The lines of a stretch's timeline: the camera, what happens, where it fails, and the target of each step. */
export const timelineOf = ({ camera, seconds, size }: Stretch): string[] => {
  const { world, part, index, backgroundShare } = camera, episodes = episodesAround(camera, 0, seconds - 1.001).slice(0, Math.ceil(seconds / EPISODE_S));
  return [
    { kind: 'camera', seed: world.seed, part, index, backgroundShare, seconds, ...size },
    ...episodes.flatMap(({ happenings, dropOuts }) => [
      ...happenings.map((happening) => ({ kind: happening.group === 'background' ? 'nothing' : 'event', ...happening })),
      ...dropOuts.map((dropOut) => ({ kind: 'drop-out', ...dropOut })),
    ]),
    ...Array.from({ length: stepsIn(seconds) }, (_, step) => ({ kind: 'step', ...stepOf(camera, step) })),
  ].map((line) => JSON.stringify(line));
};

/** A camera's sound, made as it is asked for. */
const samplesOf = (camera: Camera, seconds: number): Samples => {
  const sounds = new Sounds(camera), length = Math.round(seconds * RATE), BLOCK = RATE;
  let block = new Float32Array(0), blockFrom = 0;
  return {
    length,
    subarray: (from = 0, to = length) => {
      const end = Math.min(to, length);
      if (from < blockFrom || end > blockFrom + block.length) {
        block = Float32Array.from(sounds.between(from, Math.min(length, from + Math.max(BLOCK, end - from))));
        blockFrom = from;
      }
      return block.subarray(from - blockFrom, end - blockFrom);
    },
  };
};

/**
 * Writes a stretch as `<name>.mp4` and `<name>.jsonl`, unless it is there.
 * @param progress told once in a second of media
 * @returns the recording's path
 */
export const writeStretch = (folder: string, stretch: Stretch, progress: (doneS: number) => void): string => {
  const { camera, seconds, size } = stretch, name = join(folder, stretchName(stretch)), path = `${name}.mp4`;
  if (existsSync(path)) {
    progress(seconds);
    return path;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeWhole(`${name}.jsonl`, `${timelineOf(stretch).join('\n')}\n`);
  const pictures = new Pictures(camera, size), partial = `${path}.${process.pid}.partial`;
  writeRecording({
    path: partial, format: 'mp4',
    video: {
      ...size, fps: FPS, count: Math.round(seconds * FPS), gopFrames: FPS * KEY_S, bitsPerSecond: bitsPerSecond(size), options: constantRate(size),
      frame: (index) => {
        if (index % FPS === FPS - 1) progress((index + 1) / FPS);
        return pictures.at(index / FPS);
      },
    },
    audio: { sampleRateHz: RATE, samples: samplesOf(camera, seconds), bitsPerSecond: 40_000, options: { aac_coder: 'fast' } },
  });
  renameSync(partial, path);
  return path;
};

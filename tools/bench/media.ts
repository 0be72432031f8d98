/** The media of the benchmarks: made here, the same on every machine, kept in `.cache/bench`. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { writeRecording } from '../media/recording.js';

/** A recording to measure with. */
export interface BenchMedia {
  readonly name: string;
  readonly path: string;
  readonly height: number;
  readonly seconds: number;
}

/** The figures are per minute, so a minute is what is measured. */
const SECONDS = 60;
const FPS = 30;
/** What is published is looped: a part of it is enough. */
const PUBLISHED_SECONDS = 20;
const FORMATS = [{ width: 1280, height: 720, bitsPerSecond: 3_000_000 }, { width: 1920, height: 1080, bitsPerSecond: 5_000_000 }] as const;

/** A small generator of pseudo-random numbers 0…1 (mulberry32), so that the media do not depend on the day. */
const random = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

/** A textured scene that pans, with sensor noise: neither a still picture nor static, so that every frame has something to decode. */
const scene = (width: number, height: number): ((index: number) => Uint8Array) => {
  const next = random(1);
  const wide = (width + 512) * 3;
  const texture = new Uint8Array(wide * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < wide; x += 1) texture[y * wide + x] = 96 + 60 * Math.sin(x / 97 + y / 61) + 40 * Math.sin(x / 13) * Math.cos(y / 29) + next() * 12;
  }
  const noise = new Uint8Array(1 << 16).map(() => next() * 6);
  const frame = new Uint8Array(width * height * 3);
  return (index) => {
    const shift = Math.round(256 + 250 * Math.sin(index / 90)) * 3;
    for (let y = 0; y < height; y += 1) frame.set(texture.subarray(y * wide + shift, y * wide + shift + width * 3), y * width * 3);
    const phase = (index * 7919) & 0xffff;
    for (let at = 0; at < frame.length; at += 16) frame[at] = (frame[at] ?? 0) + (noise[(at + phase) & 0xffff] ?? 0);
    return frame;
  };
};

const sound = (): Float32Array => {
  const next = random(2);
  return Float32Array.from({ length: 48_000 * SECONDS }, (_, i) => 0.2 * Math.sin((i / 48_000) * 2 * Math.PI * (300 + 100 * Math.sin(i / 96_000))) + 0.02 * (next() - 0.5));
};

/** What a publisher over WHIP sends: 720p30 in H.264 Baseline, a key frame each 2 s, and Opus in two channels, as its muxer wants them. */
export const writePublishable = (path: string): void => {
  const samples = sound().slice(0, 48_000 * PUBLISHED_SECONDS);
  writeRecording({
    path,
    video: { width: 1280, height: 720, fps: FPS, count: FPS * PUBLISHED_SECONDS, frame: scene(1280, 720), bitsPerSecond: 3_000_000, gopFrames: FPS * 2, options: { preset: 'ultrafast', profile: 'baseline' } },
    audio: { sampleRateHz: 48_000, samples, right: samples, codec: 'libopus' },
  });
};

/** The recordings, made if they are not there yet: H.264 High, GOP 2 s, no B-frames, AAC 48 kHz. */
export const benchMedia = (folder: string, note: (line: string) => void): BenchMedia[] => FORMATS.map(({ width, height, bitsPerSecond }) => {
  const path = join(folder, `${height}p30.mp4`);
  if (!existsSync(path)) {
    note(`making ${path} (once)`);
    mkdirSync(folder, { recursive: true });
    const partial = join(folder, `partial-${height}p30.mp4`);
    writeRecording({
      path: partial,
      video: { width, height, fps: FPS, count: FPS * SECONDS, frame: scene(width, height), bitsPerSecond, gopFrames: FPS * 2, options: { preset: 'superfast' } },
      audio: { sampleRateHz: 48_000, samples: sound() },
    });
    renameSync(partial, path);
  }
  return { name: `${height}p30`, path, height, seconds: SECONDS };
});

/** Tiny nets with features, and folders of real recordings that they can tell apart. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onnxBuilder } from '../../src/inference/onnx-builder.js';
import { writePack } from '../../src/inference/write-pack.js';
import type { LogMelSpec } from '../../src/inference/manifest.js';
import { writeRecording, type AudioTrack, type VideoTrack } from '../../tools/media/recording.js';
import { sine } from '../fixtures/sounds.js';

const LOG_MEL: LogMelSpec = { kind: 'log-mel', sampleRateHz: 16_000, frameSamples: 400, hopSamples: 160, fftSize: 512, melBins: 64, lowHz: 125, highHz: 7500, logOffset: 0.001, patchFrames: 96, patchHopFrames: 48 };

/** A net whose features are means of its input over some axes, and whose scores are a softmax of the first three. */
const means = (dims: readonly number[], axes: readonly number[], features: number): Uint8Array => {
  const graph = onnxBuilder('means');
  graph.input('input', dims);
  graph.node('ReduceMean', ['input'], { axes, keepdims: 0 }, 'features');
  const weights = graph.constant(Float32Array.from({ length: features * 3 }, (_, i) => (i % (features + 1) === 0 ? 1 : 0)), [3, features]);
  graph.node('Softmax', [graph.node('Gemm', ['features', weights], { transB: 1 })], { axis: -1 }, 'scores');
  graph.output('scores', [1, 3]);
  graph.output('features', [1, features]);
  return graph.finish();
};

const about = { version: '1', license: 'none', description: 'means', origin: 'a test' };
const scores = { labels: ['x', 'y', 'z'], activation: 'softmax' as const };

/** Writes three packs, tiny-ear, tiny-eye and tiny-stride, into a folder: 64, 3 and 3 features. */
export const writeTinyPacks = async (folder: string): Promise<void> => {
  const picture = { width: 16, height: 16, scale: 1 / 255, offset: 0 };
  await writePack({ name: 'tiny-ear', ...about, senses: { audio: { onnx: means([1, 96, 64], [1], 64), from: LOG_MEL, ...scores } } }, folder);
  await writePack({ name: 'tiny-eye', ...about, senses: { appearance: { onnx: means([1, 16, 16, 3], [1, 2], 3), from: { kind: 'picture', layout: 'nhwc', ...picture }, ...scores } } }, folder);
  await writePack({ name: 'tiny-stride', ...about, senses: { motion: { onnx: means([1, 4, 16, 16, 3], [1, 2, 3], 3), from: { kind: 'clip', layout: 'nthwc', frames: 4, spanS: 0.96, ...picture }, ...scores } } }, folder);
};

/** Pictures of one colour, 10 a second, a key frame each second. */
export const plain = (seconds: number, rgb: readonly [number, number, number]): VideoTrack => ({
  width: 32, height: 32, fps: 10, gopFrames: 10, count: Math.round(seconds * 10),
  frame: () => Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => rgb[i % 3] ?? 0),
});

/** A tone, loud enough to be heard; silent at 0 Hz. */
export const toneOf = (seconds: number, frequencyHz: number): AudioTrack => ({ sampleRateHz: 16_000, codec: 'flac', samples: frequencyHz === 0 ? new Float32Array(16_000 * seconds) : sine(16_000, seconds, frequencyHz) });

/** Writes a recording where it is wanted, making its folder. */
export const clipAt = (root: string, id: string, tracks: { readonly video?: VideoTrack; readonly audio?: AudioTrack }): string => {
  const path = join(root, id);
  mkdirSync(dirname(path), { recursive: true });
  writeRecording({ path, ...tracks });
  return path;
};

/** A file of these bytes. */
export const bytesAt = (root: string, id: string, bytes: string): void => {
  mkdirSync(dirname(join(root, id)), { recursive: true });
  writeFileSync(join(root, id), bytes);
};

/** Two classes that sound and look otherwise: low tones on red, high tones on blue; no two clips are alike. */
export const twoClasses = (root: string, each: number, seconds = 2): void => {
  for (let i = 0; i < each; i += 1) {
    clipAt(root, `low/${i}.mkv`, { video: plain(seconds, [200, 5 * i, 20]), audio: toneOf(seconds, 300 + 10 * i) });
    clipAt(root, `high/${i}.mkv`, { video: plain(seconds, [20, 5 * i, 200]), audio: toneOf(seconds, 3000 + 100 * i) });
  }
};

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Fault } from '../faults.js';
import { parseLabels } from './manifest-file.js';
import type { LogMelSpec, SenseManifest, SenseName } from './manifest.js';
import { decodeOnnx } from './onnx-schema.js';
import type { OnnxModel } from './onnx-schema.js';
import type { Arithmetic } from './tflite-lowering.js';
import { tfliteToOnnx } from './tflite-to-onnx.js';
import { edgesOf, writePack } from './write-pack.js';

/** How to make a pack of a model file. What is left out is taken from the model where it says it. */
export interface ImportOptions {
  /** The pack's name. */
  readonly name: string;
  /** Folder that holds packs. */
  readonly folder: string;
  readonly sense: SenseName;
  /** The labels, or the path of a file with one a line; default `class 0`, `class 1`, …. */
  readonly labels?: string | readonly string[];
  readonly background?: readonly string[];
  /** The front end; default YAMNet's for sound, and for pictures and clips what the input's dimensions say. */
  readonly from?: SenseManifest['input']['from'];
  /** A pixel p (0…255) enters the net as p·scale + offset; default an 8-bit input's own, else p/127.5 − 1. */
  readonly pixel?: { readonly scale: number; readonly offset: number };
  /** Seconds that a clip spans; default 1. */
  readonly spanS?: number;
  readonly activation?: SenseManifest['activation'];
  readonly version?: string;
  readonly license?: string;
  readonly description?: string;
  readonly origin?: string;
  /** For quantised `.tflite` files; default `float`. */
  readonly arithmetic?: Arithmetic;
}

/**
 * YAMNet's front end: 25 ms frames each 10 ms, 64 mel bins of 125–7500 Hz, log(mel + 0.001), patches of
 * 0.96 s each 0.48 s (tensorflow/models, research/audioset/yamnet/params.py).
 */
export const YAMNET_FRONT_END: LogMelSpec = {
  kind: 'log-mel', sampleRateHz: 16_000, frameSamples: 400, hopSamples: 160, fftSize: 512, melBins: 64, lowHz: 125, highHz: 7500,
  logOffset: 0.001, patchFrames: 96, patchHopFrames: 48,
};

interface Imported {
  readonly onnx: Uint8Array;
  readonly pixel?: { readonly scale: number; readonly offset: number };
  readonly activation?: SenseManifest['activation'];
}

const isTflite = (bytes: Uint8Array): boolean => new TextDecoder('latin1').decode(bytes.subarray(4, 8)) === 'TFL3';

/** The activation that makes the scores, if the last operators show it. */
const activationOf = (model: OnnxModel): SenseManifest['activation'] | undefined => {
  const last = (model.graph?.node ?? []).findLast(({ opType }) => !['Reshape', 'Flatten', 'Squeeze', 'Identity', 'Cast'].includes(opType));
  return last?.opType === 'Softmax' ? 'softmax' : last?.opType === 'Sigmoid' ? 'sigmoid' : undefined;
};

const readModel = (bytes: Uint8Array, file: string, arithmetic: Arithmetic | undefined): Imported => {
  if (isTflite(bytes) || file.endsWith('.tflite')) return tfliteToOnnx(bytes, file, arithmetic === undefined ? {} : { arithmetic });
  const activation = activationOf(decodeOnnx(bytes, file));
  return { onnx: bytes, ...(activation === undefined ? {} : { activation }) };
};

const usage = (message: string, remedy: string): Fault => new Fault('inference', 'usage', message, { remedy });

const pictureOf = (dims: readonly number[], pixel: { scale: number; offset: number }): SenseManifest['input']['from'] | undefined => {
  const [, a = 0, b = 0, c = 0] = dims;
  if (dims.length !== 4 || (c !== 3 && a !== 3)) return undefined;
  return c === 3 ? { kind: 'picture', height: a, width: b, layout: 'nhwc', ...pixel } : { kind: 'picture', height: b, width: c, layout: 'nchw', ...pixel };
};

const clipOf = (dims: readonly number[], spanS: number, pixel: { scale: number; offset: number }): SenseManifest['input']['from'] | undefined => {
  const [, a = 0, b = 0, c = 0, d = 0] = dims;
  const rest = { kind: 'clip', spanS, ...pixel } as const;
  if (dims.length !== 5) return undefined;
  if (b === 3) return { ...rest, frames: a, height: c, width: d, layout: 'ntchw' };
  if (a === 3) return { ...rest, frames: b, height: c, width: d, layout: 'ncthw' };
  return d === 3 ? { ...rest, frames: a, height: b, width: c, layout: 'nthwc' } : undefined;
};

const frontEnd = (options: ImportOptions, { onnx, pixel: own }: Imported, file: string): SenseManifest['input']['from'] => {
  if (options.from !== undefined) return options.from;
  const dims = edgesOf(decodeOnnx(onnx, file)).inputs[0]?.dims ?? [];
  const pixel = options.pixel ?? own ?? { scale: 1 / 127.5, offset: -1 };
  const from = options.sense === 'audio' ? YAMNET_FRONT_END : options.sense === 'appearance' ? pictureOf(dims, pixel) : clipOf(dims, options.spanS ?? 1, pixel);
  if (from !== undefined) return from;
  throw usage(`The input [${dims.join(', ')}] of ${file} is no ${options.sense === 'appearance' ? 'RGB picture' : 'RGB clip'}.`,
    'Import it for another sense, or export it with fixed dimensions.');
};

const labelsOf = async ({ labels }: ImportOptions, scores: number): Promise<readonly string[]> => {
  if (labels === undefined) return Array.from({ length: scores }, (_, i) => `class ${i}`);
  if (typeof labels !== 'string') return labels;
  return parseLabels(await readFile(labels, 'utf8').catch((cause: unknown) => {
    throw new Fault('inference', 'usage', `The labels file ${labels} cannot be read.`, { remedy: 'Give a text file with one label a line.', cause });
  }));
};

/**
 * Makes a pack of bytes that are a `.tflite` or `.onnx` model. See {@link importModel}.
 *
 * @param file named in errors
 */
export const importBytes = async (bytes: Uint8Array, file: string, options: ImportOptions): Promise<string> => {
  const imported = readModel(bytes, file, options.arithmetic);
  const activation = options.activation ?? imported.activation;
  if (activation === undefined) {
    throw usage(`${file} does not end in a softmax or a sigmoid, so its scores would not lie in 0…1.`, 'Export it with its last activation, or say which one it has.');
  }
  const { outputs } = edgesOf(decodeOnnx(imported.onnx, file));
  const scores = outputs.find(({ name }) => name === 'scores') ?? outputs[0];
  const { name, sense, background } = options;
  return writePack({
    name, version: options.version ?? '1', license: options.license ?? 'unknown', description: options.description ?? `Imported from ${basename(file)}.`,
    origin: options.origin ?? basename(file),
    senses: { [sense]: {
      onnx: imported.onnx, from: frontEnd(options, imported, file), activation, labels: await labelsOf(options, scores?.dims.at(-1) ?? 0),
      ...(background === undefined ? {} : { background }),
    } },
  }, options.folder);
};

/**
 * Makes a pack of a `.tflite` or `.onnx` file, for `hearken models import`. The pack appears whole or not at all.
 *
 * @param file path of the model
 * @returns the pack's folder
 * @throws Fault `usage` when the file or its labels cannot be read or something must be said that was not;
 *   else what the converter and {@link writePack} say
 */
export const importModel = async (file: string, options: ImportOptions): Promise<string> => {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Fault('inference', 'usage', `The model file ${file} cannot be read.`, { remedy: 'Check the path.', cause });
  });
  return importBytes(bytes, file, options);
};

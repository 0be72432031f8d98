/** Packs with a random policy on tiny nets, for tests of the whole stream. */
import { join } from 'node:path';
import { onnxBuilder } from '../../src/inference/onnx-builder.js';
import { loadPack } from '../../src/inference/pack.js';
import { netOf, writePack, type PackParts } from '../../src/inference/write-pack.js';
import { exportHms, sizesOf } from '../../src/learn/export/hms-graphs.js';
import type { HmsModel, HmsShape } from '../../src/learn/types.js';
import { findRoot } from '../fixtures/root.js';
import { colourNet } from '../inference/shared.js';
import { randomModel } from '../policy/hms/models.js';

const HEAD = { version: '1', license: 'Apache-2.0', description: 'Made by a test.', origin: 'a test' };
const FRAMES = 8;
const SIZE = 16;

/** A net that knows a clip `[1, 8, 3, 16, 16]` by the mean of each colour in each picture, `[1, 24]`. */
const clipNet = (): Uint8Array => {
  const graph = onnxBuilder('clip');
  graph.input('input', [1, FRAMES, 3, SIZE, SIZE]);
  graph.node('Flatten', [graph.node('ReduceMean', ['input'], { axes: [3, 4], keepdims: 0 })], { axis: 1 }, 'features');
  const mix = graph.constant(Float32Array.from({ length: 3 * FRAMES * 2 }, (_, i) => (i % 2 === 0 ? 1 : -1)), [3 * FRAMES, 2]);
  graph.node('Softmax', [graph.node('MatMul', ['features', mix])], { axis: -1 }, 'scores');
  graph.output('scores', [1, 2]);
  graph.output('features', [1, 3 * FRAMES]);
  return graph.finish();
};

const eye = (scale = 1 / 255): PackParts => ({
  ...HEAD, name: 'test-eye',
  senses: { appearance: { onnx: colourNet(SIZE, SIZE), from: { kind: 'picture', width: SIZE, height: SIZE, layout: 'nhwc', scale, offset: 0 }, labels: ['red', 'green', 'blue'], activation: 'softmax' } },
});

const stride: PackParts = {
  ...HEAD, name: 'test-stride',
  senses: { motion: { onnx: clipNet(), from: { kind: 'clip', width: SIZE, height: SIZE, frames: FRAMES, spanS: 0.96, layout: 'ntchw', scale: 1 / 255, offset: 0 }, labels: ['up', 'down'], activation: 'softmax' } },
};

/** The ear's features, whose scale is unknown to random weights, count as much as the others'. */
const balanced = (model: HmsModel): HmsModel => {
  const kernel = model.weights['audio.project.kernel']!;
  return { ...model, weights: { ...model.weights, 'audio.project.kernel': { ...kernel, data: kernel.data.map((value) => value / 8) } } };
};

/** How a mind is made. */
export interface MindOptions {
  readonly seed?: number;
  readonly unseen?: HmsShape['unseen'];
  /** Added to the bias of "open" of each gate. */
  readonly lean?: number;
  readonly stepS?: number;
  /** The boundary of its stopping rule. */
  readonly stopping?: readonly (number | null)[];
  /** The boundary of its rule for confirming events. */
  readonly confirmation?: readonly (number | null)[];
  /** What every look must be worth for its cost [bit for 10⁹ multiply-accumulates], where it knows what looks are worth: one bit each. */
  readonly price?: number;
}

/** A model of the sizes of the ear, the eye and the stride of these tests. */
export const mindModel = ({ seed = 1, unseen = 'zero', lean = 0 }: MindOptions = {}): HmsModel => {
  const model = balanced(randomModel(seed, {
    dims: { audio: 256, appearance: 3, motion: 3 * FRAMES }, projected: { audio: 8, appearance: 8, motion: 8 }, hidden: { audio: 4, appearance: 8, motion: 16 }, unseen,
  }));
  const leaning = Object.fromEntries(['appearance.gate.bias', 'motion.gate.bias'].map((name) => [name, { dims: [2], data: Float32Array.of(model.weights[name]!.data[0]!, model.weights[name]!.data[1]! + lean) }]));
  return { ...model, weights: { ...model.weights, ...leaning } };
};

const ONE_BIT = { bias: 0, odds: 0, open: 0, doubt: 0, damp: 0 };

/** Writes an eye, a stride and a mind into a folder, and gives the mind's folder. */
export const writeMind = async (folder: string, options: MindOptions = {}): Promise<string> => {
  const model = mindModel(options);
  const ear = await loadPack(join(findRoot(), 'models', 'ear'));
  const [eyePack, stridePack] = [await loadPack(await writePack(eye(), folder)), await loadPack(await writePack(stride, folder))];
  return writePack({
    ...HEAD, name: 'test-mind', senses: {},
    policy: {
      sizes: sizesOf(model.shape), stages: exportHms(model), labels: ['nothing', 'one', 'two', 'three'], background: ['nothing'], temperatures: { common: 1 },
      nets: { audio: netOf(ear, 'audio'), appearance: netOf(eyePack, 'appearance'), motion: netOf(stridePack, 'motion') },
      ...(options.stepS === undefined ? {} : { stepS: options.stepS }),
      ...(options.stopping === undefined ? {} : { stopping: { boundary: [...options.stopping], gap: 0.05, gapByStep: 0.1, confidence: 0.9, recordings: 100 } }),
      ...(options.confirmation === undefined ? {} : { confirmation: { boundary: [...options.confirmation], falseShare: 0.05, confidence: 0.9, streams: 100 } }),
      ...(options.price === undefined ? {} : { worth: { appearance: ONE_BIT, motion: ONE_BIT, recording: { stepsLeft: [1], leftGmacs: [1], price: [[options.price]] }, recordings: 100 } }),
    },
  }, folder);
};

/** Puts another net in the place of the eye. */
export const replaceEye = async (folder: string): Promise<void> => {
  const other = colourNet(SIZE, SIZE);
  // A changed graph name is a changed file.
  const bytes = Buffer.from(other);
  const at = bytes.indexOf('colour');
  bytes.write('colouR', at);
  await writePack({ ...eye(), senses: { appearance: { ...eye().senses.appearance!, onnx: new Uint8Array(bytes) } } }, folder);
};


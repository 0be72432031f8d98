import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { writePack, type SenseParts } from '../../src/inference/write-pack.js';
import { FRONT_END } from '../pretrain/labels.js';
import { seeded } from '../../src/learn/random.js';
import { efficientNetB3 } from './efficientnet-b3.js';
import { heUniform } from './layers.js';
import { mobileNetV1 } from './mobilenet-v1.js';
import { FAST_FRAMES, slowFastR50 } from './slowfast-r50.js';

/** What to make. */
export interface PaperNetOptions {
  /** Seed of the weights. */
  readonly seed: number;
  /** Size of SlowFast's pictures [px]. */
  readonly motionSize: number;
}

const APPEARANCE_SIZE = 224;
/** 64 frames at 30 a second: every second one is the fast pathway's. */
const CLIP_S = 64 / 30;

const unnamed = (classes: number): string[] => Array.from({ length: classes }, (_, i) => `class_${i}`);
const zeroToOne = { scale: 1 / 255, offset: 0 };

const senses = ({ seed, motionSize }: PaperNetOptions): Record<'audio' | 'appearance' | 'motion', SenseParts> => {
  const draw = heUniform(seeded(seed));
  return {
    audio: { onnx: mobileNetV1(draw), from: FRONT_END, labels: unnamed(521), activation: 'sigmoid' },
    appearance: {
      onnx: efficientNetB3(draw, APPEARANCE_SIZE), labels: unnamed(1000), activation: 'softmax',
      from: { kind: 'picture', width: APPEARANCE_SIZE, height: APPEARANCE_SIZE, layout: 'nchw', ...zeroToOne },
    },
    motion: {
      onnx: slowFastR50(draw, motionSize), labels: unnamed(400), activation: 'softmax',
      from: { kind: 'clip', width: motionSize, height: motionSize, frames: FAST_FRAMES, spanS: CLIP_S, layout: 'ncthw', ...zeroToOne },
    },
  };
};

/**
 * Writes the pack `paper-nets`: MobileNetV1, EfficientNet-B3 and SlowFast-R50 with random weights.
 * @param to the folder that will hold the pack's own
 * @returns the pack's folder
 */
export const writePaperNets = async (to: string, options: PaperNetOptions): Promise<string> => {
  const folder = resolve(to);
  await mkdir(folder, { recursive: true });
  return writePack({
    name: 'paper-nets', version: '1', license: 'Apache-2.0',
    description: 'The three nets of HMS (MobileNetV1, EfficientNet-B3, SlowFast-R50 8x8) with random weights: for measuring cost, good for nothing else.',
    origin: `npm run paper-nets -- --to <folder> --seed ${options.seed} --motion-size ${options.motionSize}`,
    senses: senses(options),
  }, folder);
};

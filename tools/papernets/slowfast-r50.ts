import { Layers, type Draw, type Value } from './layers.js';

/** Frames of the fast pathway; the slow one takes each α-th. */
export const FAST_FRAMES = 32;
const ALPHA = 4;
/** The fast pathway's channels as a share of the slow one's: β. */
const BETA_INVERSE = 8;
/** Frames under a lateral connection, and its channels as a multiple of the fast pathway's. */
const LATERAL_TAPS = 7;
const LATERAL_RATIO = 2;

interface Stage {
  readonly blocks: number;
  /** Channels inside a block of the slow pathway; it gives four times as many. */
  readonly inner: number;
  readonly stride: number;
  /** Frames under the first convolution of each block, in the slow and in the fast pathway. */
  readonly slowTaps: number;
  readonly fastTaps: number;
}

/** ResNet-50's stages; in the slow pathway only the last two look along time (Feichtenhofer et al. 2019, table 1). */
const STAGES: readonly Stage[] = [
  { blocks: 3, inner: 64, stride: 1, slowTaps: 1, fastTaps: 3 },
  { blocks: 4, inner: 128, stride: 2, slowTaps: 1, fastTaps: 3 },
  { blocks: 6, inner: 256, stride: 2, slowTaps: 3, fastTaps: 3 },
  { blocks: 3, inner: 512, stride: 2, slowTaps: 3, fastTaps: 3 },
];

interface Bottleneck {
  readonly inner: number;
  readonly taps: number;
  readonly stride: number;
}

const bottleneck = (net: Layers, x: Value, { inner, taps, stride }: Bottleneck): Value => {
  const outputs = inner * 4;
  const strides = [1, stride, stride];
  const short = stride === 1 && x.channels === outputs ? x : net.convolve(x, { outputs, taps: [1, 1, 1], strides, gain: 0.7 });
  const narrow = net.convolve(x, { outputs: inner, taps: [taps, 1, 1], then: 'relu' });
  const seen = net.convolve(narrow, { outputs: inner, taps: [1, 3, 3], strides, then: 'relu' });
  return net.relu(net.add(short, net.convolve(seen, { outputs, taps: [1, 1, 1], gain: 0.3 })));
};

const stage = (net: Layers, x: Value, blocks: number, shape: Bottleneck): Value => {
  let out = x;
  for (let i = 0; i < blocks; i += 1) out = bottleneck(net, out, i === 0 ? shape : { ...shape, stride: 1 });
  return out;
};

/** The slow pathway with what the fast one saw beside it, brought to its pace. */
const lateral = (net: Layers, slow: Value, fast: Value): Value =>
  net.join(slow, net.convolve(fast, { outputs: fast.channels * LATERAL_RATIO, taps: [LATERAL_TAPS, 1, 1], strides: [ALPHA, 1, 1], then: 'relu' }));

const stem = (net: Layers, x: Value, outputs: number, taps: number): Value =>
  net.maxPool(net.convolve(x, { outputs, taps: [taps, 7, 7], strides: [1, 2, 2], then: 'relu' }), [1, 3, 3], [1, 2, 2]);

/**
 * HMS's motion net: SlowFast 8×8 with ResNet-50, α = 4, β = 1/8, on a clip `[1, 3, 32, size, size]` (Kinetics' 400
 * classes, 2304 features). The slow pathway's 8 frames are each fourth of the clip's 32.
 * @param size of the pictures [px]; 256 gives the 65.7 GFLOPs that both papers state, 224 fewer
 * @see Feichtenhofer et al. 2019, table 1 and §4.1; lateral connections 7 frames long, as its authors released it; HMS §4.1.3
 */
export const slowFastR50 = (draw: Draw, size = 256): Uint8Array => {
  const net = new Layers('slowfast_r50', draw);
  const clip = net.input([1, 3, FAST_FRAMES, size, size]);
  let slow = stem(net, net.everyFrame(clip, ALPHA), 64, 1);
  let fast = stem(net, clip, 64 / BETA_INVERSE, 5);
  for (const { blocks, inner, stride, slowTaps, fastTaps } of STAGES) {
    slow = stage(net, lateral(net, slow, fast), blocks, { inner, taps: slowTaps, stride });
    fast = stage(net, fast, blocks, { inner: inner / BETA_INVERSE, taps: fastTaps, stride });
  }
  return net.finish(net.join(net.mean(slow), net.mean(fast)), 400, 'Softmax');
};

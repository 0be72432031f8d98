import { Layers, type Draw, type Value } from './layers.js';

interface Stage {
  readonly expansion: number;
  readonly taps: number;
  readonly stride: number;
  readonly outputs: number;
  readonly blocks: number;
}

/**
 * EfficientNet-B0's stages (Tan & Le 2019, table 1) made 1.2 times as wide (rounded to eights) and 1.4 times as deep
 * (rounded up): B3's coefficients.
 */
const STAGES: readonly Stage[] = [
  { expansion: 1, taps: 3, stride: 1, outputs: 24, blocks: 2 },
  { expansion: 6, taps: 3, stride: 2, outputs: 32, blocks: 3 },
  { expansion: 6, taps: 5, stride: 2, outputs: 48, blocks: 3 },
  { expansion: 6, taps: 3, stride: 2, outputs: 96, blocks: 5 },
  { expansion: 6, taps: 5, stride: 1, outputs: 136, blocks: 5 },
  { expansion: 6, taps: 5, stride: 2, outputs: 232, blocks: 6 },
  { expansion: 6, taps: 3, stride: 1, outputs: 384, blocks: 2 },
];
/** Squeeze-and-excitation narrows to this share of the block's input. */
const SQUEEZE = 0.25;

/** A mobile inverted bottleneck with squeeze-and-excitation (Sandler et al. 2018; Hu et al. 2018). */
const block = (net: Layers, x: Value, { expansion, taps, stride, outputs }: Stage): Value => {
  const wide = expansion === 1 ? x : net.convolve(x, { outputs: x.channels * expansion, taps: [1, 1], then: 'silu' });
  const seen = net.convolve(wide, { outputs: wide.channels, taps: [taps, taps], strides: [stride, stride], groups: wide.channels, then: 'silu' });
  const squeezed = net.convolve(net.mean(seen), { outputs: Math.floor(x.channels * SQUEEZE), taps: [1, 1], then: 'silu' });
  const excited = net.multiply(seen, net.convolve(squeezed, { outputs: seen.channels, taps: [1, 1], then: 'sigmoid' }));
  const residual = stride === 1 && x.channels === outputs;
  const narrow = net.convolve(excited, { outputs, taps: [1, 1], gain: residual ? 0.5 : 2 });
  return residual ? net.add(x, narrow) : narrow;
};

/**
 * HMS's appearance net: EfficientNet-B3 on a picture `[1, 3, size, size]` (ImageNet's 1000 classes, 1536 features).
 * @param size of the picture [px]; 224 gives the 0.99 GFLOPs that HMS states
 * @see Tan & Le 2019; HMS §4.1.3
 */
export const efficientNetB3 = (draw: Draw, size = 224): Uint8Array => {
  const net = new Layers('efficientnet_b3', draw);
  let x = net.convolve(net.input([1, 3, size, size]), { outputs: 40, taps: [3, 3], strides: [2, 2], then: 'silu' });
  for (const stage of STAGES) {
    for (let i = 0; i < stage.blocks; i += 1) x = block(net, x, i === 0 ? stage : { ...stage, stride: 1 });
  }
  return net.finish(net.mean(net.convolve(x, { outputs: 1536, taps: [1, 1], then: 'silu' })), 1000, 'Softmax');
};

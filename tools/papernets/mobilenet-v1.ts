import { Layers, type Draw } from './layers.js';

/** Output channels and stride of each depthwise-separable layer (Howard et al. 2017, table 1). */
const SEPARABLE: readonly (readonly [number, number])[] = [
  [64, 1], [128, 2], [128, 1], [256, 2], [256, 1], [512, 2],
  [512, 1], [512, 1], [512, 1], [512, 1], [512, 1], [1024, 2], [1024, 1],
];

/**
 * HMS's audio net: MobileNetV1 on a log-mel patch `[1, 96, 64]`, as YAMNet has it (AudioSet's 521 classes, 1024 features).
 * @see Howard et al. 2017, table 1; HMS §4.1.3: 0.07 GFLOPs
 */
export const mobileNetV1 = (draw: Draw): Uint8Array => {
  const net = new Layers('mobilenet_v1', draw);
  let x = net.convolve(net.patch(96, 64), { outputs: 32, taps: [3, 3], strides: [2, 2], then: 'relu' });
  for (const [outputs, stride] of SEPARABLE) {
    x = net.convolve(x, { outputs: x.channels, taps: [3, 3], strides: [stride, stride], groups: x.channels, then: 'relu' });
    x = net.convolve(x, { outputs, taps: [1, 1], then: 'relu' });
  }
  return net.finish(net.mean(x), 521, 'Sigmoid');
};

import type { OnnxNode } from './onnx-schema.js';

/** How many places a sliding window has along each axis, for Conv and the pools, in any number of axes. */

interface Axis {
  readonly size: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pads: number;
  readonly autoPad: string;
  readonly ceil: boolean;
}

const places = ({ size, taps, stride, dilation, pads, autoPad, ceil }: Axis): number => {
  if (autoPad.startsWith('SAME')) return Math.ceil(size / stride);
  const slack = size + (autoPad === 'VALID' ? 0 : pads) - ((taps - 1) * dilation + 1);
  return Math.max(0, (ceil ? Math.ceil(slack / stride) : Math.floor(slack / stride)) + 1);
};

/**
 * Places of the window of a Conv, MaxPool or AveragePool.
 *
 * @param node whose attributes `strides`, `dilations`, `pads`, `auto_pad`, `ceil_mode` are read
 * @param sizes spatial dimensions of the input
 * @param taps spatial dimensions of the window
 */
export const windowPlaces = (node: OnnxNode, sizes: readonly number[], taps: readonly number[]): number[] => {
  const find = (name: string) => node.attribute?.find((a) => a.name === name);
  const pads = find('pads')?.ints ?? [];
  const word = find('auto_pad')?.s;
  return sizes.map((size, i) => places({
    size,
    taps: taps[i] ?? 1,
    stride: find('strides')?.ints?.[i] ?? 1,
    dilation: find('dilations')?.ints?.[i] ?? 1,
    pads: (pads[i] ?? 0) + (pads[i + sizes.length] ?? 0),
    autoPad: word === undefined ? 'NOTSET' : new TextDecoder().decode(word),
    ceil: find('ceil_mode')?.i === 1,
  }));
};

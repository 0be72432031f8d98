/** How many features each sense gives. */
import type { SenseName } from '../inference/manifest.js';
import type { Net } from '../sense/net.js';
import type { BySense } from './types.js';

/** The senses, cheapest first. */
export const SENSE_NAMES: readonly SenseName[] = ['audio', 'appearance', 'motion'];

/** Features of a sense without a net: one column of zeros, so that no tensor is empty. */
export const ABSENT_WIDTH = 1;

/** How many features a net gives a step, by its manifest: all dimensions but the batch; 1 where there is no net or it gives none. */
export const widthOf = (net: Net | undefined): number => {
  const dims = net?.manifest.outputs.features?.dims;
  return dims === undefined ? ABSENT_WIDTH : dims.slice(1).reduce((product, d) => product * d, 1);
};

/** The widths of all three. */
export const widthsOf = (nets: Readonly<Partial<Record<SenseName, Net>>>): BySense =>
  ({ audio: widthOf(nets.audio), appearance: widthOf(nets.appearance), motion: widthOf(nets.motion) });

/** The cost of one reading of each sense, in 10⁹ multiply-accumulates; 0 where there is no net. */
export const gmacsOf = (nets: Readonly<Partial<Record<SenseName, Net>>>): BySense => {
  const one = (net: Net | undefined): number => (net?.session.macs ?? 0) / 1e9;
  return { audio: one(nets.audio), appearance: one(nets.appearance), motion: one(nets.motion) };
};

import type { BySense, HmsModel } from '../types.js';

/** Multiply-accumulates of the heads in one step, by the stage that pays for them. */
export interface HeadMacs extends BySense {
  /** Always: audio's projection and LSTM, and the appearance gate. */
  readonly audio: number;
  /** With an open appearance gate: its projection and LSTM. */
  readonly appearance: number;
  /** With an open motion gate: its projection and LSTM. */
  readonly motion: number;
  /** Always: the motion gate, for which x_I counts in full, and the classifier. */
  readonly decide: number;
}

/** Counts the multiply-accumulates of a model's heads; only products are counted, as for the nets. */
export const countHeadMacs = ({ shape: { dims, projected: p, hidden: h, classes } }: Pick<HmsModel, 'shape'>): HeadMacs => {
  const lstm = (inputs: number, hidden: number): number => (inputs + hidden) * 4 * hidden;
  return {
    audio: dims.audio * p.audio + lstm(p.audio, h.audio) + (p.audio + 2 * h.appearance) * 2,
    appearance: dims.appearance * p.appearance + lstm(p.audio + p.appearance, h.appearance),
    motion: dims.motion * p.motion + lstm(p.audio + p.appearance + p.motion, h.motion),
    decide: (p.audio + p.appearance + 2 * h.motion) * 2 + h.motion * classes,
  };
};

import type { SenseName } from '../inference/manifest.js';

/** One number for each sense: widths of features, projections, hidden states, or costs. */
export type BySense = Readonly<Record<SenseName, number>>;

/**
 * One recording as the frozen nets saw it, step by step; a step is one segment of the product.
 * T = `steps`; rows of a sense that has no reading at a step are zero, and `present` says so.
 */
export interface FeatureSequence {
  /** A path or a generator's name; unique in its set. */
  readonly id: string;
  readonly steps: number;
  /** `[T, dims[sense]]`, row-major. Sound that is missing stands as the features of digital silence, never as zeros. */
  readonly features: Readonly<Record<SenseName, Float32Array>>;
  /** `[T]`, 1 where the sense could have been read. For audio: where there was sound. Never an input of a model. */
  readonly present: Readonly<Record<SenseName, Uint8Array>>;
  /** `[T]`, the index of the right label at each step; one and the same at all steps of a trimmed clip. */
  readonly targets: Int32Array;
  /** Recordings with the same source stay on one side of every split. */
  readonly source?: string;
}

/** A set of sequences on the same frozen nets. */
export interface FeatureSet {
  /** Class names, in the order of the targets. */
  readonly labels: readonly string[];
  /** Labels of `labels` that mean "nothing in particular". */
  readonly background: readonly string[];
  readonly dims: BySense;
  /** From one step to the next [µs of media time]. */
  readonly stepUs: number;
  /** One reading of each sense, in 10⁹ multiply-accumulates. */
  readonly gmacs: BySense;
  readonly sequences: readonly FeatureSequence[];
}

/**
 * The sizes of an HMS model, and what the paper leaves open.
 * @see HMS §3.2; the paper's own sizes are projections 512/1024/2048 and hidden 128/512/2048 (§4.1.3)
 */
export interface HmsShape {
  readonly dims: BySense;
  /** Width that each sense's features are projected to. */
  readonly projected: BySense;
  /** Hidden units of each LSTM; audio ≤ appearance ≤ motion, since states are copied upwards. */
  readonly hidden: BySense;
  readonly classes: number;
  /**
   * What x_I is in equations 6 and 7 when the appearance gate is shut, on which the paper is silent: `zero`, zeros;
   * `last`, the last one computed; `nested`, the motion gate can only open where the appearance gate is open.
   */
  readonly unseen: 'zero' | 'last' | 'nested';
  /**
   * What a shut gate copies upwards, of which the paper says only "a part": `first`, the lower LSTM's hidden state
   * over the first dimensions of the upper one's; `none`, nothing, to measure what copying is worth (such a model is
   * not exported). Without it: `first`.
   */
  readonly copy?: 'first' | 'none';
}

/** A trained tensor: row-major values and dimensions. */
export interface Weight {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/**
 * The names and shapes of an HMS model's weights. p = `projected`, h = `hidden`, d = `dims`; a for audio, i for
 * appearance, m for motion. LSTM kernels hold the gates in the order input, forget, cell, output; their rows are the
 * inputs in the order of the equations, then the hidden state. Features are standardised before projection:
 * (x − mean) / deviation; a projection ends in a ReLU.
 *
 * - `audio.mean` `[da]`, `audio.deviation` `[da]`, and the same for `appearance` and `motion`
 * - `audio.project.kernel` `[da, pa]`, `audio.project.bias` `[pa]`, …
 * - `audio.lstm.kernel` `[pa + ha, 4ha]`, `audio.lstm.bias` `[4ha]` (equation 3)
 * - `appearance.gate.kernel` `[pa + 2hi, 2]`, `.bias` `[2]`: [x_A; h_I; c_I] → (shut, open) (equation 4)
 * - `appearance.lstm.kernel` `[pa + pi + hi, 4hi]`, `.bias` (equation 5)
 * - `motion.gate.kernel` `[pa + pi + 2hm, 2]`, `.bias`: [x_A; x_I; h_M; c_M] → (shut, open) (equation 6)
 * - `motion.lstm.kernel` `[pa + pi + pm + hm, 4hm]`, `.bias` (equation 7)
 * - `classify.kernel` `[hm, classes]`, `classify.bias` `[classes]`
 */
export type Weights = Readonly<Record<string, Weight>>;

/** A trained HMS model, as training leaves it and export takes it. */
export interface HmsModel {
  readonly kind: 'hms';
  readonly shape: HmsShape;
  readonly weights: Weights;
}

/** A baseline: one LSTM over the concatenated projections of some senses, always all of them (HMS Table 1). */
export interface FusionModel {
  readonly kind: 'fusion';
  readonly senses: readonly SenseName[];
  readonly dims: BySense;
  readonly projected: BySense;
  readonly hidden: number;
  readonly classes: number;
  /** As in {@link Weights}, with `lstm.kernel` `[Σp + h, 4h]`, `lstm.bias`, `classify.kernel`, `classify.bias`. */
  readonly weights: Weights;
}

/** Which gates are open at each step, `[T]` of 0 or 1: what a run did, or what it is made to do. */
export interface Openings {
  readonly appearance: Uint8Array;
  readonly motion: Uint8Array;
}

/** What a model made of one sequence. */
export interface SequenceRun {
  readonly id: string;
  readonly targets: Int32Array;
  /** `[T, classes]`, before the softmax. */
  readonly logits: Float32Array;
  readonly opened: Openings;
}

import type { SenseName } from '../../inference/manifest.js';
import type { BySense, FeatureSequence, Openings, Weights } from '../types.js';
import { weightOf } from './parameters.js';

/**
 * Sequences side by side, time-major: row t·B + b of every table is step t of sequence b. Shorter sequences are filled
 * up with steps that count for nothing.
 */
export interface Batch {
  /** B and T. */
  readonly sequences: number;
  readonly steps: number;
  /** Standardised features, `[T·B, dims[sense]]`; a sense that was not asked for is missing. */
  readonly features: Readonly<Partial<Record<SenseName, Float32Array>>>;
  /** `[T·B]`, 1 where a learned gate decides; 0 where it is forced, or nothing could be seen, or the sequence is over. */
  readonly free: Readonly<Record<'appearance' | 'motion', Float32Array>>;
  /** `[T·B]`, 1 where a gate is forced open. */
  readonly fixed: Readonly<Record<'appearance' | 'motion', Float32Array>>;
  /** `[T·B]`, 1 where the sequence still runs. */
  readonly running: Float32Array;
  /** `[T·B]`, −1 where the sequence is over. */
  readonly targets: Int32Array;
}

/** A sequence, or a part of it, and how its gates stand. */
export interface Excerpt {
  readonly sequence: FeatureSequence;
  /** The first step taken, and how many. */
  readonly from: number;
  readonly steps: number;
  /** Forced openings, for the steps of the whole sequence; without them the gates decide. */
  readonly openings?: Openings | undefined;
}

const VISUAL = ['appearance', 'motion'] as const;

/** The mean and deviation of each sense's features that a model standardises by. */
export type Standard = Readonly<Partial<Record<SenseName, { readonly mean: Float32Array; readonly deviation: Float32Array }>>>;

/** How wide each sense is that a standard knows. */
export const widthsOf = (standard: Standard): Readonly<Partial<BySense>> =>
  Object.fromEntries((Object.entries(standard) as [SenseName, { readonly mean: Float32Array }][]).map(([sense, { mean }]) => [sense, mean.length]));

/** Reads them from a model's weights. */
export const standardOf = (weights: Weights, senses: readonly SenseName[]): Standard =>
  Object.fromEntries(senses.map((sense) => [sense, {
    mean: weightOf(weights, `${sense}.mean`).data,
    deviation: weightOf(weights, `${sense}.deviation`).data,
  }]));

/** A table of features with each standardised; what could not be seen stands as the mean, whatever its row holds. */
const standardisedTable = ({ steps, features, present }: FeatureSequence, sense: SenseName, { mean, deviation }: { readonly mean: Float32Array; readonly deviation: Float32Array }): Float32Array => {
  const d = mean.length;
  const [source, to] = [features[sense], new Float32Array(steps * d)];
  const scale = deviation.map((x) => 1 / x);
  for (let t = 0; t < steps; t += 1) {
    // Missing sound has silence in its place.
    if (sense !== 'audio' && present[sense][t] !== 1) continue;
    for (let i = 0; i < d; i += 1) to[t * d + i] = ((source[t * d + i] ?? 0) - (mean[i] ?? 0)) * (scale[i] ?? 0);
  }
  return to;
};

/** The same sequence with standardised features, so that it is done once and not in every epoch. */
export const standardisedSequence = (sequence: FeatureSequence, standard: Standard): FeatureSequence => {
  const one = (sense: SenseName): Float32Array => {
    const by = standard[sense];
    return by === undefined ? sequence.features[sense] : standardisedTable(sequence, sense, by);
  };
  return { ...sequence, features: { audio: one('audio'), appearance: one('appearance'), motion: one('motion') } };
};

/** The features of excerpts side by side, `[T·B, d]`. */
const sideBySide = (excerpts: readonly Excerpt[], steps: number, sense: SenseName, d: number): Float32Array => {
  const rows = new Float32Array(steps * excerpts.length * d);
  excerpts.forEach(({ sequence, from, steps: taken }, b) => {
    const source = sequence.features[sense];
    for (let t = 0; t < taken; t += 1) rows.set(source.subarray((from + t) * d, (from + t + 1) * d), (t * excerpts.length + b) * d);
  });
  return rows;
};

/**
 * Puts excerpts of standardised sequences side by side. Where a sense has no reading its gate stays shut, even when
 * forced.
 *
 * @param widths of the senses that are wanted
 */
export const batchOf = (excerpts: readonly Excerpt[], widths: Readonly<Partial<BySense>>): Batch => {
  const [sequences, steps] = [excerpts.length, Math.max(...excerpts.map((excerpt) => excerpt.steps))];
  const rows = sequences * steps;
  const free = { appearance: new Float32Array(rows), motion: new Float32Array(rows) };
  const fixed = { appearance: new Float32Array(rows), motion: new Float32Array(rows) };
  const running = new Float32Array(rows);
  const targets = new Int32Array(rows).fill(-1);
  excerpts.forEach(({ sequence, from, steps: taken, openings }, b) => {
    for (let t = 0; t < taken; t += 1) {
      const row = t * sequences + b;
      running[row] = 1;
      targets[row] = sequence.targets[from + t] ?? -1;
      for (const sense of VISUAL) {
        const seen = sequence.present[sense][from + t] === 1;
        free[sense][row] = seen && openings === undefined ? 1 : 0;
        fixed[sense][row] = seen && openings?.[sense][from + t] === 1 ? 1 : 0;
      }
    }
  });
  const features: Partial<Record<SenseName, Float32Array>> = {};
  for (const [sense, width] of Object.entries(widths) as [SenseName, number][]) features[sense] = sideBySide(excerpts, steps, sense, width);
  return { sequences, steps, features, free, fixed, running, targets };
};

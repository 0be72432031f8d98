/** Clips joined into streams, anew in each epoch, so that a model learns that one thing ends and another begins. */
import type { SenseName } from '../../inference/manifest.js';
import type { Random } from '../random.js';
import type { FeatureSequence } from '../types.js';
import { SENSE_NAMES } from '../widths.js';

/** A part of a sequence. */
interface Piece {
  readonly sequence: FeatureSequence;
  readonly from: number;
  readonly steps: number;
}

/** The least of a clip that is taken: with less, too often nothing has happened yet. */
const LEAST = 0.5;

/** Half of a clip or more, its beginning or its end left out; of what is longer than `stretch`, as much as that. */
const pieceOf = (sequence: FeatureSequence, stretch: number, random: Random): Piece => {
  const most = Math.min(sequence.steps, stretch);
  const least = Math.min(most, Math.ceil(most * LEAST));
  const steps = least + random.below(most - least + 1);
  return { sequence, from: random.below(sequence.steps - steps + 1), steps };
};

const joined = (pieces: readonly Piece[]): FeatureSequence => {
  const steps = pieces.reduce((sum, piece) => sum + piece.steps, 0);
  const table = (sense: SenseName): Float32Array => {
    const [first] = pieces;
    const width = first === undefined ? 0 : first.sequence.features[sense].length / first.sequence.steps;
    const rows = new Float32Array(steps * width);
    let at = 0;
    for (const { sequence, from, steps: taken } of pieces) {
      rows.set(sequence.features[sense].subarray(from * width, (from + taken) * width), at * width);
      at += taken;
    }
    return rows;
  };
  const flags = (of: (sequence: FeatureSequence) => Uint8Array | Int32Array): number[] =>
    pieces.flatMap(({ sequence, from, steps: taken }) => [...of(sequence).subarray(from, from + taken)]);
  const each = <T>(of: (sense: SenseName) => T): Record<SenseName, T> => Object.fromEntries(SENSE_NAMES.map((sense) => [sense, of(sense)])) as Record<SenseName, T>;
  return {
    id: pieces.map(({ sequence: { id } }) => id).join(' + '), steps,
    features: each(table), present: each((sense) => Uint8Array.from(flags(({ present }) => present[sense]))),
    targets: Int32Array.from(flags(({ targets }) => targets)),
  };
};

/**
 * Joins sequences, in their order, into streams of `count`: a model that only ever saw clips of one length, each from
 * a state of rest, learns when to look by the clock, and does not know what to do where one clip follows another, as
 * all do live. Of each sequence a piece is taken, between a half and all of it, from a place drawn at random, of at
 * most `stretch` steps. A rest of fewer than `count` is a stream too.
 */
export const splice = (sequences: readonly FeatureSequence[], { count, stretch }: { readonly count: number; readonly stretch: number }, random: Random): FeatureSequence[] => {
  const streams: FeatureSequence[] = [];
  for (let at = 0; at < sequences.length; at += count) {
    streams.push(joined(sequences.slice(at, at + count).map((sequence) => pieceOf(sequence, stretch, random))));
  }
  return streams;
};

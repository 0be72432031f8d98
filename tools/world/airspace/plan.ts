/**
 * Which sound goes with which pictures. The videos have no sound and the sounds were recorded apart: whatever pairs
 * them is *composed*, and says so. Drone and helicopter take a sound of their own class, airplane and bird take
 * background: sound then settles two classes and provably cannot tell the other two apart.
 */
import { basename, extname } from 'node:path';
import type { Random } from '../../../src/learn/random.js';

/** A row of splits.csv of the sets `airspace-video` and `airspace-audio`. */
export interface AirspaceRow {
  readonly path: string;
  readonly set: string;
  readonly label: string;
  readonly part: string;
}

/** `train` fits the heads, `val` chooses and calibrates, `test` is reported and never chose anything. */
export type AirspacePart = 'train' | 'val' | 'test';

/** One clip to be composed: a stretch of a video with a stretch of a sound. */
export interface ComposedClip {
  /** `<label>/<video>-<start>-<sound>.mp4`, below its part's folder. */
  readonly name: string;
  readonly part: AirspacePart;
  readonly label: string;
  readonly video: string;
  /** Where the stretch begins in the video [s]. */
  readonly videoFromS: number;
  readonly sound: string;
  /** Where the stretch begins in the sound [s]. */
  readonly soundFromS: number;
}

/** Length of a composed clip [s]: ten steps of the product, as in the rendered worlds. */
export const CLIP_S = 5.28;

/** Both kinds of recordings last this long [s]. */
const RECORDING_S = 10;

/** Of the numbered recordings of the training part, the last so many are held back as one block, since neighbours may be cut from one recording. */
const HELD_SHARE = 0.2;

/** Stretches taken from each video, evenly over it. */
const STRETCHES: Readonly<Record<AirspacePart, number>> = { train: 3, val: 2, test: 2 };

/** The label of the sound that a video's label takes. */
export const soundLabel = (label: string): string => (label === 'drone' || label === 'helicopter' ? label : 'background');

const stem = (path: string): string => basename(path, extname(path));

/** Splits one label's rows into parts: `val` is the test; the last block of `train` by number is held back. */
const inParts = (rows: readonly AirspaceRow[]): Record<AirspacePart, string[]> => {
  const train = rows.filter((row) => row.part === 'train').map((row) => row.path).sort();
  const from = train.length - Math.ceil(train.length * HELD_SHARE);
  return { train: train.slice(0, from), val: train.slice(from), test: rows.filter((row) => row.part === 'val').map((row) => row.path).sort() };
};

/** A list in a random order, again and again: each is taken once before any is taken twice. */
const inTurns = <T>(list: readonly T[], random: Random): (() => T) => {
  let deck: T[] = [];
  return () => {
    if (deck.length === 0) deck = [...list];
    const [taken] = deck.splice(random.below(deck.length), 1);
    if (taken === undefined) throw new RangeError('there is no sound to pair with');
    return taken;
  };
};

const PARTS: readonly AirspacePart[] = ['train', 'val', 'test'];

/**
 * The clips to compose from the rows of splits.csv: the same for the same seed. A sound stays on its recording's
 * side of the split, as a video does.
 * @throws RangeError when a label has videos in a part that has no sound for them
 */
export const planAirspace = (rows: readonly AirspaceRow[], random: Random): readonly ComposedClip[] => {
  const of = (set: string, label: string): Record<AirspacePart, string[]> => inParts(rows.filter((row) => row.set === set && row.label === label));
  const labels = [...new Set(rows.filter((row) => row.set === 'airspace-video').map((row) => row.label))].sort();
  return PARTS.flatMap((part) => labels.flatMap((label) => {
    const next = inTurns(of('airspace-audio', soundLabel(label))[part], random);
    return of('airspace-video', label)[part].flatMap((video) => Array.from({ length: STRETCHES[part] }, (_, i): ComposedClip => {
      const videoFromS = ((RECORDING_S - CLIP_S) * i) / Math.max(1, STRETCHES[part] - 1);
      const sound = next();
      const soundFromS = random.uniform(0, RECORDING_S - CLIP_S);
      return { name: `${label}/${stem(video)}-${videoFromS.toFixed(1)}s-${stem(sound)}.mp4`, part, label, video, videoFromS, sound, soundFromS };
    }));
  }));
};

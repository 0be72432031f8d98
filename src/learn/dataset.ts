/** From what was extracted to what is learned from: labels with targets, and everything a person should know about the data. */
import { Fault } from '../faults.js';
import { backgroundOf } from './labels.js';
import type { Clips, Part } from './clips.js';
import type { Featured, Outcome } from './extract-clips.js';
import type { FrozenNets } from './extract.js';
import { inspect } from './inspect.js';
import { counted, some, type Remark } from './remarks.js';
import { holdBack } from './split.js';
import type { FeatureSequence, FeatureSet } from './types.js';
import { gmacsOf, widthsOf } from './widths.js';

/** How clips become a data set. */
export interface DatasetOptions {
  readonly nets: FrozenNets;
  /** From one step to the next [µs]. */
  readonly stepUs: number;
  /** Labels that mean "nothing in particular"; default those that are called so. */
  readonly background?: readonly string[];
  /** Share of the clips held back for calibration where the folder does not say, 0…0.5. */
  readonly heldBack: number;
  readonly seed: number;
}

/** What is learned from. */
export interface Dataset {
  /** All usable clips, by id. */
  readonly set: FeatureSet;
  /** Which part each sequence is in: `val` is held back for calibration, `test` only reported. */
  readonly parts: ReadonlyMap<string, Part>;
  /** The usable clips, in the order of the set. */
  readonly clips: readonly Featured[];
  readonly remarks: readonly Remark[];
}

/** Fewer classes than this cannot be told apart. */
const FEWEST_CLASSES = 2;

const unreadable = (faults: readonly Extract<Outcome, { kind: 'fault' }>[]): Remark[] => (faults.length === 0 ? [] : [{
  kind: 'dropped-unreadable',
  text: `${counted(faults.length, 'clip')} could not be read and ${faults.length === 1 ? 'is' : 'are'} left out: ${some(faults.map(({ clip, fault }) => `${clip.id} (${fault.message.replace(/\.$/, '')})`))}.`,
  about: faults.map(({ clip }) => clip.id),
}]);

const remarkOf = (kind: Remark['kind'], clips: readonly Featured[], say: (what: string, which: string) => string): Remark[] => {
  const ids = clips.map(({ clip }) => clip.id);
  return ids.length === 0 ? [] : [{ kind, text: say(counted(ids.length, 'clip'), some(ids)), about: ids }];
};

/** Which of several copies stays: one that is only reported rather than one that is learned from. */
const STAYS: readonly (Part | undefined)[] = ['test', 'val', 'train', undefined];

/** One of each group of clips with the same bytes; none where their labels differ. */
const withoutCopies = (clips: readonly Featured[]): { kept: Featured[]; remarks: Remark[] } => {
  const byContent = new Map<string, Featured[]>();
  for (const clip of clips) byContent.set(clip.content, [...(byContent.get(clip.content) ?? []), clip]);
  const [copies, contradicting]: [Featured[], Featured[]] = [[], []];
  for (const same of byContent.values()) {
    if (new Set(same.map(({ clip }) => clip.label)).size > 1) contradicting.push(...same);
    else copies.push(...[...same].sort((a, b) => STAYS.indexOf(a.clip.part) - STAYS.indexOf(b.clip.part)).slice(1));
  }
  const gone = new Set([...copies, ...contradicting]);
  return {
    kept: clips.filter((clip) => !gone.has(clip)),
    remarks: [
      ...remarkOf('duplicate', copies, (what, which) => `${what} left out, since the same bytes are there under another name: ${which}.`),
      ...remarkOf('dropped-contradicting', contradicting, (what, which) => `${what} left out, since the same bytes are there with different labels: ${which}.`),
    ],
  };
};

/** Classes with one clip, or none to train on, are left out; those with two are kept and named. */
const fitClasses = (clips: readonly Featured[], labels: readonly string[]): { kept: Featured[]; labels: string[]; remarks: Remark[] } => {
  const forTraining = (label: string): number => clips.filter(({ clip }) => clip.label === label && (clip.part ?? 'train') === 'train').length;
  const counts = new Map(labels.map((label) => [label, forTraining(label)]));
  const leftOut = labels.filter((label) => (counts.get(label) ?? 0) < 2);
  const small = labels.filter((label) => counts.get(label) === 2);
  const remarks: Remark[] = [
    ...leftOut.map((label): Remark => ({ kind: 'class-left-out', text: `The class ${label} is left out: it has ${counts.get(label) === 1 ? 'a single usable clip' : 'no usable clip'} to learn from, and two are the least.`, about: [label] })),
    ...small.map((label): Remark => ({ kind: 'class-small', text: `The class ${label} has only two clips to learn from; what is said of it is hardly more than a guess.`, about: [label] })),
  ];
  const kept = new Set(labels.filter((label) => !leftOut.includes(label)));
  return { kept: clips.filter(({ clip }) => kept.has(clip.label)), labels: [...kept], remarks };
};

const splitOf = (clips: readonly Featured[], { heldBack, seed }: DatasetOptions): ReadonlyMap<string, Part> => {
  const parts = new Map<string, Part>(clips.map(({ clip }) => [clip.id, clip.part ?? 'train']));
  // A folder with a val part has chosen; a test part never serves for anything but the report.
  if ([...parts.values()].includes('val')) return parts;
  const trainable = clips.map(({ clip }) => clip).filter(({ id }) => parts.get(id) === 'train');
  for (const id of holdBack(trainable, { share: heldBack, seed })) parts.set(id, 'val');
  return parts;
};

/** Classes of which nothing is held back: what is calibrated and reported does not speak of them. */
const notHeldBack = (clips: readonly Featured[], labels: readonly string[], parts: ReadonlyMap<string, Part>): Remark[] => {
  const held = new Set(clips.filter(({ clip }) => parts.get(clip.id) !== 'train').map(({ clip }) => clip.label));
  const without = labels.filter((label) => !held.has(label));
  return without.length === 0 ? [] : [{ kind: 'not-held-back', text: `No clip of ${some(without)} is held back, so the report cannot say how well it is known.`, about: without }];
};

/** A clip as a sequence whose target is its label at every step. @param labels class names, in the order of the targets */
export const sequenceOf = ({ clip, extracted }: Featured, labels: readonly string[]): FeatureSequence => ({
  id: clip.id, steps: extracted.steps, features: extracted.features, present: extracted.present,
  targets: new Int32Array(extracted.steps).fill(labels.indexOf(clip.label)), source: clip.source,
});

const tooFew = (labels: readonly string[], remarks: readonly Remark[]): Fault => new Fault('learn', 'data-unusable',
  `${labels.length === 0 ? 'No class' : `Only the class ${labels.join('')}`} has clips that can be learned from, and two classes are the least.`,
  { remedy: remarks.filter(({ kind }) => kind.startsWith('dropped') || kind === 'class-left-out').slice(0, 3).map(({ text }) => text).join(' ') || 'Add clips.' });

/**
 * Puts the data set together. The same clips give the same set, in whatever order they were extracted. Clips that could
 * not be read or have no step, copies, and classes with fewer than two clips to learn from are left out, each said.
 * @param scanned what was found in the folder
 * @param outcomes what became of each clip
 * @throws Fault `data-unusable` where fewer than two classes remain
 */
export const makeDataset = (scanned: Clips, outcomes: readonly Outcome[], options: DatasetOptions): Dataset => {
  const sorted = [...outcomes].sort((a, b) => (a.clip.id < b.clip.id ? -1 : 1));
  const faults = sorted.filter((outcome) => outcome.kind === 'fault');
  const read = sorted.filter((outcome) => outcome.kind === 'features');
  const empty = read.filter(({ extracted }) => extracted.steps === 0);
  const copies = withoutCopies(read.filter(({ extracted }) => extracted.steps > 0));
  const { kept, labels, remarks: ofClasses } = fitClasses(copies.kept, scanned.labels);
  const before = [
    ...scanned.remarks, ...unreadable(faults),
    ...remarkOf('dropped-too-short', empty, (what, which) => `${what} left out, since there is not even half a step in it: ${which}.`),
    ...copies.remarks, ...ofClasses,
  ];
  if (labels.length < FEWEST_CLASSES) throw tooFew(labels, before);
  const parts = splitOf(kept, options);
  return {
    set: {
      labels, background: backgroundOf(labels, options.background), dims: widthsOf(options.nets), stepUs: options.stepUs, gmacs: gmacsOf(options.nets),
      sequences: kept.map((clip) => sequenceOf(clip, labels)),
    },
    parts, clips: kept,
    remarks: [...before, ...inspect(kept, labels, options), ...notHeldBack(kept, labels, parts)],
  };
};

/** The sequences of one part, as a set of their own. */
export const partOf = ({ set, parts }: Pick<Dataset, 'set' | 'parts'>, part: Part): FeatureSet =>
  ({ ...set, sequences: set.sequences.filter(({ id }) => parts.get(id) === part) });

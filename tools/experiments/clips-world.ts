/** Worlds that are folders of clips: their features are extracted once, by the product's own path, and kept as one file. */
import { readFileSync } from 'node:fs';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { openFrozenNets } from '../../pipelines/learn/nets.js';
import type { SenseName } from '../../src/inference/manifest.js';
import { FeatureCache } from '../../src/learn/cache.js';
import { scanClips } from '../../src/learn/clips.js';
import { makeDataset } from '../../src/learn/dataset.js';
import { extractClips, tellProgress } from '../../src/learn/extract-clips.js';
import { patientHost, stepsOf } from '../../src/learn/extract.js';
import type { FeatureSet, Openings } from '../../src/learn/types.js';
import { silentFeatures } from '../../src/sense/silence.js';
import { readProfile } from '../../src/settings/profile.js';
import { createProgress } from '../world/progress.js';
import { readFeatures, writeFeatures } from './feature-file.js';
import { PARTS, type PartName, type WorldData } from './world.js';

/** A folder of clips, the nets that see them, and where the features are kept. */
export interface ClipsFolder {
  readonly folder: string;
  /** Packs by name or folder; `none` for a sense that is not used. */
  readonly packs: Readonly<Record<SenseName, string>>;
  /** One file. */
  readonly features: string;
  readonly sourcePattern?: RegExp;
  /** Features of each recording, shared by worlds with the same clips and nets. */
  readonly cache: string;
}

/** Extracts what is not in the cache, with progress, and writes the feature file. Returns remarks about the data, in words. */
export const extractWorld = async ({ folder, packs, features, sourcePattern, cache: cacheAt }: ClipsFolder): Promise<readonly string[]> => {
  const profile = readProfile();
  const scanned = await scanClips(folder, sourcePattern === undefined ? {} : { sourcePattern });
  const open = await openFrozenNets(packs, 1);
  const cache = new FeatureCache(cacheAt);
  const host = patientHost();
  const progress = createProgress('clips');
  try {
    const silence = await firstValueFrom(silentFeatures(open.nets.audio));
    const outcomes = await lastValueFrom(extractClips(scanned.clips, { host, nets: open.nets, silence, profile }, { cache }).pipe(
      tellProgress(scanned.clips.length, ({ done, total, cached }) => { progress.report(done, total, done - cached); }), toArray()));
    const { set, parts, remarks } = makeDataset(scanned, outcomes, { nets: open.nets, stepUs: stepsOf(open.nets, profile).hopUs, heldBack: 0, seed: 1 });
    writeFeatures(features, { set, parts });
    return [...open.remarks, ...remarks].map(({ text }) => text);
  } finally {
    progress.stop();
    await host.close();
    await open.close();
  }
};

/** One line of a world's `clips.jsonl`, as far as evaluation needs it; nothing learns from it. */
export interface ClipLine {
  /** The clip's path in the world's folder, which is its id. */
  readonly path: string;
  readonly label: string;
  readonly group: string;
  readonly oracle: { readonly appearance: readonly number[]; readonly motion: readonly number[] };
}

/** The lines of a JSONL file. */
export const readLines = (path: string): readonly unknown[] => readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as unknown);

/** Key frames are this far apart in the worlds that we make [s]. */
const KEY_S = 1;

/** Reads a world's features and puts beside them what is known of its clips. */
export const loadWorld = (features: string, lines: readonly ClipLine[]): WorldData => {
  const { set, parts } = readFeatures(features);
  const groups = new Map(lines.map(({ label, group }) => [label, group]));
  const oracle = new Map(lines.map(({ path, oracle: { appearance, motion } }): [string, Openings] => [path, { appearance: Uint8Array.from(appearance), motion: Uint8Array.from(motion) }]));
  const of = (part: PartName): FeatureSet => ({ ...set, sequences: set.sequences.filter(({ id }) => parts.get(id) === part) });
  const [train, val, test] = PARTS.map(of);
  if (train === undefined || val === undefined || test === undefined) throw new RangeError('a world has three parts');
  const hopS = set.stepUs / 1e6;
  return { train, val, test, groups: set.labels.map((label) => groups.get(label) ?? ''), oracle, pictureAt: (step) => Math.floor((step * hopS + WINDOW_S) / KEY_S) };
};

/** A step's window of sound [s]: 15 600 samples at 16 kHz. */
export const WINDOW_S = 0.975;

/** Worlds that are long streams with a timeline beside each: their features are extracted once, by the product's own path, and kept as one file. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { openFrozenNets } from '../../../pipelines/learn/nets.js';
import type { SenseName } from '../../../src/inference/manifest.js';
import { FeatureCache } from '../../../src/learn/cache.js';
import type { Clip } from '../../../src/learn/clips.js';
import { extractClips, tellProgress } from '../../../src/learn/extract-clips.js';
import { patientHost, stepsOf } from '../../../src/learn/extract.js';
import { readTimeline, streamSequence } from '../../../src/learn/timeline.js';
import type { FeatureSequence, FeatureSet, Openings } from '../../../src/learn/types.js';
import { silentFeatures } from '../../../src/sense/silence.js';
import { readProfile } from '../../../src/settings/profile.js';
import { createProgress } from '../../world/progress.js';
import { readFeatures, writeFeatures } from '../feature-file.js';
import { PARTS, type PartName } from '../world.js';

/** A folder of streams in parts, the nets that see them, and where the features are kept. */
export interface StreamsFolder {
  /** `<part>/<camera>.mp4`, each with its `.jsonl`; a world need not have every part. */
  readonly folder: string;
  readonly packs: Readonly<Record<SenseName, string>>;
  /** One file. */
  readonly features: string;
  readonly cache: string;
}

const streamsOf = (folder: string): Clip[] => PARTS.filter((part) => existsSync(join(folder, part))).flatMap((part) => readdirSync(join(folder, part)).filter((name) => name.endsWith('.mp4')).sort().map((name): Clip => {
  const id = `${part}/${name}`;
  return { id, path: join(folder, id), label: '', part, source: id };
}));

const timelineOf = (path: string): string => path.replace(/\.mp4$/, '.jsonl');

/**
 * Extracts what is not in the cache, with progress, and writes the feature file.
 * @param like the set whose labels and sizes the streams share
 * @throws RangeError when a stream cannot be read
 */
export const extractStreams = async ({ folder, packs, features, cache: cacheAt }: StreamsFolder, like: FeatureSet): Promise<void> => {
  const profile = readProfile();
  const open = await openFrozenNets(packs, 1);
  const cache = new FeatureCache(cacheAt);
  const host = patientHost();
  const progress = createProgress('streams');
  try {
    const clips = streamsOf(folder);
    const silence = await firstValueFrom(silentFeatures(open.nets.audio));
    const { windowUs } = stepsOf(open.nets, profile);
    const [background = ''] = like.background;
    const outcomes = await lastValueFrom(extractClips(clips, { host, nets: open.nets, silence, profile }, { cache, lanes: 2 }).pipe(
      tellProgress(clips.length, ({ done, total, cached }) => { progress.report(done, total, done - cached); }), toArray()));
    const sequences = outcomes.map((outcome): FeatureSequence => {
      if (outcome.kind === 'fault') throw new RangeError(`${outcome.clip.id}: ${outcome.fault.message}`);
      const { clip: { id, path }, extracted } = outcome;
      const spans = readTimeline(readFileSync(timelineOf(path), 'utf8'), basename(path));
      return streamSequence(id, extracted, { spans, windowUs, labels: like.labels, background });
    }).sort((a, b) => (a.id < b.id ? -1 : 1));
    writeFeatures(features, { set: { ...like, sequences }, parts: new Map(clips.map(({ id, part = 'train' }) => [id, part])) });
  } finally {
    progress.stop();
    await host.close();
    await open.close();
  }
};

/** A line of a stream's timeline that says when an event is what senses need. */
interface EventLine {
  readonly kind: string;
  readonly id?: string;
  readonly label?: string;
  readonly group?: string;
  readonly index?: number;
  readonly target?: string;
  readonly informative?: readonly SenseName[];
}

/** Which senses a group of classes cannot be told without, and sound alone does not give. */
const NEEDS: Readonly<Record<string, readonly (keyof Openings)[]>> = {
  'appearance': ['appearance'], 'sound-and-look': ['appearance'], 'motion': ['motion'], 'sound-and-motion': ['motion'],
};

/** The openings of a policy that knows the latents: one look in each event at the first step that shows what its class needs. */
const oracleOf = (lines: readonly EventLine[], steps: number): Openings => {
  const openings = { appearance: new Uint8Array(steps), motion: new Uint8Array(steps) };
  const groups = new Map(lines.filter(({ kind }) => kind === 'event').map(({ id, group }) => [id, group]));
  const looked = new Set<string>();
  for (const { kind, id, index = -1, informative = [] } of lines) {
    if (kind !== 'step' || id === undefined || index < 0 || index >= steps) continue;
    for (const sense of NEEDS[groups.get(id) ?? ''] ?? []) {
      if (!informative.includes(sense) || looked.has(`${id} ${sense}`)) continue;
      looked.add(`${id} ${sense}`);
      openings[sense][index] = 1;
    }
  }
  return openings;
};

/** The parts of a world of streams, and the oracle's openings by stream. */
export interface StreamsData extends Readonly<Record<PartName, readonly FeatureSequence[]>> {
  readonly oracle: ReadonlyMap<string, Openings>;
}

/** Reads a world's features and puts the oracle beside them. */
export const loadStreams = ({ folder, features }: StreamsFolder): StreamsData => {
  const { set: { sequences }, parts } = readFeatures(features);
  const of = (part: PartName): FeatureSequence[] => sequences.filter(({ id }) => parts.get(id) === part);
  const oracle = new Map(sequences.map(({ id, steps }) => {
    const lines = readFileSync(timelineOf(join(folder, id)), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as EventLine);
    return [id, oracleOf(lines, steps)];
  }));
  return { train: of('train'), val: of('val'), test: of('test'), oracle };
};

/** Labelled recordings as a policy's nets see them. */
import { Fault } from '../../src/faults.js';
import { FeatureCache, cacheFolder } from '../../src/learn/cache.js';
import { scanClips, type Clip, type Clips, type Part } from '../../src/learn/clips.js';
import { sequenceOf } from '../../src/learn/dataset.js';
import type { FeatureSequence } from '../../src/learn/types.js';
import { extractAll } from '../learn/extract-all.js';
import type { Tell } from '../learn/tell.js';
import type { LoadedPolicy, Nets } from '../nets.js';
import type { Profile } from '../../src/settings/profile.js';

/** Which recordings, and how they are read. */
export interface RecordingsOptions {
  readonly data: string;
  readonly part: Part | 'all';
  readonly cache?: string;
  readonly lanes: number;
  readonly profile: Profile;
  readonly tell: Tell;
  readonly stop: AbortSignal;
}

/** The recordings of the part that was asked for; all of them where the folder has no parts. */
const chosen = ({ clips }: Clips, part: Part | 'all', data: string): readonly Clip[] => {
  if (part === 'all' || clips.every((clip) => clip.part === undefined)) return clips;
  const some = clips.filter((clip) => clip.part === part);
  if (some.length > 0) return some;
  throw new Fault('learn', 'data-unusable', `${data} has no recordings in ${part}/.`, { remedy: 'Name a part that it has with --part, or all of them with --part all.' });
};

const unknownTo = (policy: LoadedPolicy, clips: readonly Clip[]): void => {
  const unknown = [...new Set(clips.map(({ label }) => label))].filter((label) => !policy.net.labels.includes(label));
  if (unknown.length === 0) return;
  throw new Fault('learn', 'data-unusable', `${policy.name} does not know ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ''}.`, {
    remedy: `Name the folders of recordings as its labels: ${policy.net.labels.slice(0, 8).join(', ')}${policy.net.labels.length > 8 ? ', …' : ''}.`,
  });
};

/**
 * The recordings of a folder, one folder a label, as features. Those that cannot be read, and those too short for a step, are said and left out.
 * @throws Fault `data-unusable` where nothing is left, or the policy does not know a label
 */
export const evaluationClips = async (policy: LoadedPolicy, nets: Nets, { data, part, cache, lanes, profile, tell, stop }: RecordingsOptions): Promise<FeatureSequence[]> => {
  if (policy.stepUs !== undefined) {
    throw new Fault('pipelines', 'pack-invalid', `${policy.name} has steps of its own, and recordings are cut by those of its audio net.`, { remedy: 'Evaluate it on streams with hearken watch.' });
  }
  const scanned = await scanClips(data);
  const clips = chosen(scanned, part, data);
  unknownTo(policy, clips);
  const outcomes = await extractAll({ clips }, { nets, profile, cache: new FeatureCache(cache ?? cacheFolder()), lanes, tell, stop });
  for (const outcome of outcomes) if (outcome.kind === 'fault') tell.say(`${outcome.clip.id} is left out: ${outcome.fault.message}`);
  const read = outcomes.filter((outcome) => outcome.kind === 'features').filter(({ extracted }) => extracted.steps > 0);
  if (read.length === 0 && !stop.aborted) throw new Fault('learn', 'data-unusable', `No recording in ${data} could be used.`, { remedy: 'Give recordings of a second or more, with sound or pictures.' });
  return read.map((one) => sequenceOf(one, policy.net.labels)).sort((a, b) => (a.id < b.id ? -1 : 1));
};

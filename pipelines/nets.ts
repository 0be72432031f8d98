/** The nets of a profile: its senses, and the learned policy if it names one. */
import { dirname } from 'node:path';
import { firstValueFrom } from 'rxjs';
import { Fault } from '../src/faults.js';
import { HMS_STAGES } from '../src/inference/hms-stages.js';
import { rulesOf, type HmsStage, type LogMelSpec, type SenseName } from '../src/inference/manifest.js';
import { packFolders } from '../src/inference/pack-folders.js';
import { loadPack } from '../src/inference/pack.js';
import { checkNet, netsOf } from '../src/inference/pack-policy.js';
import type { Pack, PackPolicy, Session } from '../src/inference/types.js';
import type { HmsNet } from '../src/policy/hms/net.js';
import { segmentSpec } from '../src/segment/spec.js';
import type { Net } from '../src/sense/net.js';
import { silentFeatures } from '../src/sense/silence.js';
import { EMBEDDED_AUDIO, type Profile } from '../src/settings/profile.js';

/** The nets of a profile, loaded once and shared by every stream that uses it. */
export interface Nets {
  readonly audio: Net;
  readonly appearance?: Net;
  readonly motion?: Net;
  /** What the audio net wants its sound cut into. */
  readonly logMel: LogMelSpec;
  /** Decides what to look at; without it thresholds do. */
  readonly policy?: LoadedPolicy;
  /** Frees the native sessions. */
  close(): Promise<void>;
}

/** A learned policy, ready to run. */
export interface LoadedPolicy {
  readonly name: string;
  readonly net: HmsNet;
  /** From one step to the next [µs], where it is not the audio net's own hop. */
  readonly stepUs?: number;
}

type Packs = Readonly<Partial<Record<SenseName, Pack>>> & { readonly audio: Pack; readonly policy?: Pack };

/** The pack of a net that a policy was trained on: its own, one named by the user, or one of its name beside it or where packs are. */
const packFor = async (policy: Pack, name: string, named: string | undefined): Promise<Pack> => {
  if (named !== undefined) return loadPack(named);
  if (name === policy.manifest.name) return policy;
  try {
    return await loadPack(name, { searchPath: [dirname(policy.folder), ...packFolders()] });
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.kind !== 'pack-not-found') throw cause;
    throw new Fault('pipelines', 'pack-not-found', `The policy ${policy.manifest.name} senses with the pack ${name}, which is not installed.`, {
      remedy: `Put ${name} beside it, or pull it with hearken models pull ${name}.`, cause,
    });
  }
};

/** The packs of a policy's senses: those that it was trained on, whatever else the profile names. */
const packsOfPolicy = async (policy: Pack, learned: PackPolicy, { audio, appearance, motion }: Profile['packs']): Promise<Packs> => {
  const named = { audio: audio === EMBEDDED_AUDIO ? undefined : audio, appearance, motion };
  const found = await Promise.all(netsOf(learned).map(async ({ sense, pack }) => {
    const net = await packFor(policy, pack, named[sense]);
    checkNet(policy, sense, net);
    return [sense, net] as const;
  }));
  const packs = new Map<SenseName, Pack>(found);
  const of = (sense: 'appearance' | 'motion'): Partial<Record<SenseName, Pack>> => {
    const pack = packs.get(sense);
    return pack === undefined ? {} : { [sense]: pack };
  };
  // The schema wants a net that listens.
  return { policy, audio: packs.get('audio') ?? policy, ...of('appearance'), ...of('motion') };
};

const packsOf = async (packs: Profile['packs']): Promise<Packs> => {
  if (packs.policy !== undefined) {
    const policy = await loadPack(packs.policy);
    if (policy.policy !== undefined) return packsOfPolicy(policy, policy.policy, packs);
    throw new Fault('pipelines', 'pack-invalid', `The pack ${policy.manifest.name} holds no policy; it has ${Object.keys(policy.manifest.senses).join(', ')}.`, {
      remedy: 'Name a pack that has one (see hearken models list), or train one with hearken learn.',
    });
  }
  const optional = async (sense: 'appearance' | 'motion'): Promise<Partial<Record<SenseName, Pack>>> => {
    const name = packs[sense];
    return name === undefined ? {} : { [sense]: await loadPack(name) };
  };
  const [audio, appearance, motion] = await Promise.all([loadPack(packs.audio), optional('appearance'), optional('motion')]);
  return { audio, ...appearance, ...motion };
};

const openNet = async (pack: Pack, sense: SenseName, threads: number): Promise<Net> => ({
  session: await pack.open(sense, { threads }),
  manifest: pack.sense(sense),
  labels: pack.labels(sense),
});

const windowOf = ({ manifest: { input: { from } } }: Net): number => (from.kind === 'log-mel' ? segmentSpec(from, 0).windowUs : Infinity);

const openPolicy = async ({ manifest: { name } }: Pack, learned: PackPolicy, audio: Net): Promise<LoadedPolicy> => {
  const stages = Object.fromEntries(await Promise.all(HMS_STAGES.map(async (stage) => [stage, await learned.open(stage)] as const))) as Record<HmsStage, Session>;
  const { sizes, background, temperatures, stepS } = learned.manifest;
  const silence = await firstValueFrom(silentFeatures(audio));
  const windowUs = windowOf(audio);
  if (stepS !== undefined && stepS * 1e6 > windowUs) {
    throw new Fault('pipelines', 'pack-invalid', `The policy ${name} steps ${stepS} s, more than the ${windowUs / 1e6} s that its audio net hears at once.`, { remedy: 'Train it with steps that leave no sound out.' });
  }
  return {
    name,
    net: {
      sizes, stages, labels: learned.labels, background: new Set(background), temperatures, silence, ...rulesOf(learned.manifest),
      senses: new Set(netsOf(learned).map(({ sense }) => sense)),
    },
    ...(stepS === undefined ? {} : { stepUs: Math.round(stepS * 1e6) }),
  };
};

/**
 * Loads the packs that a profile names. A learned policy brings the packs of its senses; one that the profile names
 * for a sense besides is taken in their place, if it holds the very net that the policy was trained on.
 * @param profile which packs
 * @param threads inference threads of each net
 * @throws Fault `pack-not-found`, `pack-invalid`, `pack-hash-mismatch`, `model-wrong-shape`
 */
export const loadNets = async ({ packs: named }: Pick<Profile, 'packs'>, threads = 1): Promise<Nets> => {
  const packs = await packsOf(named);
  const { from } = packs.audio.sense('audio').input;
  if (from.kind !== 'log-mel') throw new Fault('pipelines', 'pack-invalid', `The audio sense of ${packs.audio.manifest.name} takes a ${from.kind}, not sound.`, { remedy: 'Name a pack that listens.' });
  const optional = async (sense: 'appearance' | 'motion'): Promise<Net | undefined> => {
    const pack = packs[sense];
    return pack === undefined ? undefined : openNet(pack, sense, threads);
  };
  const [audio, appearance, motion] = await Promise.all([openNet(packs.audio, 'audio', threads), optional('appearance'), optional('motion')]);
  const policy = packs.policy?.policy === undefined ? undefined : await openPolicy(packs.policy, packs.policy.policy, audio);
  return {
    audio,
    logMel: from,
    ...(appearance === undefined ? {} : { appearance }),
    ...(motion === undefined ? {} : { motion }),
    ...(policy === undefined ? {} : { policy }),
    close: async () => {
      const sessions = [audio.session, appearance?.session, motion?.session, ...Object.values(policy?.net.stages ?? {})];
      await Promise.all(sessions.map(async (session) => session?.close()));
    },
  };
};

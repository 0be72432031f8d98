/** The frozen nets that a policy is trained on. */
import { Fault } from '../../src/faults.js';
import { loadPack } from '../../src/inference/pack.js';
import type { SenseName } from '../../src/inference/manifest.js';
import type { Pack } from '../../src/inference/types.js';
import type { FrozenNets } from '../../src/learn/extract.js';
import type { Remark } from '../../src/learn/remarks.js';
import type { Net } from '../../src/sense/net.js';
import { DEFAULT_PACKS, NO_PACK } from './packs.js';

/** Nets that are open, and the packs that they are from. */
export interface OpenNets {
  readonly nets: FrozenNets;
  readonly packs: Readonly<Partial<Record<SenseName, Pack>>> & { readonly audio: Pack };
  readonly remarks: readonly Remark[];
  /** Frees the native sessions. */
  readonly close: () => Promise<void>;
}

const openNet = async (pack: Pack, sense: SenseName, threads: number): Promise<Net> => {
  const manifest = pack.sense(sense);
  if (manifest.outputs.features === undefined) {
    throw new Fault('pipelines', 'pack-invalid', `The ${sense} net of ${pack.manifest.name} gives no features to learn on.`, { remedy: 'Use a pack whose manifest names an output `features`.' });
  }
  return { session: await pack.open(sense, { threads }), manifest, labels: pack.labels(sense) };
};

/** A pack that may be missing only where nobody asked for it. */
const optionalPack = async (sense: 'appearance' | 'motion', named: string | undefined): Promise<Pack | undefined> => {
  if (named === NO_PACK) return undefined;
  try {
    return await loadPack(named ?? DEFAULT_PACKS[sense]);
  } catch (error) {
    if (named === undefined && error instanceof Fault && error.kind === 'pack-not-found') return undefined;
    throw error;
  }
};

const missing = (sense: 'appearance' | 'motion', named: string | undefined, pack: Pack | undefined): Remark[] => (pack !== undefined || named === NO_PACK ? [] : [{
  kind: 'no-net',
  text: `There is no pack ${DEFAULT_PACKS[sense]}, so nothing is learned from ${sense === 'appearance' ? 'single pictures' : 'clips of pictures'}; name another with --${sense}.`,
  about: [],
}]);

/**
 * Opens the nets: the ones that are named, else those that ship with Hearken, as far as they are there. Sound alone is enough.
 * @param named packs by name or folder; `none` for a sense that is not to be used
 * @throws Fault as loading and opening packs do
 */
export const openFrozenNets = async (named: Readonly<Partial<Record<SenseName, string>>>, threads: number): Promise<OpenNets> => {
  const audio = await loadPack(named.audio ?? DEFAULT_PACKS.audio);
  const { from } = audio.sense('audio').input;
  if (from.kind !== 'log-mel') throw new Fault('pipelines', 'pack-invalid', `The audio sense of ${audio.manifest.name} takes a ${from.kind}, not sound.`, { remedy: 'Name a pack that listens.' });
  const [appearance, motion] = [await optionalPack('appearance', named.appearance), await optionalPack('motion', named.motion)];
  const open = async (sense: SenseName, pack: Pack | undefined): Promise<Partial<Record<SenseName, Net>>> => (pack === undefined ? {} : { [sense]: await openNet(pack, sense, threads) });
  const nets: FrozenNets = { audio: await openNet(audio, 'audio', threads), logMel: from, ...await open('appearance', appearance), ...await open('motion', motion) };
  return {
    nets,
    packs: { audio, ...(appearance === undefined ? {} : { appearance }), ...(motion === undefined ? {} : { motion }) },
    remarks: [...missing('appearance', named.appearance, appearance), ...missing('motion', named.motion, motion)],
    close: async () => {
      await Promise.all([nets.audio, nets.appearance, nets.motion].map(async (net) => net?.session.close()));
    },
  };
};

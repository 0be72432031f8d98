import { basename, isAbsolute, join, resolve } from 'node:path';
import { Fault } from '../faults.js';
import { checkedModel, readLabels } from './checked-model.js';
import { countMacs } from './macs.js';
import { SENSES, packInvalid, readManifest } from './manifest-file.js';
import type { PackManifest, SenseManifest, SenseName } from './manifest.js';
import { decodeOnnx } from './onnx-schema.js';
import { packFolders } from './pack-folders.js';
import { describePolicy, policyAt } from './pack-policy.js';
import type { PolicyDescription } from './pack-policy.js';
import { openSession } from './session.js';
import type { Pack, Session } from './types.js';

export { sha256Of } from './checked-model.js';

const openSense = async (folder: string, entry: SenseManifest, threads: number): Promise<Session> => {
  const model = await checkedModel(folder, entry);
  const { scores, features } = entry.outputs;
  const session = await openSession({
    model, sha256: entry.sha256, file: join(folder, entry.file), macs: entry.macs, threads,
    expect: { inputs: [entry.input.tensor], outputs: features === undefined ? [scores] : [scores, features] },
  });
  return session;
};

const packAt = async (folder: string, manifest: PackManifest): Promise<Pack> => {
  const read = SENSES.flatMap((name) => {
    const entry = manifest.senses[name];
    return entry === undefined ? [] : [{ name, entry }];
  });
  const labels = new Map(await Promise.all(read.map(async ({ name, entry: { labels: file, background, outputs } }) =>
    [name, await readLabels(folder, { place: `senses.${name}`, labels: file, background, scores: outputs.scores.dims.at(-1) ?? 0 })] as const)));
  const policy = manifest.policy === undefined ? undefined : await policyAt(folder, manifest.policy);
  const sense = (name: SenseName): SenseManifest => {
    const entry = manifest.senses[name];
    if (entry !== undefined) return entry;
    throw new Fault('inference', 'pack-invalid', `The pack ${manifest.name} has no ${name} net; it has ${read.map((r) => r.name).join(', ') || 'a policy only'}.`,
      { remedy: `Choose a pack with ${name}.` });
  };
  return {
    folder, manifest, sense,
    ...(policy === undefined ? {} : { policy }),
    labels: (name) => {
      sense(name);
      return labels.get(name) ?? [];
    },
    open: async (name, { threads = 1 } = {}) => openSense(folder, sense(name), threads),
  };
};

/** Where packs are looked for. */
export interface PackSearch {
  /** Folders that hold packs, first come first; default {@link packFolders}. */
  readonly searchPath?: readonly string[];
}

/**
 * Loads a pack: its manifest and labels are checked now, its nets' hashes and shapes when they are opened.
 *
 * @param nameOrFolder a pack's name, or the path of its folder (absolute, or with a slash or a dot first)
 * @throws Fault `pack-not-found`, or `pack-invalid` naming the place in the manifest
 */
export const loadPack = async (nameOrFolder: string, { searchPath = packFolders() }: PackSearch = {}): Promise<Pack> => {
  const isPath = isAbsolute(nameOrFolder) || /[/\\]/.test(nameOrFolder) || nameOrFolder.startsWith('.');
  const candidates = isPath ? [resolve(nameOrFolder)] : searchPath.map((folder) => join(folder, nameOrFolder));
  for (const folder of candidates) {
    const manifest = await readManifest(folder);
    if (manifest === undefined) continue;
    if (!isPath && manifest.name !== basename(folder)) throw packInvalid(join(folder, 'manifest.json'), `name is ${manifest.name}, and the folder is called ${basename(folder)}`);
    return packAt(folder, manifest);
  }
  throw new Fault('inference', 'pack-not-found', `There is no model pack ${nameOrFolder}${isPath ? '' : ` in ${searchPath.join(' or ')}`}.`,
    { remedy: 'See `hearken models list`; `hearken models pull` fetches public ones.' });
};

/** One sense of a pack, as `hearken models show` tells it. */
export interface SenseDescription {
  readonly sense: SenseName;
  readonly file: string;
  readonly input: SenseManifest['input'];
  readonly outputs: SenseManifest['outputs'];
  readonly activation: SenseManifest['activation'];
  readonly labels: number;
  readonly parameters: number;
  /** Size of the net's file, in 10⁶ bytes. */
  readonly megabytes: number;
  /** Multiply-accumulates of one run, counted now. */
  readonly macs: number;
  /** Operators whose cost could not be counted. */
  readonly notCounted: readonly string[];
}

/** A pack, as `hearken models show` tells it. */
export interface PackDescription {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly origin: string;
  readonly folder: string;
  readonly senses: readonly SenseDescription[];
  readonly policy?: PolicyDescription;
}

/**
 * Reads all there is to say about a pack.
 *
 * @throws Fault `pack-hash-mismatch` when a net is not the one described, `pack-invalid` when the manifest
 *   gives another cost than the graph
 */
export const describePack = async (pack: Pack): Promise<PackDescription> => {
  const { manifest: { name, version, description, license, origin }, folder } = pack;
  const senses = SENSES.filter((sense) => pack.manifest.senses[sense] !== undefined).map(async (sense): Promise<SenseDescription> => {
    const { file, input, outputs, activation, macs: said } = pack.sense(sense);
    const model = await checkedModel(folder, pack.sense(sense));
    const { macs, notCounted, parameters } = countMacs(decodeOnnx(model, join(folder, file)));
    if (macs !== said) throw packInvalid(join(folder, 'manifest.json'), `senses.${sense}.macs is ${said}, and the graph has ${macs}`);
    return { sense, file, input, outputs, activation, labels: pack.labels(sense).length, parameters, megabytes: model.length / 1e6, macs, notCounted };
  });
  const policy = pack.policy === undefined ? undefined : await describePolicy(folder, pack.policy);
  return { name, version, description, license, origin, folder, senses: await Promise.all(senses), ...(policy === undefined ? {} : { policy }) };
};

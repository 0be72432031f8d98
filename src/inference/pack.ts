import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { Fault } from '../faults.js';
import { countMacs } from './macs.js';
import { SENSES, packInvalid, parseLabels, readManifest } from './manifest-file.js';
import type { PackManifest, SenseManifest, SenseName } from './manifest.js';
import { decodeOnnx } from './onnx-schema.js';
import { packFolders } from './pack-folders.js';
import { openSession } from './session.js';
import type { Pack, Session } from './types.js';

/** The sha-256 of some bytes, in hexadecimal. */
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const readLabels = async (folder: string, name: SenseName, { labels, outputs, background }: SenseManifest): Promise<readonly string[]> => {
  const file = join(folder, labels);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw packInvalid(join(folder, 'manifest.json'), `senses.${name}.labels names ${labels}, which cannot be read`, cause);
  });
  const lines = parseLabels(text);
  const scores = outputs.scores.dims.at(-1);
  if (lines.length !== scores) throw packInvalid(file, `it has ${lines.length} labels for ${scores ?? 0} scores`);
  const foreign = background.find((label) => !lines.includes(label));
  if (foreign !== undefined) throw packInvalid(join(folder, 'manifest.json'), `senses.${name}.background names "${foreign}", which is not among the labels`);
  return lines;
};

/** The bytes of a sense's net, once their hash is the manifest's. */
const checkedModel = async (folder: string, { file, sha256 }: SenseManifest): Promise<Uint8Array> => {
  const path = join(folder, file);
  const model = await readFile(path).catch((cause: unknown) => {
    throw packInvalid(path, 'it cannot be read', cause);
  });
  if (sha256Of(model) === sha256) return model;
  throw new Fault('inference', 'pack-hash-mismatch', `${path} is not the file that the pack's manifest describes: its sha-256 differs.`,
    { remedy: 'Fetch or import the pack again.' });
};

const openSense = async (folder: string, entry: SenseManifest, threads: number): Promise<Session> => {
  const model = await checkedModel(folder, entry);
  const { scores, features } = entry.outputs;
  const session = await openSession({
    model, sha256: entry.sha256, file: join(folder, entry.file), macs: entry.macs, threads,
    expect: { input: entry.input.tensor, outputs: features === undefined ? [scores] : [scores, features] },
  });
  return session;
};

const packAt = async (folder: string, manifest: PackManifest): Promise<Pack> => {
  const read = SENSES.flatMap((name) => {
    const entry = manifest.senses[name];
    return entry === undefined ? [] : [{ name, entry }];
  });
  const labels = new Map(await Promise.all(read.map(async ({ name, entry }) => [name, await readLabels(folder, name, entry)] as const)));
  const sense = (name: SenseName): SenseManifest => {
    const entry = manifest.senses[name];
    if (entry !== undefined) return entry;
    throw new Fault('inference', 'pack-invalid', `The pack ${manifest.name} has no ${name} net; it has ${read.map((r) => r.name).join(', ')}.`,
      { remedy: `Choose a pack with ${name}.` });
  };
  return {
    folder, manifest, sense,
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
  return { name, version, description, license, origin, folder, senses: await Promise.all(senses) };
};

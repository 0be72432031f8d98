import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asFault } from '../faults.js';
import type { Fault } from '../faults.js';
import { MANIFEST_FILE, readManifest } from './manifest-file.js';
import type { PackManifest } from './manifest.js';

/** Environment variables that say where things are. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of Hearken's own package.json, found by walking up from this file. */
const projectRoot = (): string | undefined => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (folder !== dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'hearken') return folder;
    folder = dirname(folder);
  }
  return undefined;
};

/** Where the user's packs are kept: `HEARKEN_MODELS`, else `hearken/models` in `XDG_DATA_HOME` (default `~/.local/share`). */
export const userPackFolder = (environment: Environment = process.env): string => {
  const { HEARKEN_MODELS: models, XDG_DATA_HOME: data } = environment;
  if (models !== undefined && models !== '') return models;
  return join(data !== undefined && data !== '' ? data : join(homedir(), '.local', 'share'), 'hearken', 'models');
};

/** Where packs are looked for: those that come with Hearken, then the user's. */
export const packFolders = (environment: Environment = process.env): readonly string[] => {
  const root = projectRoot();
  return [...(root === undefined ? [] : [join(root, 'models')]), userPackFolder(environment)];
};

/** One row of `hearken models list`: a pack, or what is wrong with it. */
export interface PackListing {
  readonly name: string;
  readonly folder: string;
  readonly manifest?: PackManifest;
  readonly fault?: Fault;
}

/** All packs in these folders; where two share a name the first is the one that loads. Folders that begin with a dot are none. */
export const listPacks = async (searchPath: readonly string[] = packFolders()): Promise<readonly PackListing[]> => {
  const rows: PackListing[] = [];
  for (const parent of searchPath) {
    const names = existsSync(parent) ? (await readdir(parent)).filter((name) => !name.startsWith('.')).sort() : [];
    for (const name of names) {
      const folder = join(parent, name);
      if (!existsSync(join(folder, MANIFEST_FILE)) || rows.some((row) => row.name === name)) continue;
      rows.push(await readManifest(folder).then(
        (manifest) => ({ name, folder, ...(manifest === undefined ? {} : { manifest }) }),
        (error: unknown) => ({ name, folder, fault: asFault(error, 'inference') }),
      ));
    }
  }
  return rows;
};

/** The worlds that experiments run in, by name. */
import { join } from 'node:path';
import { repositoryRoot } from '../pretrain/places.js';
import { airspace, airspaceFolder, airspaceReference, referenceFolder } from './airspace.js';
import type { ClipsFolder } from './clips-world.js';
import { s1 } from './s1.js';
import { s2, s2Folder } from './s2.js';
import type { World } from './world.js';

const WORLDS: readonly World[] = [s1, s2, airspace, airspaceReference];

/** The clips of the worlds that have some, by the world's name. */
export const FOLDERS: ReadonlyMap<string, ClipsFolder> = new Map([[s2.name, s2Folder], [airspace.name, airspaceFolder], [airspaceReference.name, referenceFolder]]);

/** Names that the command takes. */
export const WORLD_NAMES: readonly string[] = WORLDS.map(({ name }) => name);

/** A world by its name. @throws RangeError when there is none of that name */
export const worldNamed = (name: string): World => {
  const world = WORLDS.find((one) => one.name === name);
  if (world === undefined) throw new RangeError(`there is no world ${name}; there are ${WORLD_NAMES.join(', ')}`);
  return world;
};

/** Where a world's results are kept; git ignores it. */
export const resultsFolder = (name: string): string => join(repositoryRoot(), '.cache', 'experiments', name);

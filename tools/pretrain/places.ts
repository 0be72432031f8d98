import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const isRoot = (folder: string): boolean => {
  const file = join(folder, 'package.json');
  return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'hearken';
};

/** The repository's root: the first folder from this file upwards whose package.json is named hearken. */
export const repositoryRoot = (): string => {
  let folder = import.meta.dirname;
  while (!isRoot(folder)) {
    if (dirname(folder) === folder) throw new Error('no package.json named hearken above this file');
    folder = dirname(folder);
  }
  return folder;
};

/** The folder of data and weights that are not committed: `../shared`, or HEARKEN_SHARED. It may not exist. */
export const sharedFolder = (): string => resolve(process.env['HEARKEN_SHARED'] ?? join(repositoryRoot(), '..', 'shared'));

/** Where the tools keep what they compute; git ignores it. HEARKEN_CACHE overrides `.cache/pretrain`. */
export const cacheFolder = (): string => resolve(process.env['HEARKEN_CACHE'] ?? join(repositoryRoot(), '.cache', 'pretrain'));

import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes a folder so that it is seen whole or not at all: it is filled under a hidden name beside its place
 * and then renamed. A folder already there is replaced. On an error nothing is left behind.
 *
 * @param parent created when missing
 * @param name of the folder in `parent`
 * @param fill writes into the hidden folder, whose path it is given
 * @returns the path of the folder
 */
export const placeFolder = async (parent: string, name: string, fill: (folder: string) => Promise<void>): Promise<string> => {
  await mkdir(parent, { recursive: true });
  const hidden = await mkdtemp(join(parent, `.making-${name}-`));
  const place = join(parent, name);
  const old = `${hidden}-old`;
  try {
    await chmod(hidden, 0o755);
    await fill(hidden);
    // A folder cannot be renamed over another; for a moment there is none, never half of one.
    await rename(place, old).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
    await rename(hidden, place);
  } catch (error) {
    await rename(old, place).catch(() => undefined);
    throw error;
  } finally {
    await rm(hidden, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
  return place;
};

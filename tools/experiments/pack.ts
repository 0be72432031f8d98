/** Makes a model pack of what the validation part chose: the policy's graphs, its temperatures, and the card. */
import { rmSync, cpSync, existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { openFrozenNets } from '../../pipelines/learn/nets.js';
import { rulesOf, type PolicyRules } from '../../src/inference/manifest.js';
import { netOf, writePack } from '../../src/inference/write-pack.js';
import { exportHms, sizesOf } from '../../src/learn/export/hms-graphs.js';
import type { FeatureSet } from '../../src/learn/types.js';
import type { CellResult } from './cell.js';
import type { ClipsFolder } from './clips-world.js';
import { unpackModel } from './store.js';

/** What is said of a pack. */
export interface PackWords {
  readonly description: string;
  readonly origin: string;
}

/** Files of a report that stay beside a pack when it is written anew. */
const KEPT = ['time.json'];

/**
 * Writes the pack of a result into `to`, with the report's files beside it.
 * @param to the pack's own folder; its last name is the pack's
 * @param files texts by name
 */
export const writeWorldPack = async (result: Pick<CellResult, 'name' | 'model' | 'temperatures'> & PolicyRules, set: Pick<FeatureSet, 'labels' | 'background'>, packs: ClipsFolder['packs'], words: PackWords, to: string, files: ReadonlyMap<string, string>): Promise<void> => {
  const model = unpackModel(result.model);
  if (model.kind !== 'hms') throw new RangeError(`${result.name} is no policy`);
  const open = await openFrozenNets(packs, 1);
  const aside = await mkdtemp(join(tmpdir(), 'hearken-pack-'));
  try {
    for (const name of KEPT) if (existsSync(join(to, name))) cpSync(join(to, name), join(aside, name));
    const { audio, appearance, motion } = open.packs;
    const folder = await writePack({
      name: basename(to), version: '1', license: 'Apache-2.0', ...words, senses: {},
      policy: {
        sizes: sizesOf(model.shape), stages: exportHms(model), labels: set.labels, background: set.background, temperatures: result.temperatures, ...rulesOf(result),
        nets: { audio: netOf(audio, 'audio'), ...(appearance === undefined ? {} : { appearance: netOf(appearance, 'appearance') }), ...(motion === undefined ? {} : { motion: netOf(motion, 'motion') }) },
      },
    }, dirname(resolve(to)));
    for (const [name, text] of files) await writeFile(join(folder, name), text);
    for (const name of KEPT) if (existsSync(join(aside, name))) cpSync(join(aside, name), join(folder, name));
  } finally {
    rmSync(aside, { recursive: true });
    await open.close();
  }
};

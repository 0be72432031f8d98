/** `npm run experiments -- early`: trains what answers early, shows what that loses, and packs it. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { extractWorld } from '../clips-world.js';
import { computeAll } from '../pool.js';
import { openStore } from '../store.js';
import { resultsFolder } from '../worlds.js';
import { calibrationFolder, EARLY, earlyCells } from './cells.js';

/** How the command was called. */
export interface EarlyOptions {
  readonly seeds: number;
  readonly jobs: number;
  readonly only: string | undefined;
  readonly extract: boolean;
  readonly report: boolean;
  readonly pack: boolean;
}

/** Computes what is missing, and writes the report where it is wanted. Returns how many cells failed. */
export const runEarly = async ({ seeds, jobs, only, extract }: EarlyOptions): Promise<number> => {
  if (extract || !existsSync(calibrationFolder.features)) for (const remark of await extractWorld(calibrationFolder)) process.stderr.write(`${remark}\n`);
  const store = openStore(resultsFolder(EARLY));
  const missing = earlyCells(seeds).filter(({ key }) => (only === undefined || only.split(',').some((part) => key.includes(part))) && !store.has(key)).map(({ key }) => key);
  process.stderr.write(`${EARLY}: ${missing.length} cells to compute\n`);
  let failed = 0;
  await computeAll(missing, {
    module: fileURLToPath(new URL('child.js', import.meta.url)), args: [], jobs,
    onDone: ({ key, seconds, error }) => {
      if (error !== undefined) failed += 1;
      process.stderr.write(`${key} ${error === undefined ? `${seconds.toFixed(1)} s` : `failed: ${error}`}\n`);
    },
  });
  return failed;
};

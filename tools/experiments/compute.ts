/** Computes those of an experiment's cells that are not there yet. */
import { computeAll } from './pool.js';
import type { Store } from './store.js';

/** How an experiment with a command of its own is called. */
export interface ExperimentOptions {
  readonly seeds: number;
  readonly jobs: number;
  readonly only: string | undefined;
  readonly extract: boolean;
  readonly report: boolean;
  /** Also write the chosen model as a pack. */
  readonly pack: boolean;
}

/** Which cells, and how. */
export interface ComputeOptions {
  readonly name: string;
  readonly store: Store;
  /** Only cells whose key holds one of these texts, separated by commas. */
  readonly only: string | undefined;
  readonly jobs: number;
  /** The module of the child process. */
  readonly module: string;
}

/** Computes what is missing, with a line for each cell. Returns how many failed. */
export const computeMissing = async (cells: readonly { readonly key: string }[], { name, store, only, jobs, module }: ComputeOptions): Promise<number> => {
  const missing = cells.filter(({ key }) => (only === undefined || only.split(',').some((part) => key.includes(part))) && !store.has(key)).map(({ key }) => key);
  process.stderr.write(`${name}: ${missing.length} cells to compute\n`);
  let failed = 0;
  await computeAll(missing, { module, args: [], jobs, onDone: ({ key, seconds, error }) => {
    if (error !== undefined) failed += 1;
    process.stderr.write(`${key} ${error === undefined ? `${seconds.toFixed(1)} s` : `failed: ${error}`}\n`);
  } });
  return failed;
};

/** What there is of an experiment's results, by the name of the job. */
export const resultsByJob = <R>(cells: readonly { readonly key: string; readonly job: { readonly name: string } }[], store: Store): Map<string, R[]> => {
  const results = new Map<string, R[]>();
  for (const { key, job } of cells) if (store.has(key)) results.set(job.name, [...(results.get(job.name) ?? []), store.get(key) as R]);
  return results;
};

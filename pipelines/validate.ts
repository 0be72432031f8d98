/** `hearken validate [file]`: every mistake in a configuration file with its place, and what may not be meant. */
import { stat } from 'node:fs/promises';
import { asFault, FAULT_KINDS } from '../src/faults.js';
import type { BudgetedCamera } from '../src/budget/warnings.js';
import { mayBeLive } from '../src/ingest/sources.js';
import { errorsOf, mistakes, problemLine, type Problem } from '../src/settings/problem.js';
import { siteJsonSchema } from '../src/settings/site-schema.js';
import { placeOfSetting } from '../src/settings/site-warnings.js';
import type { CameraSettings, SiteReading, SiteSettings } from '../src/settings/site.js';
import type { CommandContext } from './command.js';
import { LiveParts } from './live-parts.js';
import { budgetProblems } from './site/odd-budgets.js';
import { readConfiguration } from './site/config-file.js';
import { NetShelf } from './site/net-shelf.js';
import { placeOfFault } from './site/place-of-fault.js';
import { budgeted } from './stream-budget.js';

/** What `validate` is told. */
export interface ValidateOptions {
  readonly file: string;
  readonly json: boolean;
}

type Tree = SiteReading['tree'];

/** Loads the packs that a camera names and holds its settings against them, as `serve` would. */
const againstPacks = async (camera: CameraSettings, shelf: NetShelf, tree: Tree, good: BudgetedCamera[]): Promise<Problem[]> => {
  try {
    const { nets, release } = await shelf.acquire(camera.profile);
    try {
      new LiveParts(nets, camera.profile);
      good.push(budgeted(camera.name, camera.profile, nets));
      return [];
    } finally {
      release();
    }
  } catch (error) {
    const fault = asFault(error, 'pipelines');
    return [{ severity: 'error', ...placeOfFault(tree, camera, fault), message: `${fault.sentence} (for the camera ${camera.name})` }];
  }
};

/** A recording that is not there may still come: that is no mistake in the file. */
const missingFile = async ({ name, source }: CameraSettings, tree: Tree): Promise<Problem[]> => {
  if (mayBeLive(source) || source.url.startsWith('file:')) return [];
  const there = await stat(source.url).then(() => true, () => false);
  return there ? [] : [{ severity: 'warning', ...placeOfSetting(tree, name, ['source']), message: 'there is no such file here' }];
};

/** One camera after the other, so that a set of packs is loaded once and not all sets at a time. */
const furtherChecks = async ({ cameras, budget }: SiteSettings, tree: Tree): Promise<Problem[]> => {
  const shelf = new NetShelf(1);
  const found: Problem[] = [];
  const good: BudgetedCamera[] = [];
  for (const camera of cameras.values()) found.push(...await againstPacks(camera, shelf, tree, good), ...await missingFile(camera, tree));
  await shelf.close();
  return [...found, ...budgetProblems(budget, good, tree)];
};

const byPlace = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column;

/**
 * Reads a configuration as `serve` would and prints all that is wrong with it. Exit code 0 when `serve` would take it over, also
 * with warnings; 3 (settings-invalid) when not.
 */
export const validate = async ({ file, json }: ValidateOptions, { print }: CommandContext): Promise<number> => {
  const { settings, problems, tree, secrets } = await readConfiguration(file, process.env);
  const further = settings === undefined ? [] : await furtherChecks(settings, tree);
  const all = [...problems, ...further].map((problem) => ({ ...problem, message: secrets.hide(problem.message) })).sort(byPlace);
  const errors = errorsOf(all).length;
  if (json) print(JSON.stringify({ file, valid: errors === 0, cameras: settings === undefined ? [] : [...settings.cameras.keys()], problems: all }));
  else {
    for (const problem of all) print(problemLine(file, problem));
    print(errors === 0 ? `${file}: good; ${settings?.cameras.size ?? 0} cameras` : `${file}: ${mistakes(all)}`);
  }
  return errors === 0 ? 0 : FAULT_KINDS['settings-invalid'].exitCode;
};

/** Prints the schema that the file is checked by, as the installed package has it in `schema/`. */
export const printSchema = async ({ print }: CommandContext): Promise<number> => {
  print(JSON.stringify(siteJsonSchema(), null, 2));
  return Promise.resolve(0);
};

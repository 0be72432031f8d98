/** What is odd about the budgets of a configuration: held against what the nets of its cameras cost. */
import { budgetWarnings, type BudgetedCamera } from '../../src/budget/warnings.js';
import type { SiteBudgetSettings } from '../../src/settings/budget.js';
import type { Located } from '../../src/settings/located.js';
import type { Problem } from '../../src/settings/problem.js';
import { placeOfSetting } from '../../src/settings/site-warnings.js';
import type { CameraSettings, SiteSettings } from '../../src/settings/site.js';
import { budgeted } from '../stream-budget.js';
import type { NetShelf } from './net-shelf.js';

/** What budgets may not mean, each with its place: a camera's, or that of all cameras. */
export const budgetProblems = (site: SiteBudgetSettings, cameras: readonly BudgetedCamera[], tree: Located): Problem[] =>
  budgetWarnings(site, cameras).map(({ camera = '', key, message }) => ({ severity: 'warning', ...placeOfSetting(tree, camera, ['budget', key]), message }));

const isLimited = ({ gmacsPerS, msPerS }: SiteBudgetSettings): boolean => gmacsPerS !== null || msPerS !== null;

const claims = ({ profile: { budget } }: CameraSettings): boolean => isLimited(budget) || budget.minimumShare !== undefined;

/** The budget of a camera, or none where its packs cannot be had: that is told elsewhere. */
const budgetOf = async ({ name, profile }: CameraSettings, shelf: NetShelf): Promise<BudgetedCamera[]> => {
  try {
    const { nets, release } = await shelf.acquire(profile);
    try {
      return [budgeted(name, profile, nets)];
    } finally {
      release();
    }
  } catch {
    return [];
  }
};

/** All that is odd about the budgets of a configuration whose cameras run, so that their nets are loaded already. Never rejects. */
export const oddBudgets = async ({ cameras, budget }: SiteSettings, tree: Located, shelf: NetShelf): Promise<Problem[]> => {
  const all = [...cameras.values()];
  // Without a cap there is nothing to say, and no net is asked for.
  if (!isLimited(budget) && !all.some(claims)) return [];
  const known = await Promise.all(all.map(async (camera) => budgetOf(camera, shelf)));
  return budgetProblems(budget, known.flat(), tree);
};

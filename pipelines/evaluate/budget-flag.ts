/** Budgets as the command line has them: in 10⁹ multiply-accumulates for a recording, or parts of always everything. */
import type { GraphCosts } from '../../src/budget/action-costs.js';
import { usage } from '../command.js';

/** One budget: an amount [10⁹ multiply-accumulates], or a share of what everything costs, 0…1. */
export type BudgetAsked = { readonly gmacs: number } | { readonly share: number };

/** Shares that a table without `--budget` shows. */
export const USUAL_SHARES: readonly BudgetAsked[] = [0.04, 0.06, 0.1, 0.2, 0.5, 1].map((share) => ({ share }));

/** Reads `0.05,0.2` or `5%,20%`. @throws Fault `usage` */
export const readBudgets = (text: string): BudgetAsked[] => text.split(',').map((part) => {
  const [, digits, sign] = /^\s*(\d*\.?\d+(?:e-?\d+)?)\s*(%?)\s*$/i.exec(part) ?? [];
  const value = Number(digits);
  if (digits === undefined || !(value > 0)) throw usage(`--budget ${part} is not an amount.`, 'Give 10⁹ multiply-accumulates for a recording, or parts of always everything: --budget 0.05,0.2 or --budget 5%,20%.');
  return sign === '%' ? { share: value / 100 } : { gmacs: value };
});

/** The budgets in 10⁹ multiply-accumulates, smallest first; those that do not pay for one step are refused when they are opened. */
export const budgetsOf = (asked: readonly BudgetAsked[], { gmacs }: Pick<GraphCosts, 'gmacs'>, steps: number): number[] => {
  const everything = steps * (gmacs.audio + gmacs.appearance + gmacs.motion);
  return [...new Set(asked.map((one) => ('gmacs' in one ? one.gmacs : one.share * everything)))].sort((a, b) => a - b);
};

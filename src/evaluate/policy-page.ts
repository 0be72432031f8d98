/** The report of `hearken evaluate` in Markdown. */
import type { StoppingRule } from '../inference/manifest.js';
import type { Estimate } from './intervals.js';
import { interval, percent, table } from './markdown.js';
import type { PolicyReport } from './policy-report.js';

const amount = (gmacs: number): string => gmacs.toPrecision(3);

/** A difference of shares in points, with its interval. */
const pointsOf = ({ value, low, high }: Estimate): string => `${(value * 100).toFixed(1)} (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)})`;

const budgetPart = ({ budgets, alwaysGmacs }: PolicyReport, priced = budgets.some(({ spread }) => spread !== undefined)): string[] => (budgets.length === 0 ? [] : [
  '## Under a budget for each recording',
  `Granted: looks are made while they can be paid for, listening first; so the product does it${priced ? ', where they are worth their price by what the pack knows of that' : ''}.${priced ? ' Spread: without a price, looks that gates open for come in equal parts over the steps; gain: how much more often the product is right, paired.' : ''} Consumed: the answer is given once the budget is consumed, as in the HMS paper's Table 2. At random, evenly: the same budget on as many looks. Regret: how far the product stays below the best of these schedules, chosen for each recording in hindsight.`,
  table(['budget [GMAC]', 'of always everything', 'granted', ...(priced ? ['spread', 'gain [points]'] : []), 'consumed', 'at random', 'evenly', 'in hindsight', 'regret [points]', 'spent [GMAC]', 'used, where something was refused', 'overspent'], budgets.map((row) => [
    amount(row.budget), percent(row.budget / alwaysGmacs), interval(row.granting), ...(row.spread === undefined ? [] : [interval(row.spread.granting), pointsOf(row.spread.gain)]), percent(row.ending.value), percent(row.random.value), percent(row.uniform.value),
    percent(row.hindsight.value), (row.regret.value * 100).toFixed(1), amount(row.spent), percent(row.utilization), `${row.violations}`,
  ])),
  '![What a budget buys](budget.svg)',
]);

const promise = ({ gap, gapByStep, confidence, recordings }: StoppingRule): string =>
  `The pack's rule promises, for recordings like the ${recordings} that it was shown on: at most ${percent(gap, 0)} of all answers are wrong where waiting would have made them right, and at most ${percent(gapByStep, 0)} of those given by any step; each with ${percent(confidence, 0)} confidence. "Lost" below is that share here.`;

const earlyPart = ({ early, byStep }: PolicyReport, stopping: StoppingRule | undefined): string[] => [
  '## Before the end',
  stopping === undefined ? 'The pack has no rule for when to stop; thresholds and fixed times show what one could win.' : promise(stopping),
  table(['answered', 'right', 'mean time', 'steps saved', 'compute saved', 'worse than at the end by [points]', 'lost', 'calibration error'], early.map((row) => [
    row.name, interval(row.accuracy), `${row.seconds.toFixed(2)} s`, percent(row.saved), percent(row.savedGmacs), (row.gap.value * 100).toFixed(1), interval(row.lost), percent(row.calibration),
  ])),
  `By the step of the answer, under ${stopping === undefined ? 'a threshold of 0.95' : 'the rule'}:`,
  table(['step', 'answers', 'claimed', 'right', 'calibration error'], byStep.map(({ step, n, claimed, right, error }) => [`${step + 1}`, `${n}`, percent(claimed), percent(right), percent(error)])),
  '![How early, and how right](early.svg)',
];

/** Writes the page. */
export const policyPage = (report: PolicyReport, stopping: StoppingRule | undefined): string => `${[
  `# ${report.pack}`,
  `Made by \`hearken evaluate\` on ${report.recordings} recordings; intervals are 95 %.`,
  table(['', 'right at the end', 'for a recording [GMAC]', 'of always everything'], [
    ['as its gates decide', interval(report.accuracy), amount(report.gmacs), percent(report.gmacs / report.alwaysGmacs)],
    ['all gates open', interval(report.always), amount(report.alwaysGmacs), '100 %'],
  ]),
  ...budgetPart(report), ...earlyPart(report, stopping),
  '## Calibration',
  `Expected calibration error of the last answer ${percent(report.calibration.atEnd)}; by what was read on its step: ${Object.entries(report.calibration.byUsage).map(([pattern, { n, error }]) => `${pattern} ${percent(error)} (${n} answers)`).join(', ')}.`,
  '![How sure, and how often right](reliability.svg)',
].join('\n\n')}\n`;

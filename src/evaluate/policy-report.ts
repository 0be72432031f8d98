/** What `hearken evaluate` finds of a policy: budgets, early answers, calibration; as figures, tables and plots. */
import { calibrationByUsage, expectedCalibrationError, reliability } from './calibration.js';
import type { BudgetRow } from './budgets.js';
import { answerSeconds, atTheEnd, byHaltingStep, byScore, bySteps, gapOf, halt, haltByRule, meanSteps, savedGmacsShare, savedShare, type AtStep, type Halted } from './halting.js';
import { spentOn, type Followed } from './follow.js';
import { bootstrap, wilson, type Estimate } from './intervals.js';
import { mean } from './order.js';
import { curvePlot } from './plots/curve.js';
import { reliabilityPlot } from './plots/reliability.js';
import type { StoppingRule } from '../inference/manifest.js';
import { seeded } from '../learn/random.js';
import { answersOf } from './runs.js';

/** What a report is made from. */
export interface PolicyRuns {
  readonly pack: string;
  /** Runs to the end: as the gates decide, and with all open. */
  readonly own: readonly Followed[];
  readonly always: readonly Followed[];
  readonly rows: readonly BudgetRow[];
  readonly background: ReadonlySet<number>;
  readonly stopping: StoppingRule | undefined;
  /** From one step to the next, and what one step hears [s]. */
  readonly stepS: number;
  readonly windowS: number;
}

/** One way to answer early. */
export interface EarlyRow {
  readonly name: string;
  readonly accuracy: Estimate;
  /** Mean time of the answer, from the recording's beginning [s]. */
  readonly seconds: number;
  readonly saved: number;
  readonly savedGmacs: number;
  readonly gap: Estimate;
  readonly lost: Estimate;
  /** Expected calibration error of the answers that were given. */
  readonly calibration: number;
}

/** The figures. */
export interface PolicyReport {
  readonly schema: 'hearken.evaluation.v1';
  readonly pack: string;
  readonly recordings: number;
  readonly accuracy: Estimate;
  readonly always: Estimate;
  /** Mean for a recording [10⁹ multiply-accumulates]. */
  readonly gmacs: number;
  readonly alwaysGmacs: number;
  readonly budgets: readonly BudgetRow[];
  readonly early: readonly EarlyRow[];
  /** Answers by the step they came at, under the pack's rule or else one threshold. */
  readonly byStep: readonly AtStep[];
  readonly calibration: { readonly atEnd: number; readonly byUsage: Readonly<Record<string, { readonly n: number; readonly error: number }>> };
}

const THRESHOLDS = [0.8, 0.9, 0.95, 0.98, 0.99] as const;
/** The threshold of the table by steps where the pack has no rule. */
const PLAIN = 0.95;
const SEED = 3;

const meanSpent = (runs: readonly Followed[]): number => mean(runs.map((run) => spentOn(run)));

const stopped = ({ own, background }: Pick<PolicyRuns, 'own' | 'background'>, stop: Parameters<typeof halt>[3]): Halted[] => halt(own, background, spentOn, stop);

const earlyRow = (name: string, answers: readonly Halted[], times: PolicyRuns): EarlyRow => {
  const count = (is: (one: Halted) => boolean): Estimate => wilson(answers.filter(is).length, answers.length);
  return {
    name, accuracy: count(({ right }) => right), seconds: answerSeconds(meanSteps(answers), times), saved: savedShare(answers), savedGmacs: savedGmacsShare(answers),
    gap: bootstrap(answers, gapOf, seeded(SEED)), lost: count(({ right, rightAtEnd }) => rightAtEnd && !right), calibration: expectedCalibrationError(answers),
  };
};

/** Makes the figures. @throws RangeError without recordings */
export const policyReport = (runs: PolicyRuns): PolicyReport => {
  const { pack, own, always, rows, background, stopping } = runs;
  if (own.length === 0) throw new RangeError('there is nothing to report on');
  const rightOf = (answers: readonly Halted[]): Estimate => wilson(answers.filter(({ right }) => right).length, answers.length);
  const ended = stopped(runs, atTheEnd);
  const ruled = stopping === undefined ? undefined : haltByRule(own, background, spentOn, stopping);
  const longest = Math.max(...own.map(({ heard }) => heard));
  return {
    schema: 'hearken.evaluation.v1', pack, recordings: own.length, accuracy: rightOf(ended), always: rightOf(stopped({ own: always, background }, atTheEnd)), gmacs: meanSpent(own), alwaysGmacs: meanSpent(always), budgets: rows,
    early: [
      ...(ruled === undefined ? [] : [earlyRow('rule', ruled, runs)]),
      ...THRESHOLDS.map((threshold) => earlyRow(`threshold ${threshold}`, stopped(runs, byScore(threshold)), runs)),
      ...Array.from({ length: longest }, (_, t) => earlyRow(`after ${t + 1} steps`, stopped(runs, bySteps(t + 1)), runs)),
    ],
    byStep: byHaltingStep(ruled ?? stopped(runs, byScore(PLAIN))),
    calibration: { atEnd: expectedCalibrationError(ended), byUsage: Object.fromEntries(calibrationByUsage(own)) },
  };
};

const lines = (report: PolicyReport, prefix: string) => report.early.filter(({ name }) => name.startsWith(prefix)).map(({ seconds, accuracy }) => ({ cost: seconds, accuracy }));

/** The plots, by file name. */
export const policyPlots = async (report: PolicyReport, { own }: Pick<PolicyRuns, 'own'>): Promise<Readonly<Record<string, string>>> => {
  const answers = answersOf(own);
  return {
    ...(report.budgets.length === 0 ? {} : { 'budget.svg': await curvePlot({
      title: 'What a budget buys', subtitle: `${report.pack}, ${report.recordings} recordings`, axis: { title: 'budget for a recording [10⁹ multiply-accumulates, logarithmic]', scale: 'log' },
      series: [
        { name: 'granted while it lasts', kind: 'line', points: report.budgets.map(({ budget, granting }) => ({ cost: budget, accuracy: granting })) },
        ...(report.budgets.some(({ spread }) => spread !== undefined) ? [{ name: 'spread over the steps', kind: 'line' as const, points: report.budgets.flatMap(({ budget, spread }) => (spread === undefined ? [] : [{ cost: budget, accuracy: spread.granting }])) }] : []),
        { name: 'answered when consumed', kind: 'line', points: report.budgets.map(({ budget, ending }) => ({ cost: budget, accuracy: ending })) },
        { name: 'as many looks at random', kind: 'line', points: report.budgets.map(({ budget, random }) => ({ cost: budget, accuracy: random })) },
        { name: 'as many looks evenly', kind: 'line', points: report.budgets.map(({ budget, uniform }) => ({ cost: budget, accuracy: uniform })) },
      ],
    }) }),
    'early.svg': await curvePlot({
      title: 'How early, and how right', subtitle: `${report.pack}, ${report.recordings} recordings`, axis: { title: 'mean time of the answer [s]', scale: 'linear' },
      series: [
        { name: 'one threshold for all steps', kind: 'line', points: lines(report, 'threshold') },
        { name: 'after a fixed time', kind: 'line', points: lines(report, 'after') },
        ...(report.early.some(({ name }) => name === 'rule') ? [{ name: 'the rule of the pack', kind: 'points' as const, points: lines(report, 'rule') }] : []),
      ],
    }),
    'reliability.svg': await reliabilityPlot({ title: 'How sure it is, and how often right', series: [{
      name: 'at the end', calibrationError: report.calibration.atEnd, bins: reliability(answers).map(({ n, claimed, right }) => ({ confidence: claimed, accuracy: right, count: n })),
    }] }),
  };
};

/** A policy under budgets for a recording: what each buys, in the paper's reading and in the product's, beside schedules of the same cost. */
import { RecordingBudget } from '../budget/recording-budget.js';
import type { GraphCosts } from '../budget/action-costs.js';
import type { RecordingPrice } from '../inference/manifest.js';
import { seeded } from '../learn/random.js';
import type { FeatureSequence, Openings, SequenceRun } from '../learn/types.js';
import { answerAt } from './runs.js';
import { bootstrap, wilson, type Estimate } from './intervals.js';
import { mean } from './order.js';
import { constant, randomLike, uniform } from './schedules.js';
import { usage } from './usage.js';
import { spentOn, type Follow, type Followed } from './follow.js';

/** What is measured under budgets. */
export interface BudgetsOptions {
  readonly follow: Follow;
  readonly sequences: readonly FeatureSequence[];
  /** Classes that mean "nothing in particular": one is as right as another. */
  readonly background: ReadonlySet<number>;
  /** From one step to the next [µs]. */
  readonly stepUs: number;
  readonly gmacs: Readonly<Record<'audio' | 'appearance' | 'motion', number>>;
  /** What actions cost at most, from the graphs. */
  readonly graph: GraphCosts;
  /** The last step that an answer may take; absent without a stopping rule. */
  readonly horizonSteps?: number | undefined;
  /** What looks must be worth, where the pack knows it. */
  readonly price?: RecordingPrice | undefined;
  /** For a whole recording [10⁹ multiply-accumulates]. */
  readonly budgets: readonly number[];
  readonly onBudget?: (done: number, of: number) => void;
}

/** What one budget bought. */
export interface BudgetRow {
  /** [10⁹ multiply-accumulates for a recording]. */
  readonly budget: number;
  /** Answered when it is consumed: a step that would overshoot is not begun (HMS §4.2.2, Table 2). */
  readonly ending: Estimate;
  /** Looks are granted while they can be paid and are worth their price, and listening goes first: the product. */
  readonly granting: Estimate;
  /** The same without a price, looks spread over the steps, and how much more often the product is right (paired); absent where there is none. */
  readonly spread?: { readonly granting: Estimate; readonly gain: Estimate; readonly spent: number };
  /** The same budget on looks at random, as many; and evenly, as often. */
  readonly random: Estimate;
  readonly uniform: Estimate;
  /** Recordings on which at least one of these schedules is right: what somebody could reach who knew beforehand which to take. */
  readonly hindsight: Estimate;
  /** How far the product stays below that. */
  readonly regret: Estimate;
  /** Mean spent by the product [10⁹ multiply-accumulates], and its share of the budget where something was left to wish for. */
  readonly spent: number;
  readonly utilization: number;
  /** Recordings on which more was spent than the budget, by any of them: none. */
  readonly violations: number;
}

const SEED = 1;
/** What is spent is added up in floating point. */
const GRAIN = 1e-9;

const rightAt = (run: SequenceRun, step: number, target: number, background: ReadonlySet<number>): boolean => {
  const answer = answerAt(run, step);
  return answer === target || (background.has(answer) && background.has(target));
};

/** The step of the paper's answer: the last one which a run to the end could pay; −1 where it could pay none. */
const whenConsumed = (run: Followed, budget: number): number => {
  let [spent, step] = [0, -1];
  while (step + 1 < run.heard && spent + (run.stepGmacs[step + 1] ?? 0) <= budget * (1 + GRAIN)) {
    step += 1;
    spent += run.stepGmacs[step] ?? 0;
  }
  return step;
};

const share = (hits: readonly boolean[]): Estimate => wilson(hits.filter(Boolean).length, hits.length);

/** One budget's row. `own` ran to the end without a budget. */
const rowOf = async (budget: number, own: readonly Followed[], { follow, sequences, background, stepUs, gmacs, graph, horizonSteps, price }: BudgetsOptions): Promise<BudgetRow> => {
  const under = async (openings?: (sequence: FeatureSequence) => Openings | undefined, asked: RecordingPrice | null = price ?? null): Promise<Followed[]> => {
    const runs: Followed[] = [];
    for (const sequence of sequences) {
      const forced = openings?.(sequence);
      runs.push(await follow(sequence, { stepUs, gmacs, budget: new RecordingBudget({ gmacs: budget, graph, horizonSteps: horizonSteps ?? sequence.steps, price: forced === undefined ? asked ?? undefined : undefined }), ...(forced === undefined ? {} : { openings: forced }) }));
    }
    return runs;
  };
  const targets = sequences.map(({ targets: all }) => all.at(-1) ?? -1);
  const granted = await under();
  const spread = price === undefined ? undefined : await under(undefined, null);
  const rates = usage(granted);
  const drawn = randomLike(granted, SEED);
  const others = [await under(({ id }) => drawn.get(id)), await under(({ steps }) => uniform(steps, rates)), await under(({ steps }) => constant(steps, { appearance: true, motion: true }))];
  const hits = (runs: readonly Followed[]): boolean[] => runs.map((run, i) => rightAt(run, run.targets.length - 1, targets[i] ?? -1, background));
  const [ours, random = [], even = [], first = []] = [hits(granted), ...others.map(hits)];
  const best = ours.map((hit, i) => hit || random[i] === true || even[i] === true || first[i] === true);
  const before = spread === undefined ? undefined : hits(spread);
  // Where gates decide alone and wished for nothing that was refused, the budget is not what held them back.
  const wanting = price !== undefined ? granted : granted.filter((run, i) => spentOn(run) < spentOn(own[i] ?? run) * (1 - GRAIN));
  return {
    budget, ending: share(own.map((run, i) => rightAt(run, whenConsumed(run, budget), targets[i] ?? -1, background))), granting: share(ours),
    ...(spread === undefined || before === undefined ? {} : { spread: { granting: share(before), gain: bootstrap(ours.map((hit, i) => Number(hit) - Number(before[i] === true)), mean, seeded(SEED)), spent: mean(spread.map((run) => spentOn(run))) } }),
    random: share(random), uniform: share(even), hindsight: share(best),
    regret: bootstrap(ours.map((hit, i) => Number(best[i] === true) - Number(hit)), mean, seeded(SEED)),
    spent: mean(granted.map((run) => spentOn(run))), utilization: mean(wanting.map((run) => spentOn(run) / budget)),
    violations: [granted, ...others].flat().filter((run) => spentOn(run) > budget * (1 + GRAIN)).length,
  };
};

/** What each budget buys, and the runs without one. */
export const measureBudgets = async (options: BudgetsOptions): Promise<{ readonly own: Followed[]; readonly always: Followed[]; readonly rows: BudgetRow[] }> => {
  const { follow, sequences, stepUs, gmacs, budgets, onBudget } = options;
  const [own, always]: [Followed[], Followed[]] = [[], []];
  for (const sequence of sequences) {
    own.push(await follow(sequence, { stepUs, gmacs }));
    always.push(await follow(sequence, { stepUs, gmacs, openings: constant(sequence.steps, { appearance: true, motion: true }) }));
  }
  const rows: BudgetRow[] = [];
  for (const budget of budgets) {
    rows.push(await rowOf(budget, own, options));
    onBudget?.(rows.length, budgets.length);
  }
  return { own, always, rows };
};

/** All figures of a report, as they stand in metrics.json. Pure. */
import { expectedCalibrationError, reliability, calibrationByUsage, type Bin } from '../../src/evaluate/calibration.js';
import { accuracyByTenth, confusionMatrix } from '../../src/evaluate/accuracy.js';
import { accuracyAtCost, areaUnderCurve, type CurvePoint } from '../../src/evaluate/cost.js';
import type { Estimate } from '../../src/evaluate/intervals.js';
import { mean, rankCorrelation } from '../../src/evaluate/order.js';
import { answersOf } from '../../src/evaluate/runs.js';
import { emission } from '../../src/evaluate/schedules.js';
import type { Looks } from '../../src/evaluate/usage.js';
import { BUDGETS, type CellResult } from './cell.js';
import { choose, type Choice } from './choose.js';
import { above, hit, overSeeds, randomRow, rowOf, usageOf, wayToOracle, type Entry, type Facts, type Row } from './numbers.js';
import { runOf, type ClipOutcome } from './outcome.js';

/** Results by the name of their job. */
export type Results = ReadonlyMap<string, readonly CellResult[]>;

/** A named line. */
export interface NamedRow extends Row {
  readonly name: string;
}

/** How a budget at run time degrades the answer. */
export interface BudgetRow {
  /** Of what everything costs, 0…1. */
  readonly share: number;
  /** Ends the clip when the budget is consumed: the paper's reading. */
  readonly ending: { readonly accuracy: Estimate; readonly gmacsPerS: number };
  /** Grants what can still be paid, and hears to the end: ours. */
  readonly granting: Row;
}

const pointOf = ({ gmacsPerS: gmacs, accuracy }: Row): CurvePoint => ({ gmacs, accuracy: accuracy.value });

/** A policy beside the best fixed ones at its cost, 0…1. */
export interface AboveFixed {
  readonly fixed: number;
  readonly points: number;
}

const aboveFixed = ({ accuracy, gmacsPerS: cost }: Row, fixed: readonly Row[]): AboveFixed => {
  const best = accuracyAtCost(fixed.map(pointOf), cost);
  return { fixed: best, points: accuracy.value - best };
};

/** What a report says. */
export interface Summary {
  /** The point of the sweep that ablations were made at. */
  readonly middle: string;
  readonly chosen: { readonly name: string; readonly seed: number; readonly reason: string };
  readonly hms: Row;
  readonly map: { readonly hms: number; readonly always: number };
  readonly always: NamedRow;
  readonly random: Row;
  readonly oracle: Row;
  readonly uniform: NamedRow;
  /** Ours less always-everything, in accuracy, clip by clip. */
  readonly difference: Estimate;
  /** Share of always-everything's multiply-accumulates. */
  readonly macsShare: number;
  readonly wayToOracle: Estimate;
  /** Rank correlation of usage by class with what the classes need. */
  readonly usageFollows: Looks & { readonly together: number };
  /** The best that fixed policies (subsets of the senses, every n-th step, tosses between two of them) reach at the oracle's cost, and how far it is above that: what the data can show. */
  readonly oracleAboveFixed: AboveFixed;
  /** The same at our cost. */
  readonly hmsAboveFixed: AboveFixed;
  readonly sweep: readonly (NamedRow & { readonly random: Row; readonly oracle: Row })[];
  /** Mean accuracy over log-compute between the cheapest and the dearest of all. */
  /** Of sound alone, where labels that sound alike count as one. */
  readonly soundAlone?: Estimate;
  readonly area: { readonly hms: number; readonly random: number; readonly fixed: number };
  readonly subsets: readonly NamedRow[];
  readonly strides: readonly NamedRow[];
  readonly budgets: readonly BudgetRow[];
  readonly ablations: readonly NamedRow[];
  readonly calibration: { readonly error: number; readonly byUsage: Readonly<Record<string, { readonly n: number; readonly error: number }>>; readonly bins: readonly Bin[] };
  readonly tenths: readonly number[];
  readonly confusion: readonly (readonly number[])[];
  readonly usageByClass: readonly { readonly label: string; readonly group: string; readonly usage: { readonly appearance: Estimate; readonly motion: Estimate }; readonly needs: Looks }[];
  readonly usageByGroup: readonly { readonly group: string; readonly usage: { readonly appearance: Estimate; readonly motion: Estimate }; readonly accuracy: Estimate; readonly alwaysAccuracy: Estimate }[];
  /** `[T]` for each group: share of clips whose gate is open. */
  readonly gates: readonly { readonly name: string; readonly appearance: readonly number[]; readonly motion: readonly number[] }[];
  readonly seeds: number;
  readonly trainS: number;
}

const named = (results: Results, prefix: string): [string, readonly CellResult[]][] => [...results].filter(([name, list]) => name.startsWith(prefix) && list.length > 0);

const own = (results: readonly CellResult[]): Entry => ({ results, policy: 'own' });
/** A line that rests on fewer seeds than the rest says so. */
const line = (name: string, entry: Entry, facts: Facts, seeds = entry.results.length): NamedRow =>
  ({ name: entry.results.length < seeds ? `${name} (${entry.results.length} of ${seeds} seeds)` : name, ...rowOf(entry, facts) });

const budgetRows = ({ candidate }: Choice, facts: Facts): BudgetRow[] => BUDGETS.map((share): BudgetRow => {
  const ended = candidate.results.map((result) => {
    const clips = result.test.own ?? [];
    const { prices } = result;
    const full = facts.steps * (prices.gmacs.audio + prices.gmacs.appearance + prices.gmacs.motion + (prices.headGmacs ?? 0));
    const each = clips.map((clip) => {
      const { step, gmacs } = emission(runOf(clip, facts.labels.length), prices, full * share);
      return { right: step >= 0 && clip.answers[step] === clip.targets[step] ? 1 : 0, gmacs };
    });
    return { ids: clips.map(({ id }) => id), lists: [each.map(({ right }) => right)], gmacs: mean(each.map(({ gmacs }) => gmacs)) };
  });
  return {
    share,
    ending: { accuracy: overSeeds(ended, (column) => column(0), facts.sourceOf), gmacsPerS: mean(ended.map(({ gmacs }) => gmacs)) / (facts.steps * facts.stepS) },
    granting: rowOf({ results: candidate.results, policy: `budget-${share}` }, facts),
  };
});

const openAt = (clips: readonly ClipOutcome[], key: 'looked' | 'watched', steps: number): number[] =>
  Array.from({ length: steps }, (_, t) => mean(clips.map((clip) => Number(clip[key][t] ?? 0))));

const usages = (choice: Choice, needs: readonly Looks[], facts: Facts) => {
  const entry = own(choice.candidate.results);
  const classes = facts.labels.flatMap((label, k) => {
    const usage = usageOf(entry, facts, (target) => target === k);
    const need = needs[k];
    return usage === undefined || need === undefined ? [] : [{ label, group: facts.groups[k] ?? '', usage, needs: need }];
  });
  const follows = (senses: readonly (keyof Looks)[]): number =>
    rankCorrelation(senses.flatMap((sense) => classes.map(({ usage }) => usage[sense].value)), senses.flatMap((sense) => classes.map(({ needs: need }) => need[sense])));
  const groups = [...new Set(facts.groups)].flatMap((group) => {
    const of = (target: number): boolean => facts.groups[target] === group;
    const usage = usageOf(entry, facts, of);
    const right = (from: Entry): Estimate => overSeeds(from.results.map((result) => {
      const clips = (result.test[from.policy] ?? []).filter(({ targets }) => of(targets.at(-1) ?? -1));
      return { ids: clips.map(({ id }) => id), lists: [clips.map(hit)] };
    }), (column) => column(0), facts.sourceOf);
    return usage === undefined ? [] : [{ group, usage, accuracy: right(entry), alwaysAccuracy: right(choice.always) }];
  });
  const clips = choice.candidate.results.flatMap(({ test }) => test.own ?? []);
  const gates = [...new Set(facts.groups)].map((name) => {
    const ours = clips.filter(({ targets }) => facts.groups[targets.at(-1) ?? -1] === name);
    return { name, appearance: openAt(ours, 'looked', facts.steps), motion: openAt(ours, 'watched', facts.steps) };
  }).filter(({ appearance }) => !Number.isNaN(appearance[0]));
  return { classes, groups, gates, follows: { appearance: follows(['appearance']), motion: follows(['motion']), together: follows(['appearance', 'motion']) } };
};

const answered = (choice: Choice, facts: Facts) => {
  const runs = choice.candidate.results.flatMap(({ test }) => (test.own ?? []).map((clip) => runOf(clip, facts.labels.length)));
  const answers = answersOf(runs);
  return {
    calibration: { error: expectedCalibrationError(answers), byUsage: Object.fromEntries(calibrationByUsage(runs)), bins: reliability(answers) },
    tenths: accuracyByTenth(runs), confusion: confusionMatrix(answers, facts.labels.length),
  };
};

/** The stretch of cost that all curves share. */
const areas = (hms: readonly Row[], random: readonly Row[], fixed: readonly Row[]): Summary['area'] => {
  const all = [hms, random, fixed].map((rows) => rows.map(pointOf));
  const from = Math.max(...all.map((points) => Math.min(...points.map(({ gmacs }) => gmacs))));
  const to = Math.max(...all.flatMap((points) => points.map(({ gmacs }) => gmacs)));
  const none = Number.NaN;
  if (!(to > from)) return { hms: none, random: none, fixed: none };
  const [a = none, b = none, c = none] = all.map((points) => areaUnderCurve(points, { from, to }));
  return { hms: a, random: b, fixed: c };
};

/** Names that a summary goes by. */
export interface Names {
  /** The job that fuses all senses, and the point of the sweep that ablations were made at. */
  readonly allSenses: string;
  readonly middle: string;
  readonly soundClass?: (label: string) => string;
}

/** Accuracy of sound alone among the classes that it can tell apart. */
const soundAloneOf = (results: readonly CellResult[], soundClass: (label: string) => string, { labels, sourceOf }: Facts): Estimate => {
  const heard = (target: number | undefined): string => soundClass(labels[target ?? -1] ?? '');
  return overSeeds(results.map(({ test }) => {
    const clips = test.own ?? [];
    return { ids: clips.map(({ id }) => id), lists: [clips.map(({ answers, targets }) => (heard(answers.at(-1)) === heard(targets.at(-1)) ? 1 : 0))] };
  }), (column) => column(0), sourceOf);
};

/**
 * Makes the summary.
 * @param needs `[classes]`: how often the best possible policy opens each gate
 * @throws RangeError when the sweep or the fusion of all senses is missing
 */
export const summarise = (results: Results, needs: readonly Looks[], facts: Facts, { allSenses, middle: middleName, soundClass }: Names): Summary => {
  const all = named(results, 'hms-skip-'), seeds = Math.max(0, ...all.map(([, list]) => list.length));
  // What ships is chosen among points that every seed has.
  const sweeps = all.filter(([, list]) => list.length === seeds);
  const fusion = results.get(allSenses) ?? [];
  const choice = choose(sweeps.map(([, list]) => list), fusion, facts);
  const { candidate, always } = choice;
  const [hms, oracle, random] = [rowOf(own(candidate.results), facts), rowOf({ results: candidate.results, policy: 'oracle' }, facts), randomRow(candidate.results, facts)];
  const subsets = named(results, 'fusion-').filter(([name]) => !name.includes('every')).map(([name, list]) => line(name.replace('fusion-', ''), own(list), facts, seeds));
  const strides = named(results, 'fusion-').filter(([name]) => name.includes('every')).map(([name, list]) => line(name.replace('fusion-', '').replace('-every-', ', at every n-th step, n = '), own(list), facts, seeds));
  const sweep = all.map(([name, list]) => ({ ...line(name, own(list), facts, seeds), random: randomRow(list, facts), oracle: rowOf({ results: list, policy: 'oracle' }, facts) }));
  const alwaysRow = line(always.name, always, facts);
  const uniform = (['uniform', 'uniform-end'] as const).map((policy) => line(policy === 'uniform' ? 'evenly, in the middle of equal stretches' : 'evenly, at the end of equal stretches', { results: candidate.results, policy }, facts));
  const [middle, end] = uniform;
  if (middle === undefined || end === undefined) throw new RangeError('no uniform openings');
  const fixed = [...subsets, ...strides];
  const heard = results.get('fusion-A') ?? [];
  const { classes, groups, gates, follows } = usages(choice, needs, facts);
  return {
    middle: middleName, chosen: { name: candidate.name, seed: choice.shipped.seed, reason: choice.reason },
    hms, map: { hms: mean(candidate.results.map(({ map }) => map)), always: mean(always.results.map(({ map }) => map)) }, always: alwaysRow, random, oracle,
    uniform: middle.accuracy.value >= end.accuracy.value ? middle : end,
    difference: above(own(candidate.results), always, facts), macsShare: hms.gmacsPerS / alwaysRow.gmacsPerS,
    wayToOracle: wayToOracle(candidate.results, facts), usageFollows: follows,
    oracleAboveFixed: aboveFixed(oracle, fixed), hmsAboveFixed: aboveFixed(hms, fixed),
    ...(soundClass === undefined || heard.length === 0 ? {} : { soundAlone: soundAloneOf(heard, soundClass, facts) }),
    sweep, area: areas(sweep, sweep.map((point) => point.random), fixed), subsets, strides, budgets: budgetRows(choice, facts),
    ablations: [...named(results, 'ablation-'), ...named(results, 'shuffled-')].map(([name, list]) => line(name, own(list), facts, seeds)),
    ...answered(choice, facts), usageByClass: classes, usageByGroup: groups, gates,
    seeds, trainS: mean(candidate.results.map(({ trainS }) => trainS)),
  };
};


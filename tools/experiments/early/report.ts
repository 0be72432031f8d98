/** The page on early answers, and its plots. */
import { curvePlot, type CurveSeries } from '../../../src/evaluate/plots/curve.js';
import { answerSeconds } from '../../../src/evaluate/halting.js';
import { interval, percent, table } from '../tables.js';
import type { EarlyFacts, EarlyFigures, Stopped } from './figures.js';
import type { WorthFigures } from './worth.js';

/** All that the page tells. */
export interface EarlySummary {
  readonly seeds: number;
  /** The operating point that ships, and why; its figures. */
  readonly chosen: string;
  readonly reason: string;
  readonly figures: readonly EarlyFigures[];
  /** All senses at every step, early fusion. */
  readonly everything: EarlyFigures;
  /** What looks are worth, of the chosen operating point. */
  readonly worth: WorthFigures;
}

const named = (s: EarlySummary): EarlyFigures => s.figures.find(({ name }) => name === s.chosen) ?? s.everything;

const rowOf = (one: EarlyFigures, name: string, facts: EarlyFacts, everything: EarlyFigures): string[] => [
  name, interval(one.atEnd), interval(one.ruled.accuracy), interval(one.ruled.gap), interval(one.ruled.lost, 2),
  `${one.ruled.steps.value.toFixed(1)} (${answerSeconds(one.ruled.steps.value, facts).toFixed(1)} s)`, interval(one.ruled.saved), percent(one.gmacs / everything.gmacsToEnd), percent(one.gmacsToEnd / everything.gmacsToEnd),
  `${percent(one.calibration.halted)}, ${percent(one.calibration.atEnd)}`,
];

const HEAD = ['', 'right at the end [%]', 'right when answered [%]', 'worse by [points]', 'lost by not waiting [%]', 'answered after', 'steps saved [%]', 'cost, of everything to the end', 'cost without stopping', 'calibration error: when answered, at the end'];

const byStepTable = ({ byStep }: EarlyFigures): string => table(
  ['answered after step', 'answers', 'claimed [%]', 'right [%]', 'calibration error [%]'],
  byStep.map(({ step, n, claimed, right, error }) => [`${step + 1}`, `${n}`, (claimed * 100).toFixed(1), (right * 100).toFixed(1), (error * 100).toFixed(1)]));

const worthPart = ({ rows, area, deciles, worths }: WorthFigures): string[] => [
  `Under a budget for each clip, answered at its end. What looks are worth, and their price by what is left and how many steps are to come, were fitted on ${worths[0]?.recordings ?? 0} clips for calibration. "Spread": looks that gates open for, in equal parts over the steps; "doubt": looks where the entropy of the belief is above a threshold (the best of seven on the validation clips), spread alike. Used is what was spent of what the budget leaves for looks.`,
  table(['of always everything', 'worth their price [%]', 'spread [%]', 'doubt [%]', 'gain over spread [points]', 'used', 'used, spread'], [
    ...rows.map((row) => [percent(row.share), interval(row.priced), interval(row.spread), interval(row.threshold), interval(row.gain), percent(row.used, 0), percent(row.usedSpread, 0)]),
    ['mean: area over log budget', interval(area.priced), interval(area.spread), interval(area.threshold), interval(area.gain), '', ''],
  ]),
  'Expected of a look, and what looks that were tried really took off the log loss of the answer [bit], by tenths of what was expected (test clips):',
  table(['', ...Array.from({ length: 10 }, (_, i) => `${i + 1}`)], (['appearance', 'motion'] as const).flatMap((sense) => [
    [`${sense === 'motion' ? 'clips' : 'pictures'}, expected`, ...deciles[sense].map(({ expected }) => expected.toFixed(2))],
    ['realised', ...deciles[sense].map(({ realised }) => realised.toFixed(2))],
  ])),
];

/** The page, in Markdown. */
export const earlyPage = (s: EarlySummary, facts: EarlyFacts): string => {
  const chosen = named(s);
  const steps = chosen.curves.fixed.length;
  const [rule] = chosen.rules.filter((one) => one !== undefined);
  return [
    `${s.seeds} trainings; intervals are 95 %, over trainings and clips. 1000 clips of S2's test part; boundaries and temperatures from its 400 validation clips, shown on 1000 others. Shipped is ${s.chosen}: ${s.reason}.`,
    table(HEAD, [...s.figures.map((one) => rowOf(one, one.name === s.chosen ? `**${one.name}**` : one.name, facts, s.everything)), rowOf(s.everything, 'all senses at every step', facts, s.everything)]),
    `"Lost by not waiting" is what the rule bounds: wrong when answered, and right had it waited; at most ${rule === undefined ? '–' : percent(rule.gap, 0)} of all, and ${rule === undefined ? '–' : percent(rule.gapByStep, 0)} of those answered by any step, each with ${rule === undefined ? '–' : percent(rule.confidence, 0)} confidence. "Worse by" is the difference in accuracy; below zero, answers are better than at the end.`,
    `What there is to save: an oracle that reads everything can tell after ${chosen.oracleSteps.toFixed(1)} of ${steps} steps on average, since things begin late in many clips, and nothing can be told of an empty one before its end. That is ${percent(1 - chosen.oracleSteps / steps)} of the steps; the rule saves ${percent(chosen.ruled.saved.value)}.`,
    byStepTable(chosen),
    '![Accuracy against the time of the answer](early.svg)',
    ...worthPart(s.worth),
  ].join('\n\n');
};

const series = (name: string, kind: CurveSeries['kind'], points: readonly Stopped[], facts: EarlyFacts): CurveSeries =>
  ({ name, kind, points: points.map(({ accuracy, steps }) => ({ accuracy, cost: answerSeconds(steps.value, facts) })) });

/** Accuracy against the mean time of the answer: the trade between being early and being right. */
export const earlyPlot = async (s: EarlySummary, facts: EarlyFacts): Promise<string> => {
  const { curves, ruled } = named(s);
  return curvePlot({
    title: 'How early, and how right', subtitle: 'S2, 1000 test clips of 5.28 s', axis: { title: 'mean time of the answer [s]', scale: 'linear' },
    series: [
      series('boundaries, by what a step costs', 'line', curves.boundaries, facts),
      series('one threshold for all steps', 'line', curves.thresholds, facts),
      series('after a fixed time', 'line', curves.fixed, facts),
      { name: 'shipped rule', kind: 'points', points: [{ cost: answerSeconds(ruled.steps.value, facts), accuracy: ruled.accuracy, label: 'rule' }] },
    ],
  });
};

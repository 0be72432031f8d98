/** The report's tables, as Markdown. Pure. */
import type { Estimate } from '../../src/evaluate/intervals.js';
import { table as markdownTable } from '../../src/evaluate/markdown.js';
import type { Row } from './numbers.js';
import type { NamedRow, Summary } from './summary.js';
import { AIMS, type WorldAims } from './world.js';

/** `81.2 %`. */
export const percent = (value: number, digits = 1): string => `${(value * 100).toFixed(digits)} %`;

/** `81.2 (79.0–83.1)`, in percent. */
export const interval = ({ value, low, high }: Estimate, digits = 1): string =>
  `${(value * 100).toFixed(digits)} (${(low * 100).toFixed(digits)}–${(high * 100).toFixed(digits)})`;

/** A table of figures. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => markdownTable(head, rows, 'numbers');

const mmacs = (gmacsPerS: number): string => (gmacsPerS * 1000 < 100 ? (gmacsPerS * 1000).toFixed(1) : (gmacsPerS * 1000).toFixed(0));

const HEAD = ['', 'accuracy [%]', 'looks [% of steps]', 'watches [% of steps]', 'cost [MMAC a second]', 'of always-everything'];

const cells = (name: string, row: Row, always: Row): string[] =>
  [name, interval(row.accuracy), (row.appearance * 100).toFixed(1), (row.motion * 100).toFixed(1), mmacs(row.gmacsPerS), percent(row.gmacsPerS / always.gmacsPerS)];

/** HMS beside what it must be compared with. */
export const mainTable = (s: Summary): string => table(HEAD, [
  cells('**HMS**', s.hms, s.always),
  cells(`always everything (${s.always.name})`, s.always, s.always),
  cells('HMS, gates opened at random at the same rates', s.random, s.always),
  cells(`HMS, gates opened ${s.uniform.name}, at the same rates`, s.uniform, s.always),
  cells('HMS, gates opened by the oracle', s.oracle, s.always),
]);

/** Each subset of the senses, always read: the paper's Table 1; and all of them, at every n-th step only. */
export const fixedTable = (s: Summary): string =>
  table(HEAD, [...s.subsets, ...s.strides].map((row) => cells(row.name, row, s.always)));

/** The sweep of skip targets. */
export const sweepTable = (s: Summary): string => table(
  ['skip targets (appearance, motion)', 'accuracy [%]', 'random at the same rates [%]', 'looks [% of steps]', 'watches [% of steps]', 'of always-everything'],
  s.sweep.map((row) => [row.name.replace(/^hms-skip-/, '').replace('-', ', ') + (row.name === s.chosen.name ? ' **(shipped)**' : ''), interval(row.accuracy), interval(row.random.accuracy),
    (row.appearance * 100).toFixed(1), (row.motion * 100).toFixed(1), percent(row.gmacsPerS / s.always.gmacsPerS)]));

/** A budget at run time: the paper's Table 2, in its reading and in ours. */
export const budgetTable = (s: Summary): string => table(
  ['budget, of always-everything', 'ends when it is consumed [%]', 'grants what it can pay [%]', 'spent, of always-everything'],
  s.budgets.map(({ share, ending, granting }) => [percent(share, 0), interval(ending.accuracy), interval(granting.accuracy), percent(granting.gmacsPerS / s.always.gmacsPerS)]));

/** What was changed, and what became of it. */
export const ablationTable = (s: Summary): string => {
  const middle = s.sweep.find((row) => row.name.startsWith(s.middle));
  const rows: NamedRow[] = [...(middle === undefined ? [] : [{ ...middle, name: `as it is (${middle.name})` }]), ...s.ablations];
  return table(HEAD, rows.map((row) => cells(row.name.replace(/^ablation-/, '').replaceAll('-', ' '), row, s.always)));
};

/** Accuracy and usage by group of classes. */
export const groupTable = (s: Summary): string => table(
  ['group', 'accuracy [%]', 'always everything [%]', 'looks [% of steps]', 'watches [% of steps]'],
  s.usageByGroup.map(({ group, usage, accuracy, alwaysAccuracy }) => [group, interval(accuracy), interval(alwaysAccuracy), interval(usage.appearance), interval(usage.motion)]));

/** An aim, what came out, and whether it is met. */
export interface Aim {
  readonly aim: string;
  readonly found: string;
  readonly met: boolean | undefined;
}

/** Less than this between random openings and the oracle's [share of clips], and how far along the way means nothing. */
const SHORTEST_WAY = 0.03;

const wayAim = ({ wayToOracle, oracle, random }: Summary): Aim => {
  const aim = 'at least 85 % of the way from random at the same rates to the oracle';
  const way = oracle.accuracy.value - random.accuracy.value;
  return way < SHORTEST_WAY
    ? { aim, found: `there is no way to go: the oracle is ${(way * 100).toFixed(1)} points above random openings`, met: undefined }
    : { aim, found: `${interval(wayToOracle, 0)} %`, met: wayToOracle.value >= 0.85 };
};

const rank = (correlation: number): string => (Number.isNaN(correlation) ? '–' : correlation.toFixed(2));

/** What evaluation.md asks before a gain is claimed, and what the issue aims at. */
export const aimsOf = (s: Summary, { speedUp, aims = AIMS }: { readonly speedUp?: number | undefined; readonly aims?: WorldAims | undefined } = {}): Aim[] => [
  { aim: 'the data can show a gain: the oracle is at least 5 points above the best fixed policy at its cost', found: `${(s.oracleAboveFixed.points * 100).toFixed(1)} points above ${percent(s.oracleAboveFixed.fixed)}`, met: s.oracleAboveFixed.points >= 0.05 },
  { aim: 'better than the best fixed policy at the same cost', found: `${(s.hmsAboveFixed.points * 100).toFixed(1)} points above ${percent(s.hmsAboveFixed.fixed)}`, met: s.hmsAboveFixed.points > 0 },
  { aim: `at most ${aims.macsShare * 100} % of the multiply-accumulates of always-everything`, found: percent(s.macsShare), met: s.macsShare <= aims.macsShare },
  { aim: `at most ${aims.loss * 100} points less accuracy than always-everything`, found: `${(s.difference.value * 100).toFixed(1)} points (${(s.difference.low * 100).toFixed(1)} to ${(s.difference.high * 100).toFixed(1)})`, met: s.difference.value >= -aims.loss },
  wayAim(s),
  { aim: 'usage by class follows what the classes need (rank correlation)', found: `${s.usageFollows.together.toFixed(2)} (looks ${rank(s.usageFollows.appearance)}, watches ${rank(s.usageFollows.motion)})`, met: s.usageFollows.together > 0.5 },
  {
    aim: `${aims.speedUp === undefined ? '' : `at least ${aims.speedUp} times `}less measured time than with all gates open, decoding included`,
    found: speedUp === undefined ? 'not measured yet' : `${speedUp.toFixed(1)} times`, met: speedUp === undefined ? undefined : speedUp >= (aims.speedUp ?? 1),
  },
  ...(aims.soundAlone === undefined || s.soundAlone === undefined ? [] : [{ aim: `above ${aims.soundAlone * 100} % by sound alone, on the classes that sound can tell apart`, found: `${interval(s.soundAlone)} %`, met: s.soundAlone.value > aims.soundAlone }]),
];

/** The aims as a table. */
export const aimTable = (aims: readonly Aim[]): string =>
  table(['aim', 'found', 'met'], aims.map(({ aim, found, met }) => [aim, found, met === undefined ? '–' : met ? 'yes' : '**no**']));

/** Calibration in a sentence. */
export const calibrationText = ({ calibration }: Summary): string =>
  `Expected calibration error of the last answer ${percent(calibration.error)}; by what was read on that step: ${Object.entries(calibration.byUsage).map(([pattern, { n, error }]) => `${pattern} ${percent(error)} (${n} answers)`).join(', ')}. Temperatures were fitted on the validation part, one for each usage pattern.`;

/** When it is decided, in a sentence. */
export const earlyText = ({ tenths }: Summary): string =>
  `Accuracy when one, two, … ten tenths of the clip have passed: ${tenths.map((value) => (value * 100).toFixed(0)).join(', ')} %.`;


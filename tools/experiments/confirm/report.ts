/** The page on when events are confirmed. Pure. */
import type { Estimate } from '../../../src/evaluate/intervals.js';
import { interval, percent, table } from '../tables.js';
import { LEARNED, type PolicyFigures, type WayRow } from './figures.js';

const plain = ({ value, low, high }: Estimate, digits: number): string => `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

const HEAD = ['', 'events found [%]', 'confirmed after [s]', 'sooner than by default [s]', 'false an hour', 'false, of those confirmed on a stream [%]'];

const line = (row: WayRow): string[] =>
  [row.name, interval(row.found, 0), plain(row.firstS, 2), plain(row.against.soonerS, 2), plain(row.falsePerHour, 0), interval(row.loss)];

const shareTable = ({ rows }: PolicyFigures): string => {
  const shares = [...rows[0]?.byShare.keys() ?? []];
  return table(['false, of those confirmed on a stream [%]', ...shares.map((share) => `${share} % background`)],
    rows.map(({ name, byShare }) => [name, ...shares.map((share) => { const found = byShare.get(share); return found === undefined ? '–' : interval(found); })]));
};

const ruleText = ({ rules }: PolicyFigures): string => rules.map((rule, i) =>
  (rule === undefined ? `training ${i + 1}: none was shown` : `training ${i + 1}: ${rule.boundary.map((at) => at?.toFixed(2) ?? '–').join(', ')}`)).join('; ');

const againstText = ({ rows }: PolicyFigures): string => {
  const row = rows.find(({ name }) => name === LEARNED);
  if (row === undefined) return '';
  const { soonerS, found, falsePerHour } = row.against;
  return `What the rule changes against the default, stream by stream: events are confirmed ${plain(soonerS, 2)} s sooner; found, in points: ${interval(found)}; false an hour: ${plain(falsePerHour, 1)}.`;
};

const policyPart = (one: PolicyFigures): string => {
  const shown = one.rules.filter((rule) => rule !== undefined), [rule] = shown;
  return [
    `### ${one.name}`,
    table(HEAD, one.rows.map(line)),
    rule === undefined
      ? 'No rule was shown to keep its promise; the row of the rule is the default.'
      : `The rule asks, on an event's first, second, … segment, for a score of at least: ${ruleText(one)}. Shown on ${rule.streams} streams each: at most ${percent(rule.falseShare, 0)} of those confirmed, by any segment, are false, with ${percent(rule.confidence, 0)} confidence.`,
    ...(rule === undefined ? [] : [againstText(one)]),
    shareTable(one),
    `Under the rule, by the segment on which they were confirmed, or sooner: ${one.bySegment.map(({ segment, confirmed, falseShare }) => `${segment}: ${confirmed} confirmed, ${interval(falseShare)} % false`).join('; ')}.`,
    `Under the rule, stream by stream (all trainings together): ${one.byStream.map(({ id, confirmed, falseCount }) => `${id.replace(/^.*\/|\.mp4$/g, '')} ${falseCount} of ${confirmed} false`).join('; ')}.`,
  ].join('\n\n');
};

/** The page, in Markdown. */
export const confirmPage = (figures: readonly PolicyFigures[], trainings: number): string => [
  `${trainings} trainings of S3, nine test streams of six minutes, which chose nothing and have textures, timbres and backgrounds that the streams for calibration have not; 95 % intervals over trainings and streams. An event counts as found when its label is confirmed while it lasts, a second more or less; anything else that is confirmed is false. "Sooner" is over the events that both find.`,
  ...figures.map(policyPart),
].join('\n\n');

/** S3's report: how streams are followed, and what it costs. Pure. */
import type { Estimate } from '../../../src/evaluate/intervals.js';
import { mean } from '../../../src/evaluate/order.js';
import type { SenseName } from '../../../src/inference/manifest.js';
import { interval, percent, table } from '../tables.js';
import { fusionName } from './cells.js';
import type { StreamPolicy, StreamResult } from './cell.js';
import { streamDifference, streamRow, wayToOpen, type StreamFacts, type StreamRow } from './figures.js';

/** Results by the name of their job. */
export type StreamResults = ReadonlyMap<string, readonly StreamResult[]>;

/** At most this share of always-everything's multiply-accumulates. */
const MACS_SHARE = 0.1;

const ALL: readonly SenseName[] = ['audio', 'appearance', 'motion'];

/** What the report says. */
export interface StreamSummary {
  readonly chosen: string;
  readonly reason: string;
  readonly seeds: number;
  readonly trainS: number;
  readonly rows: readonly StreamRow[];
  readonly always: StreamRow;
  readonly macsShare: number;
  readonly difference: Estimate;
  readonly wayToOpen: Estimate;
}

/** The point of the sweep with the best validation accuracy among those cheap enough there; the cheapest where none is. */
const choose = (sweep: readonly (readonly [string, readonly StreamResult[]])[], always: StreamRow, facts: StreamFacts): { readonly name: string; readonly reason: string } => {
  const rows = sweep.map(([name, results]) => streamRow(name, { results, policy: 'own' }, facts, 'val')).sort((a, b) => a.gmacsPerS - b.gmacsPerS);
  const cheap = rows.filter(({ gmacsPerS }) => gmacsPerS <= MACS_SHARE * always.gmacsPerS).sort((a, b) => b.accuracy.value - a.accuracy.value);
  const [best] = cheap.length > 0 ? cheap : rows;
  if (best === undefined) throw new RangeError('no HMS model was trained');
  return { name: best.name, reason: cheap.length > 0 ? `the best on validation of those at ${percent(MACS_SHARE, 0)} of the cost or less` : `the cheapest; none is at ${percent(MACS_SHARE, 0)} of the cost or less on validation` };
};

/** Makes the summary. @throws RangeError when no HMS model or not the fusion of all senses is there */
export const summariseStreams = (results: StreamResults, facts: StreamFacts): StreamSummary => {
  const sweep = [...results].filter(([name]) => name.startsWith('hms-'));
  const fused = results.get(fusionName(ALL)) ?? [];
  const alwaysVal = streamRow('always', { results: fused, policy: 'own' }, facts, 'val');
  const { name, reason } = choose(sweep, alwaysVal, facts);
  const chosen = results.get(name) ?? [];
  const of = (label: string, list: readonly StreamResult[], policy: StreamPolicy): StreamRow => streamRow(label, { results: list, policy }, facts);
  const always = of('always everything (A+I+M)', fused, 'own');
  const ours = of('**HMS**', chosen, 'own');
  return {
    chosen: name, reason, seeds: chosen.length, trainS: mean(chosen.map(({ trainS }) => trainS)),
    rows: [
      ours, always, of('HMS, all gates open', chosen, 'open'), of('HMS, gates open at random, same rates', chosen, 'random'),
      of('HMS, one look an event by the oracle', chosen, 'oracle'), of('HMS, all gates shut', chosen, 'shut'),
      ...sweep.filter(([other]) => other !== name).flatMap(([other, list]) => {
        const point = `HMS, ${other.replace('hms-', '').replaceAll('-', ' ')}`;
        return [of(point, list, 'own'), of(`${point}, at random, same rates`, list, 'random')];
      }),
      ...[...results].filter(([other]) => other.startsWith('clips-')).map(([other, list]) => of(`HMS from S2's clips, ${other.replace('clips-', '')}, one training`, list, 'own')),
      ...[...results].filter(([other]) => other.startsWith('fusion-') && other !== fusionName(ALL)).map(([other, list]) => of(`always ${other.replace('fusion-', '')}`, list, 'own')),
    ],
    always, macsShare: ours.gmacsPerS / always.gmacsPerS,
    difference: streamDifference({ results: chosen, policy: 'own' }, { results: fused, policy: 'own' }, facts), wayToOpen: wayToOpen(chosen, facts),
  };
};

const HEAD = ['', 'steps right [%]', 'of event steps [%]', 'per-frame mAP, calibrated [%]', 'events found [%]', 'after [s]', 'onset error [s]', 'false alarms an hour', 'looks, watches [% of steps]', 'of always-everything'];

const line = (row: StreamRow, always: StreamRow): string[] => [
  row.name, interval(row.accuracy), interval(row.eventAccuracy, 0), `${(row.map * 100).toFixed(1)}, ${(row.calibratedMap * 100).toFixed(1)}`, interval(row.hits, 0),
  row.firstS.toFixed(1), row.onsetS.toFixed(1), `${row.falseAlarmsPerHour.value.toFixed(0)} (${row.falseAlarmsPerHour.low.toFixed(0)}–${row.falseAlarmsPerHour.high.toFixed(0)})`,
  `${(row.looked * 100).toFixed(0)}, ${(row.watched * 100).toFixed(1)}`, percent(row.gmacsPerS / always.gmacsPerS),
];

/** The page. */
export const streamPage = (s: StreamSummary): string => [
  `${s.seeds} training${s.seeds === 1 ? '' : 's'}; 95 % intervals over trainings and streams. Chosen is ${s.chosen}: ${s.reason}. An event counts as found when its class is said at 0.5 or more for two steps in a row while it lasts; anything else so said is a false alarm.`,
  table(HEAD, s.rows.map((row) => line(row, s.always))),
  `Of all steps HMS has ${(s.difference.value * 100).toFixed(1)} points (${(s.difference.low * 100).toFixed(1)} to ${(s.difference.high * 100).toFixed(1)}) against always-everything, at ${percent(s.macsShare)} of its multiply-accumulates; of the way from gates at random to gates all open it goes ${(s.wayToOpen.value * 100).toFixed(0)} % (${(s.wayToOpen.low * 100).toFixed(0)} to ${(s.wayToOpen.high * 100).toFixed(0)}).`,
].join('\n\n');

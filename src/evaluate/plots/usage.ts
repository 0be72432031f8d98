import type { Measured } from './curve.js';
import { draw } from './draw.js';
import { INK_COLOUR, SENSE_COLOURS } from './theme.js';

/** How often the senses were used for one class, or for one group of classes. */
export interface Usage {
  readonly name: string;
  /** The group the class belongs to; rows of a group stand together under its name. */
  readonly group?: string;
  /** Share of steps in which the sense was read, 0…1. */
  readonly appearance: Measured;
  readonly motion: Measured;
  /** The same for the best possible policy, drawn as a tick. */
  readonly best?: { readonly appearance: number; readonly motion: number };
}

/** What the usage plot needs. */
export interface UsageChart {
  readonly title: string;
  readonly subtitle?: string;
  readonly rows: readonly Usage[];
}

const SENSES = ['appearance', 'motion'] as const;
const NAMES = { appearance: 'looks (appearance)', motion: 'watches (motion)' } as const;

const y = { field: 'name', type: 'nominal', sort: null, title: null, axis: { grid: false, ticks: false } } as const;
const yOffset = { field: 'sense', type: 'nominal', sort: null } as const;
const x = { field: 'value', type: 'quantitative', title: 'share of steps in which the gate opens [%]', axis: { format: '~g' } } as const;
/** Height of a class's two bars, for few rows and for many [px]. */
const BAR = { few: 30, many: 15 };

const [domain, range] = [SENSES.map((sense) => NAMES[sense]), SENSES.map((sense) => SENSE_COLOURS[sense])];
const color = { field: 'sense', type: 'nominal', title: null, scale: { domain, range }, legend: { orient: 'top' } } as const;

/**
 * How often each sense is used, by class or by group, with 95 % intervals; a tick shows the best possible policy
 * where it is known.
 * @see HMS Figures 4 and 6
 */
export const usagePlot = async ({ title, subtitle, rows }: UsageChart): Promise<string> => {
  const values = rows.flatMap((row) => SENSES.map((sense) => ({
    name: row.name, group: row.group ?? '', sense: NAMES[sense],
    value: row[sense].value * 100, low: row[sense].low * 100, high: row[sense].high * 100,
    best: row.best === undefined ? null : row.best[sense] * 100,
  })));
  const layer = [
    { mark: { type: 'bar' as const, opacity: 0.85 }, encoding: { x, y, yOffset, color } },
    { mark: { type: 'rule' as const, color: INK_COLOUR, strokeWidth: 1.2 }, encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, yOffset } },
    { transform: [{ filter: 'datum.best !== null' }], mark: { type: 'tick' as const, color: INK_COLOUR, thickness: 2.5, size: 9 }, encoding: { x: { ...x, field: 'best' }, y, yOffset } },
  ];
  const head = { title: { text: title, subtitle: subtitle ?? (rows.some((row) => row.best !== undefined) ? 'thick tick: the best possible policy; thin line: 95 % interval' : 'thin line: 95 % interval') }, data: { values } };
  const step = rows.length > 12 ? BAR.many : BAR.few;
  if (rows.every((row) => row.group === undefined)) return draw({ ...head, width: 420, height: { step }, layer });
  const groups = [...new Set(values.map((value) => value.group))];
  return draw({
    ...head, spacing: 6,
    facet: { row: { field: 'group', type: 'nominal', sort: groups, title: null, header: { labelAngle: 0, labelAlign: 'left', labelOrient: 'left' } } },
    spec: { width: 420, height: { step }, layer },
    resolve: { scale: { y: 'independent' } },
  });
};

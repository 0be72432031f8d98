import { draw } from './draw.js';
import { INK_COLOUR } from './theme.js';

/** What the confusion plot needs. */
export interface Confusion {
  readonly title: string;
  readonly subtitle?: string;
  /** Names in the order to be shown; put classes of one group side by side. */
  readonly labels: readonly string[];
  /** `[labels, labels]`, row-major: how often the row's class was taken for the column's. */
  readonly counts: ArrayLike<number>;
}

/** Shares below this are left blank, so that the eye finds the errors that matter. */
const LEAST_SHARE = 0.005;

/** Above this share the cell is so dark that white reads better on it, in both schemes. */
const DARK_SHARE = 0.55;

/** Which class is taken for which: each row sums to 100 % of its class, and the number of its samples stands beside it. */
export const confusionPlot = async ({ title, subtitle, labels, counts }: Confusion): Promise<string> => {
  const size = labels.length;
  const totals = labels.map((_, row) => labels.reduce((sum, __, column) => sum + (counts[row * size + column] ?? 0), 0));
  const rows = labels.map((label, row) => `${label} (${String(totals[row])})`);
  const values = labels.flatMap((_, row) => labels.map((taken, column) => {
    const total = totals[row] ?? 0;
    const share = total === 0 ? 0 : (counts[row * size + column] ?? 0) / total;
    return { right: rows[row], taken, share, text: share < LEAST_SHARE ? '' : (share * 100).toFixed(0) };
  }));
  const taken = [...labels];
  const cell = size > 12 ? 24 : 44;
  const x = { field: 'taken', type: 'nominal', sort: null, scale: { domain: taken }, title: 'recognised as', axis: { labelAngle: -45, orient: 'bottom', grid: false } } as const;
  const y = { field: 'right', type: 'nominal', sort: null, scale: { domain: rows }, title: 'is (samples)', axis: { grid: false } } as const;
  return draw({
    title: { text: title, subtitle: subtitle ?? 'share of each row [%]' },
    data: { values }, width: { step: cell }, height: { step: cell },
    encoding: { x, y },
    layer: [
      { transform: [{ filter: `datum.share >= ${LEAST_SHARE}` }], mark: { type: 'rect', fill: '#2f8fd0' }, encoding: { fillOpacity: { field: 'share', type: 'quantitative', scale: { domain: [0, 1], range: [0.03, 1] }, legend: null } } },
      {
        transform: [{ filter: 'datum.text !== ""' }],
        mark: { type: 'text', fontSize: size > 12 ? 9 : 12 },
        encoding: { text: { field: 'text', type: 'nominal' }, color: { condition: { test: `datum.share > ${DARK_SHARE}`, value: '#fefefe' }, value: INK_COLOUR } },
      },
    ],
  });
};

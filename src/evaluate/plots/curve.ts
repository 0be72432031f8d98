import { draw } from './draw.js';
import { INK_COLOUR, SERIES_COLOURS } from './theme.js';

/** A number with its 95 % interval, all three in the same unit. */
export interface Measured {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What is paid: the axis that accuracy stands over. */
export interface CostAxis {
  readonly title: string;
  readonly scale: 'log' | 'linear';
}

/** Compute; on a logarithmic axis, since policies differ by orders of magnitude. */
export const COMPUTE: CostAxis = { title: 'cost [10⁹ multiply-accumulates per second of video, logarithmic]', scale: 'log' };

/** One way to decide, at one or several costs. */
export interface CurveSeries {
  readonly name: string;
  /** A `line` joins its points by cost (a sweep); `points` stand alone (fixed policies). */
  readonly kind: 'line' | 'points';
  readonly points: readonly { readonly cost: number; readonly accuracy: Measured; readonly label?: string }[];
}

/** What the plot needs. */
export interface Curve {
  readonly title: string;
  readonly subtitle?: string;
  readonly series: readonly CurveSeries[];
  /** What is paid. Default {@link COMPUTE}. */
  readonly axis?: CostAxis;
  /** What accuracy is, for the axis. Default "accuracy". */
  readonly accuracyName?: string;
}

/** Room to the left and right of the outermost costs, as a factor. */
const ROOM = 1.35;

const encodings = (curve: Curve) => {
  const costs = curve.series.flatMap((series) => series.points.map((point) => point.cost));
  const { title, scale } = curve.axis ?? COMPUTE;
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const domain = scale === 'log' ? [least / ROOM, most * ROOM] : [0, most * 1.05];
  const names = curve.series.map((series) => series.name);
  const range = [...SERIES_COLOURS];
  return {
    x: {
      field: 'cost', type: 'quantitative', title,
      scale: { type: scale, domain, nice: false }, axis: { grid: true, tickCount: 5, format: '~g' },
    },
    y: { field: 'value', type: 'quantitative', title: `${curve.accuracyName ?? 'accuracy'} [%]`, scale: { zero: false, nice: true } },
    color: {
      field: 'series', type: 'nominal', title: null, sort: null,
      scale: { domain: names, range }, legend: { orient: 'right', symbolType: 'circle' },
    },
  } as const;
};

/**
 * Accuracy against what is paid for it, with 95 % intervals: the trade that each policy offers.
 * @see HMS Figure 3
 */
export const curvePlot = async (curve: Curve): Promise<string> => {
  const values = curve.series.flatMap(({ name, kind, points }) => points.map(({ cost, accuracy, label }) => ({
    series: name, kind, label: label ?? '', cost, value: accuracy.value * 100, low: accuracy.low * 100, high: accuracy.high * 100,
  })));
  const { x, y, color } = encodings(curve);
  return draw({
    title: { text: curve.title, ...(curve.subtitle === undefined ? {} : { subtitle: curve.subtitle }) },
    data: { values }, width: 520, height: 340,
    layer: [
      { mark: { type: 'rule', opacity: 0.6, strokeWidth: 1.5 }, encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color } },
      { transform: [{ filter: 'datum.kind === "line"' }], mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color, order: { field: 'cost' } } },
      { mark: { type: 'point', filled: true, size: 70, opacity: 1 }, encoding: { x, y, color, shape: { field: 'kind', type: 'nominal', legend: null, scale: { domain: ['line', 'points'], range: ['circle', 'diamond'] } } } },
      { transform: [{ filter: 'datum.label !== ""' }], mark: { type: 'text', align: 'left', dx: 7, dy: -7, fontSize: 10, color: INK_COLOUR }, encoding: { x, y, text: { field: 'label' } } },
    ],
  });
};

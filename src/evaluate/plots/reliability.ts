import { draw } from './draw.js';
import { PALE_COLOUR, SERIES_COLOURS } from './theme.js';

/** Decisions of like confidence, taken together. */
export interface ReliabilityBin {
  /** Mean confidence of the bin, 0…1. */
  readonly confidence: number;
  /** Share of them that were right, 0…1. */
  readonly accuracy: number;
  readonly count: number;
}

/** What the reliability diagram needs. */
export interface Reliability {
  readonly title: string;
  readonly series: readonly {
    readonly name: string;
    readonly bins: readonly ReliabilityBin[];
    /** Expected calibration error, 0…1. */
    readonly calibrationError: number;
  }[];
}

/**
 * How often a decision is right, against how sure it was. On the diagonal, confidence means what it says; below it,
 * it is overconfident. A point's area is the number of decisions.
 * @see Guo et al., On Calibration of Modern Neural Networks, 2017
 */
export const reliabilityPlot = async ({ title, series }: Reliability): Promise<string> => {
  const name = (one: Reliability['series'][number]): string => `${one.name} (ECE ${(one.calibrationError * 100).toFixed(1)} %)`;
  const values = series.flatMap((one) => one.bins.filter((bin) => bin.count > 0).map((bin) => ({ series: name(one), confidence: bin.confidence * 100, accuracy: bin.accuracy * 100, count: bin.count })));
  const axis = { scale: { domain: [0, 100] }, type: 'quantitative' as const };
  const x = { ...axis, field: 'confidence', title: 'mean confidence [%]' };
  const y = { ...axis, field: 'accuracy', title: 'right [%]' };
  const [domain, range] = [series.map(name), [...SERIES_COLOURS]];
  const color = { field: 'series', type: 'nominal', sort: null, title: null, scale: { domain, range }, legend: { orient: 'bottom', columns: 1, symbolType: 'circle' } } as const;
  return draw({
    title: { text: title, subtitle: 'area: how many decisions; dashed: confidence that means what it says' },
    width: 340, height: 340,
    layer: [
      { data: { values: [{ confidence: 0, accuracy: 0 }, { confidence: 100, accuracy: 100 }] }, mark: { type: 'line', color: PALE_COLOUR, strokeDash: [5, 4], strokeWidth: 1.2 }, encoding: { x, y } },
      { data: { values }, mark: { type: 'line', strokeWidth: 1.5, opacity: 0.7 }, encoding: { x, y, color } },
      { data: { values }, mark: { type: 'circle', opacity: 0.85 }, encoding: { x, y, color, size: { field: 'count', type: 'quantitative', scale: { range: [20, 500] }, legend: { title: 'decisions', orient: 'right', tickCount: 3, symbolFillColor: PALE_COLOUR } } } },
    ],
  });
};

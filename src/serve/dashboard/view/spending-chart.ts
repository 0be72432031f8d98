import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { clock, number } from '../format.js';
import { bookedOver, ratesOf, type Bin } from '../spending.js';

/** What is plotted: measured time, operations, or the part of the budget that is booked. */
export type Unit = 'ms' | 'gmacs' | 'booked';

/** What the chart is given. */
export interface ChartProps {
  readonly bins: readonly Bin[];
  readonly unit: Unit;
  /** What may be spent [unit/s, or per cent]; undefined without a bound. */
  readonly budget: number | undefined;
  /** Changes when the colours do. */
  readonly theme: string;
}

const HEIGHT = 132;
const IN_WORDS: Readonly<Record<Unit, string>> = { ms: 'milliseconds a second', gmacs: 'billions of multiply-accumulates a second', booked: 'per cent of the budget' };

const colour = (element: Element, name: string): string => getComputedStyle(element).getPropertyValue(name).trim();

const dataOf = ({ bins, unit, budget }: ChartProps, nowS: number): uPlot.AlignedData => {
  if (unit === 'booked') {
    const { times, percent } = bookedOver(bins, nowS);
    const none = times.map(() => null);
    return [[...times], none, none, [...percent], times.map(() => 100)];
  }
  const { times, listening, looking, decoding } = ratesOf(bins, unit, nowS);
  return [[...times], [...decoding], [...looking], [...listening], times.map(() => budget ?? null)];
};

const optionsFor = (element: Element, width: number): uPlot.Options => {
  const [ink, line] = [colour(element, '--muted'), colour(element, '--line')];
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const area = (name: string): uPlot.Series => ({ fill: colour(element, name), stroke: colour(element, name), width: 0, points: { show: false } });
  const axis: uPlot.Axis = { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  return {
    width, height: HEIGHT,
    legend: { show: false }, cursor: { show: false }, padding: [8, 20, 0, 0],
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(max * 1.15, 1e-3)] } },
    axes: [
      { ...axis, size: 22, space: 60, incrs: [30, 60, 120], values: (_, times) => times.map((time) => clock(time).slice(0, time % 60 === 0 ? 5 : 8)) },
      { ...axis, size: 44, space: 30, values: (_, values) => values.map(number) },
    ],
    series: [{}, area('--decoding'), area('--looking'), area('--listening'), { stroke: colour(element, '--bad'), width: 1.5, dash: [5, 4], points: { show: false } }],
  };
};

/** Whether the system wants it dark: colours on a canvas do not follow by themselves. */
const useSystemDark = (): boolean => {
  const [query] = useState(() => matchMedia('(prefers-color-scheme: dark)'));
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const changed = (): void => { setDark(query.matches); };
    query.addEventListener('change', changed);
    return () => { query.removeEventListener('change', changed); };
  }, [query]);
  return dark;
};

/** Spending over the last five minutes, stacked by what it went to, with the budget as a dashed line. */
export const SpendingChart = (props: ChartProps): VNode => {
  const place = useRef<HTMLDivElement | null>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const { bins, unit, budget, theme } = props;
  const systemDark = useSystemDark();
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = new uPlot(optionsFor(element, element.clientWidth), dataOf(props, Date.now() / 1000), element);
    plot.current = made;
    const resized = new ResizeObserver(() => { made.setSize({ width: element.clientWidth, height: HEIGHT }); });
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.current = undefined;
      made.destroy();
    };
  }, [unit, theme, systemDark]);
  useEffect(() => { plot.current?.setData(dataOf(props, Date.now() / 1000)); }, [bins, unit, budget]);
  return html`<div class="chart" ref=${place} role="img" aria-label=${`Spending over the last five minutes, in ${IN_WORDS[unit]}`}></div>`;
};

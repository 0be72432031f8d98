import { Counter, Gauge, type Registry } from 'prom-client';
import type { CameraReport, Site } from '../site.js';

/** Lists what only the site knows of its cameras: read at each scrape. */
export const addSiteMetrics = (site: Pick<Site, 'cameras'>, ...registers: Registry[]): void => {
  /** A figure of each camera that has it, by further labels. */
  const gauge = <L extends string>(name: string, help: string, labels: readonly L[], read: (camera: CameraReport) => [Record<L, string>, number][]): Gauge<L | 'camera'> =>
    new Gauge<L | 'camera'>({
      name: `hearken_${name}`, help, labelNames: ['camera', ...labels], registers,
      collect() {
        this.reset();
        for (const camera of site.cameras()) for (const [own, value] of read(camera)) this.set({ camera: camera.name, ...own } as Record<L | 'camera', string>, value);
      },
    });
  gauge('realtime_debt_seconds', 'From the end of the last segment to its prediction: how far behind the camera recognition is.', [],
    ({ figures }) => figures.lag_ms === null ? [] : [[{}, figures.lag_ms / 1000]]);
  gauge('gate_blackout', '1 while a gate has been shut for longer than max_blackout_s.', ['gate'],
    ({ gates }) => Object.entries(gates).map(([gate, { blackout }]) => [{ gate }, blackout ? 1 : 0]));
  gauge('looked_ratio', 'Share of the segments for which a picture was looked at.', [], ({ figures }) => [[{}, figures.looked_share]]);
  gauge('budget_utilization', 'Booked part of a cap over its last window: the camera’s own, or that of all cameras.', ['scope', 'currency'], ({ figures: { budget } }) => {
    const of = (scope: string, parts: { readonly gmacs: number | null; readonly ms: number | null }): [Record<'scope' | 'currency', string>, number][] =>
      (['gmacs', 'ms'] as const).flatMap((currency): [Record<'scope' | 'currency', string>, number][] => (parts[currency] === null ? [] : [[{ scope, currency }, parts[currency]]]));
    return budget === undefined ? [] : [...of('camera', budget.utilization), ...of('site', budget.site_utilization)];
  });
  gauge('budget_price_bits', 'What a look must be worth for each second of the caps that it takes.', [], ({ figures: { budget } }) => (budget === undefined ? [] : [[{}, budget.price]]));
  gauge('budget_debt_seconds', 'Time spent beyond what was reserved, still to be paid by not looking.', [], ({ figures: { budget } }) => (budget === undefined ? [] : [[{}, budget.debt_ms / 1000]]));
  new Counter({
    name: 'hearken_budget_refusals_total', help: 'What the budget refused, by why: price, cap, never, listening.', labelNames: ['camera', 'why'], registers,
    collect() {
      this.reset();
      for (const { name, figures } of site.cameras()) for (const [why, count] of Object.entries(figures.budget?.refusals ?? {})) this.inc({ camera: name, why }, count);
    },
  });
  new Counter({
    name: 'hearken_segments_dropped_total', help: 'Segments that were never recognised.', labelNames: ['camera', 'reason'], registers,
    collect() {
      this.reset();
      for (const { name, figures } of site.cameras()) this.inc({ camera: name, reason: 'overtaken' }, figures.dropped);
    },
  });
};

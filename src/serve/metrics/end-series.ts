import type { Counter, Gauge, Histogram } from 'prom-client';

/** Ends the series of one camera in one metric. */
export const endSeries = async (metric: Counter | Gauge | Histogram, camera: string): Promise<void> => {
  const { values } = await metric.get();
  for (const { labels } of values) {
    if (labels['camera'] !== camera) continue;
    // A histogram's buckets carry a label that is no part of the series' name.
    metric.remove(Object.fromEntries(Object.entries(labels).filter(([label]) => label !== 'le')));
  }
};

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quantile } from '../../src/evaluate/order.js';
import { describePack, loadPack } from '../../src/inference/pack.js';
import { cacheFolder } from './places.js';

/** What a pack's only net costs: its size, its products, and the times measured [ms]. */
export const costOf = async (folder: string, times: readonly number[]): Promise<object> => {
  const [sense] = (await describePack(await loadPack(folder))).senses;
  return {
    megabytes: statSync(join(folder, sense?.file ?? '')).size / 1e6, macs: sense?.macs, parameters: sense?.parameters,
    ms: { p10: quantile(times, 0.1), median: quantile(times, 0.5), p90: quantile(times, 0.9), runs: times.length },
  };
};

/** What a training script said of itself. */
export const trainingOf = (name: string): unknown => JSON.parse(readFileSync(join(cacheFolder(), `${name}-training.json`), 'utf8')) as unknown;

/** Writes a pack's metrics.json, five digits to a number, and prints it. */
export const saveMetrics = (folder: string, madeBy: string, metrics: object): void => {
  const round = (_: string, value: unknown): unknown => (typeof value === 'number' ? Number(value.toPrecision(5)) : value);
  const text = `${JSON.stringify({ made_by: madeBy, ...metrics }, round, 2)}\n`;
  writeFileSync(join(folder, 'metrics.json'), text);
  process.stdout.write(text);
};

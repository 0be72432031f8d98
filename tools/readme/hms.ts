/** The README's figures of HMS, out of the shipped packs' own metrics. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Summary } from '../experiments/summary.js';
import { interval, table } from '../experiments/tables.js';

/** The shipped packs, and what they were measured on. */
const PACKS = [
  { name: 'playground', on: 'rendered scenes, 24 classes and background' },
  { name: 'airspace', on: 'composed airspace, 4 classes' },
] as const;

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

const rowOf = (models: string, name: string, on: string): string[] => {
  const s = read(join(models, name, 'metrics.json')) as Summary;
  const time = join(models, name, 'time.json');
  const speedUp = existsSync(time) ? `${(read(time) as { readonly speedUp: number }).speedUp.toFixed(1)} times less` : 'not measured';
  return [
    `[${name}](models/${name}/README.md): ${on}`, interval(s.hms.accuracy), interval(s.always.accuracy), interval(s.random.accuracy),
    `${(s.macsShare * 100).toFixed(1)} %`, speedUp, `${(s.hms.appearance * 100).toFixed(0)} %, ${(s.hms.motion * 100).toFixed(0)} %`,
  ];
};

/** The table of all packs that are there; empty where none is. */
export const hmsSection = (models = 'models'): string => {
  const rows = PACKS.filter(({ name }) => existsSync(join(models, name, 'metrics.json'))).map(({ name, on }) => rowOf(models, name, on));
  return rows.length === 0 ? '' : `${table(['', 'HMS, accuracy [%]', 'everything at every step [%]', 'gates at random, same rates [%]', 'multiply-accumulates, of everything', 'measured time, gates open against HMS', 'steps that look, watch'], rows)}\n\n![Accuracy against compute](models/playground/curve.svg)`;
};

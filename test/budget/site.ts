/** One segment of a simulated camera after the other: what tests of a site's budget are made of. */
import type { CameraBudget } from '../../src/budget/camera-budget.js';
import type { CameraBudgetOptions } from '../../src/budget/site-side.js';
import type { SenseName } from '../../src/inference/manifest.js';
import { belief, cost, reading } from './beliefs.js';

export const HOP_US = 500_000;
export const GRAPH = { hopUs: HOP_US, gmacs: { audio: 0.01, appearance: 0.1, motion: 0.5 }, policyGmacs: { audio: 0, appearance: 0, motion: 0 } };
export const FREE: CameraBudgetOptions = { gmacsPerS: null, msPerS: null, burstS: 10, priority: 1 };

/** What a look is worth. */
export const wish = (worth: number): number => worth;

/** One segment of a camera: heard, looked at if that is granted, settled. */
export const segment = (camera: CameraBudget, index: number, looks: Readonly<Partial<Record<'appearance' | 'motion', number>>>, ms: Readonly<Record<SenseName, number>> = { audio: 2, appearance: 20, motion: 100 }): { readonly heard: boolean; readonly looked: readonly string[]; readonly why: readonly string[] } => {
  const endUs = (index + 1) * HOP_US;
  const heard = camera.hear(endUs);
  const looked: ('appearance' | 'motion')[] = [];
  const why: string[] = [];
  for (const sense of ['appearance', 'motion'] as const) {
    const worth = looks[sense];
    if (worth === undefined) continue;
    const refusal = camera.look(sense, worth);
    if (refusal === undefined) looked.push(sense);
    else why.push(refusal);
  }
  const senses: readonly SenseName[] = [...(heard ? ['audio' as const] : []), ...looked];
  camera.settle(belief(index, { readings: Object.fromEntries(senses.map((sense) => [sense, reading(sense, cost(GRAPH.gmacs[sense], ms[sense]))])) }));
  return { heard, looked, why };
};

/** How many of so many acts were so. */
export const counting = (count: number, act: (index: number) => boolean): number => Array.from({ length: count }, (_, i) => act(i)).filter(Boolean).length;

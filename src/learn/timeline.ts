/** Long recordings with a timeline of what happens: features with a target at each step, cut into stretches to train on. */
import { z } from 'zod';
import { Fault } from '../faults.js';
import { SENSE_NAMES } from './widths.js';
import type { Extracted } from './extract.js';
import type { FeatureSequence } from './types.js';
import type { SenseName } from '../inference/manifest.js';

/** What is right during a span of media time [µs], end exclusive. */
export interface Span {
  readonly startUs: number;
  readonly endUs: number;
  readonly label: string;
}

const lineSchema = z.looseObject({ startUs: z.number(), endUs: z.number(), label: z.string().optional(), target: z.string().optional() });

/** A step belongs to a span that fills at least this much of its window. */
const ENOUGH = 0.5;

const spanOf = (line: string, number: number, name: string): Span[] => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Fault('learn', 'data-unusable', `Line ${number} of ${name} is no JSON.`, { remedy: 'A timeline is one object a line: {"startUs": 0, "endUs": 2000000, "label": "dog"}.', cause });
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) return [];
  const { startUs, endUs, label, target } = parsed.data;
  const is = target ?? label;
  return is === undefined ? [] : [{ startUs, endUs, label: is }];
};

/**
 * Reads a timeline: one JSON object a line. Lines with `kind: "step"` say what is right step by step, and then only they
 * count; else every line with `startUs`, `endUs` and a `label` is an event. Other lines and other fields are passed over.
 * @param name of the file, for errors
 * @throws Fault `data-unusable` for a line that is no JSON
 */
export const readTimeline = (text: string, name: string): Span[] => {
  const lines = text.split('\n').map((line, i) => ({ line: line.trim(), number: i + 1 })).filter(({ line }) => line !== '');
  const steps = lines.filter(({ line }) => /"kind"\s*:\s*"step"/.test(line));
  return (steps.length > 0 ? steps : lines).flatMap(({ line, number }) => spanOf(line, number, name));
};

const overlapUs = (a: Pick<Span, 'startUs' | 'endUs'>, b: Pick<Span, 'startUs' | 'endUs'>): number => Math.min(a.endUs, b.endUs) - Math.max(a.startUs, b.startUs);

/**
 * The label of each step: that of the span which fills most of its window, at least half of it; of equals, the first.
 * @param startsUs where each step's window starts, `[T]`
 * @returns `[T]` labels; undefined where nothing fills half of the window
 */
export const labelsAt = (spans: readonly Span[], startsUs: Float64Array, windowUs: number): (string | undefined)[] => {
  const sorted = [...spans].sort((a, b) => a.startUs - b.startUs);
  const longestUs = Math.max(0, ...sorted.map(({ startUs, endUs }) => endUs - startUs));
  let first = 0;
  return Array.from(startsUs, (startUs) => {
    const window = { startUs, endUs: startUs + windowUs };
    // Starts only grow, so that what ended long before is never looked at again.
    while (first < sorted.length && (sorted[first]?.startUs ?? 0) + longestUs <= startUs) first += 1;
    let best: { label: string; us: number } | undefined;
    for (let i = first; i < sorted.length; i += 1) {
      const span = sorted[i];
      if (span === undefined || span.startUs >= window.endUs) break;
      const us = overlapUs(span, window);
      if (us >= ENOUGH * windowUs && us > (best?.us ?? 0)) best = { label: span.label, us };
    }
    return best?.label;
  });
};

/** What a stream is labelled with. */
export interface StreamLabels {
  readonly spans: readonly Span[];
  /** Length of a step's window [µs]. */
  readonly windowUs: number;
  readonly labels: readonly string[];
  /** What is right where no span is: one of `labels`. */
  readonly background: string;
}

/**
 * A long recording as one sequence with a target at each step.
 * @throws Fault `data-unusable` for a label that is not among `labels`
 */
export const streamSequence = (id: string, extracted: Extracted, { spans, windowUs, labels, background }: StreamLabels): FeatureSequence => {
  const { steps, features, present, startsUs } = extracted;
  const targets = Int32Array.from(labelsAt(spans, startsUs, windowUs), (label) => {
    const target = labels.indexOf(label ?? background);
    if (target < 0) throw new Fault('learn', 'data-unusable', `The timeline of ${id} names ${label ?? background}, which is none of the labels.`, { remedy: 'Add it to the labels, or correct the timeline.' });
    return target;
  });
  return { id, steps, features, present, targets, source: id };
};

/**
 * Cuts a sequence into stretches of `steps`, one after the other; a rest of at least half as many is kept. All have the
 * whole's source, so that no split parts them. The arrays are views, not copies.
 */
export const stretchesOf = (sequence: FeatureSequence, steps: number): FeatureSequence[] => {
  const stretches: FeatureSequence[] = [];
  for (let from = 0; from < sequence.steps; from += steps) {
    const to = Math.min(from + steps, sequence.steps);
    if (from > 0 && to - from < steps / 2) break;
    const rows = (sense: SenseName): Float32Array => {
      const width = sequence.features[sense].length / sequence.steps;
      return sequence.features[sense].subarray(from * width, to * width);
    };
    const cut = <T>(of: (sense: SenseName) => T): Record<SenseName, T> => Object.fromEntries(SENSE_NAMES.map((sense) => [sense, of(sense)])) as Record<SenseName, T>;
    stretches.push({
      id: `${sequence.id}#${from}`, steps: to - from, features: cut(rows), present: cut((sense) => sequence.present[sense].subarray(from, to)),
      targets: sequence.targets.subarray(from, to), source: sequence.source ?? sequence.id,
    });
  }
  return stretches;
};

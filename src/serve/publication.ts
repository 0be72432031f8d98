import type { LabelScore, Output } from '../emit/types.js';
import type { Filter, Kind } from './protocol.js';

/** One message, serialised once for all who get it, with what filters need to know of it. */
export interface Publication {
  readonly seq: number;
  readonly kind: Kind;
  readonly camera: string;
  /** Labels it is about, best score first met; absent when labels do not concern it. */
  readonly labels?: readonly LabelScore[];
  /** The JSON text from `"seq"` on, which is the same for every subscription. */
  readonly tail: string;
  /** About what it occupies [bytes]. */
  readonly bytes: number;
}

const labelsOf = (output: Output): readonly LabelScore[] | undefined => {
  switch (output.kind) {
    case 'event': return [{ label: output.event.label, score: output.event.top_score }];
    case 'answer': {
      const { label, score } = output.answer;
      return label === null ? [] : [{ label, score }];
    }
    case 'segment': {
      const { known = [], heard, seen, watched } = output.segment;
      return [...known, ...heard, ...seen?.labels ?? [], ...watched?.labels ?? []];
    }
    default: return undefined;
  }
};

const bodyOf = (output: Output): unknown => {
  switch (output.kind) {
    case 'event': return output.event;
    case 'answer': return output.answer;
    case 'segment': return output.segment;
    case 'gate': return output.gate;
    case 'state': return output.state;
  }
};

/** Makes a message of what a camera's stream put out. */
export const publication = (seq: number, camera: string, output: Output): Publication => {
  const { kind } = output;
  const labels = labelsOf(output);
  const tail = `"seq":${seq},"camera":${JSON.stringify(camera)},"${kind}":${JSON.stringify(bodyOf(output))}}`;
  return { seq, kind, camera, tail, bytes: Buffer.byteLength(tail), ...(labels === undefined ? {} : { labels }) };
};

/** The text for one subscription: only the head differs. */
export const textFor = (subscription: number, { kind, tail }: Publication): string =>
  `{"type":"${kind}","subscription":${subscription},${tail}`;

/** The text for those who have no subscription with a number: SSE, webhooks. */
export const plainText = ({ kind, tail }: Publication): string => `{"type":"${kind}",${tail}`;

/** A subscription's filters, ready for use. */
export interface Selection {
  readonly kinds: readonly Kind[];
  matches(publication: Publication): boolean;
}

const setOf = (list: readonly string[] | undefined): ReadonlySet<string> | undefined => list === undefined ? undefined : new Set(list);

/** Prepares filters, so that matching a message looks up and compares only. */
export const select = (filter: Filter): Selection => {
  const kinds = [...new Set(filter.kinds ?? ['event' as const])];
  const kindSet = new Set<Kind>(kinds);
  const cameras = setOf(filter.cameras);
  const labels = setOf(filter.labels);
  const minScore = filter.min_score ?? 0;
  const wanted = ({ label, score }: LabelScore): boolean => score >= minScore && labels?.has(label) !== false;
  const anyLabel = labels === undefined && minScore === 0;
  return {
    kinds,
    matches: ({ kind, camera, labels: about }) =>
      kindSet.has(kind) && cameras?.has(camera) !== false && (anyLabel || about === undefined || about.some(wanted)),
  };
};

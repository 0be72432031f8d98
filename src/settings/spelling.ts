/** From the file's spelling to the program's: keys by the schema, values of variables by what is expected there. */
import { z } from 'zod';
import { emptyAt, type Located, type LocatedEntry, type LocatedMap, type LocatedScalar, type Place } from './located.js';
import type { Report } from './problem.js';
import { inFile } from './site-schema.js';
import { scalarOf } from './yaml.js';

/** Steps from one word to another: letters changed, put in or left out. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length] ?? 0;
};

/** The known word most like this one: the fewest steps away, or the first that holds it whole. Undefined when none is near. */
export const nearestWord = (word: string, known: readonly string[]): string | undefined => {
  const lower = word.toLowerCase();
  const [best] = known.map((name) => ({ name, steps: distance(lower, name) })).sort((a, b) => a.steps - b.steps);
  if (best !== undefined && best.steps <= Math.max(1, Math.floor(best.name.length / 3))) return best.name;
  return known.find((name) => lower.length > 2 && (name.startsWith(lower) || lower.startsWith(`${name}_`)));
};

/** What is inside of defaults, optional and null. */
const bare = (schema: z.core.$ZodType): z.core.$ZodType => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return bare(schema.unwrap());
  return schema;
};

const unknownKey = (key: string, at: Place, known: readonly string[], report: Report): void => {
  const near = known.includes(inFile(key)) ? inFile(key) : nearestWord(key, known);
  report('error', at, `"${key}" is not known here; ${near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`}`);
};

/** What a variable holds is text; where the schema wants something else, it is read as YAML would read it. */
const variable = (node: LocatedScalar, schema: z.core.$ZodType): LocatedScalar => {
  if (node.substituted === undefined || typeof node.value !== 'string' || z.safeParse(schema, node.value).success) return node;
  return { ...node, value: scalarOf(node.value) };
};

const mapping = (node: LocatedMap, shape: Readonly<Record<string, z.core.$ZodType>>, report: Report): LocatedMap => {
  const known = new Map(Object.keys(shape).map((key) => [inFile(key), key]));
  const entries = new Map<string, LocatedEntry>();
  for (const [key, { keyAt, value }] of node.entries) {
    const name = known.get(key);
    const schema = name === undefined ? undefined : shape[name];
    if (name === undefined || schema === undefined) unknownKey(key, keyAt, [...known.keys()], report);
    else {
      const inner = bare(schema);
      const isSection = inner instanceof z.ZodObject || inner instanceof z.ZodRecord;
      // A section, or a list, of which all is commented out.
      const isEmpty = value.kind === 'scalar' && value.value === null;
      if (isSection && isEmpty) entries.set(name, { keyAt, value: emptyAt(keyAt) });
      else if (isEmpty && inner instanceof z.ZodArray && !z.safeParse(schema, null).success) entries.set(name, { keyAt, value: { kind: 'list', at: keyAt, items: [] } });
      else entries.set(name, { keyAt, value: understood(value, schema, report) });
    }
  }
  return { ...node, entries };
};

/**
 * A value with the keys that the program knows, and what variables hold as numbers where numbers are wanted. Keys that the
 * schema does not know are reported, with the nearest that it does, and left out. What types are wrong is for the schema.
 */
export const understood = (node: Located, schema: z.core.$ZodType, report: Report): Located => {
  const inner = bare(schema);
  if (node.kind === 'scalar') return variable(node, schema);
  if (inner instanceof z.ZodObject && node.kind === 'map') return mapping(node, inner.shape, report);
  if (inner instanceof z.ZodRecord && node.kind === 'map') {
    const { valueType } = inner;
    return { ...node, entries: new Map([...node.entries].map(([key, { keyAt, value }]) => [key, { keyAt, value: understood(value, valueType, report) }])) };
  }
  if (inner instanceof z.ZodArray && node.kind === 'list') {
    const { element } = inner;
    return { ...node, items: node.items.map((item) => understood(item, element, report)) };
  }
  return node;
};

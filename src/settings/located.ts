/** Values that know where they were written, so that whatever is wrong with them later can be shown there. */

/** Where something stands in a file. */
export interface Place {
  /** Counted from 1; 0 where there is no text (a definition given over REST). */
  readonly line: number;
  readonly column: number;
  /** Keys and indices from the top of the file, as they are written there: `cameras.dock.gate.heartbeat_s`. */
  readonly path: string;
}

/** A single value. */
export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly at: Place;
  readonly value: unknown;
  /** Set when variables were put into it: how it may be shown, and whether some came from the environment or were missing. */
  readonly substituted?: { readonly shown: string; readonly secret: boolean; readonly faulty: boolean };
}

/** A list. */
export interface LocatedList {
  readonly kind: 'list';
  readonly at: Place;
  readonly items: readonly Located[];
}

/** A mapping; `at` is where its own key stands. */
export interface LocatedMap {
  readonly kind: 'map';
  readonly at: Place;
  readonly entries: ReadonlyMap<string, LocatedEntry>;
}

/** What stands under a key. */
export interface LocatedEntry {
  /** Where the key stands. */
  readonly keyAt: Place;
  readonly value: Located;
}

/** A value with its place. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

/** A mapping with nothing in it. */
export const emptyAt = (at: Place): LocatedMap => ({ kind: 'map', at, entries: new Map() });

/** The plain value. */
export const plain = (node: Located): unknown => {
  switch (node.kind) {
    case 'scalar': return node.value;
    case 'list': return node.items.map(plain);
    case 'map': return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]));
  }
};

/** The plain value as it may be shown: what came from the environment is `***`. */
export const shown = (node: Located): unknown => {
  switch (node.kind) {
    case 'scalar': return node.substituted?.secret === true ? node.substituted.shown : node.value;
    case 'list': return node.items.map(shown);
    case 'map': return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, shown(value)]));
  }
};

/** Lays one value over another, key by key; lists and single values are replaced whole. Each keeps its own place. */
export const layered = (below: Located, above: Located): Located => {
  if (below.kind !== 'map' || above.kind !== 'map') return above;
  const entries = new Map(below.entries);
  for (const [key, entry] of above.entries) {
    const under = entries.get(key);
    entries.set(key, under === undefined ? entry : { keyAt: entry.keyAt, value: layered(under.value, entry.value) });
  }
  return { kind: 'map', at: above.at, entries };
};

/** The value under a path, or the nearest one above it that is there. */
export const nearest = (node: Located, path: readonly PropertyKey[]): { readonly node: Located; readonly missing: readonly PropertyKey[] } => {
  const [key, ...rest] = path;
  if (key === undefined) return { node, missing: [] };
  const next = node.kind === 'map' ? node.entries.get(String(key))?.value : node.kind === 'list' ? node.items[Number(key)] : undefined;
  return next === undefined ? { node, missing: path } : nearest(next, rest);
};

/** Plain data (of JSON) as located values without lines. */
export const located = (value: unknown, path: string): Located => {
  const at: Place = { line: 0, column: 0, path };
  if (Array.isArray(value)) return { kind: 'list', at, items: value.map((item, i) => located(item, `${path}[${i}]`)) };
  if (typeof value !== 'object' || value === null) return { kind: 'scalar', at, value };
  return {
    kind: 'map', at,
    entries: new Map(Object.entries(value).map(([key, item]) => {
      const below = path === '' ? key : `${path}.${key}`;
      return [key, { keyAt: { ...at, path: below }, value: located(item, below) }];
    })),
  };
};

/** From YAML text to located values. The one file that knows the package yaml. */
import { LineCounter, isAlias, isMap, isScalar, isSeq, parse, parseDocument, type Alias, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { hasReferences, substitute, type Environment } from './environment.js';
import { emptyAt, type Located, type LocatedEntry, type LocatedScalar, type Place } from './located.js';
import type { Report, Secrets } from './problem.js';

/** More values than any site needs: aliases of aliases grow without bound. */
const MOST_VALUES = 50_000;
/** Mappings within mappings: an alias inside of what it names has no end. */
const DEEPEST = 32;
/** Characters of a file; more is no configuration. */
const MOST_CHARACTERS = 4 * 2 ** 20;

/** A plain value as YAML reads it: a number, true, false, null, or the text itself. */
export const scalarOf = (text: string): unknown => {
  if (!/^[-+.\w]+$/.test(text)) return text;
  const value: unknown = parse(text, { version: '1.2', schema: 'core' });
  return typeof value === 'object' && value !== null ? text : value;
};

class Reader {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #environment: Environment;
  readonly #report: Report;
  readonly #secrets: Secrets;
  #values = 0;
  #depth = 0;

  constructor(document: Document.Parsed, lines: LineCounter, environment: Environment, report: Report, secrets: Secrets) {
    this.#document = document;
    this.#lines = lines;
    this.#environment = environment;
    this.#report = report;
    this.#secrets = secrets;
  }

  place(offset: number | undefined, path: string): Place {
    const { line, col } = this.#lines.linePos(offset ?? 0);
    return { line: Math.max(1, line), column: Math.max(1, col), path };
  }

  /** A node as a located value; `keyAt` is the place of its key, which stands for a mapping. */
  read(node: Node | null, path: string, keyAt: Place): Located {
    this.#values += 1;
    if (this.#values === MOST_VALUES + 1 || this.#depth === DEEPEST) this.#report('error', keyAt, 'there is more in this than can be; look for aliases (*name) inside of what they name');
    if (node === null || this.#values > MOST_VALUES || this.#depth >= DEEPEST) return { kind: 'scalar', at: keyAt, value: null };
    this.#depth += 1;
    try {
      return this.#readNode(node, path, keyAt);
    } finally {
      this.#depth -= 1;
    }
  }

  #readNode(node: Node, path: string, keyAt: Place): Located {
    const at = this.place(node.range?.[0], path);
    if (isAlias(node)) return this.#alias(node, path, at, keyAt);
    if (isMap(node)) return this.#map(node, path, keyAt);
    if (isSeq(node)) return { kind: 'list', at: keyAt, items: node.items.map((item, i) => this.read(item as Node | null, `${path}[${i}]`, { ...at, path: `${path}[${i}]` })) };
    return isScalar(node) ? this.#scalar(node.value, at) : { kind: 'scalar', at, value: null };
  }

  #alias(node: Alias, path: string, at: Place, keyAt: Place): Located {
    const target = node.resolve(this.#document);
    if (target !== undefined) return this.read(target, path, keyAt);
    this.#report('error', at, 'this alias (*name) names no anchor (&name) above it');
    return { kind: 'scalar', at, value: null };
  }

  #map(node: YAMLMap, path: string, keyAt: Place): Located {
    const entries = new Map<string, LocatedEntry>();
    for (const pair of node.items) this.#pair(pair as Pair<Node, Node | null>, path, entries);
    return { kind: 'map', at: keyAt, entries };
  }

  #pair({ key, value }: Pair<Node, Node | null>, path: string, entries: Map<string, LocatedEntry>): void {
    const name = isScalar(key) ? String(key.value) : undefined;
    if (name === undefined) {
      this.#report('error', this.place(key.range?.[0], path), 'a key must be a single word; quote values with ${…} inside { }');
      return;
    }
    const below = path === '' ? name : `${path}.${name}`;
    const keyAt = this.place(key.range?.[0], below);
    const first = entries.get(name);
    if (first === undefined) entries.set(name, { keyAt, value: this.read(value, below, keyAt) });
    else this.#report('error', keyAt, `this key is there twice; first in line ${first.keyAt.line}`);
  }

  #scalar(value: unknown, at: Place): LocatedScalar {
    if (typeof value !== 'string' || !hasReferences(value)) return { kind: 'scalar', at, value };
    const { text, shown, secrets, faults } = substitute(value, this.#environment);
    for (const fault of faults) this.#report('error', at, fault);
    for (const secret of secrets) this.#secrets.add(secret);
    return { kind: 'scalar', at, value: text, substituted: { shown, secret: secrets.length > 0, faulty: faults.length > 0 } };
  }
}

/** What a syntax error is about, in its first sentence. */
const firstLine = (message: string): string => message.split('\n')[0]?.replace(/[.:]$/, '') ?? message;

/**
 * Reads YAML 1.2 with the variables of the environment put in. Everything wrong is reported with its place: syntax, keys that
 * are there twice, missing variables. Pure.
 */
export const readYaml = (text: string, environment: Environment, report: Report, secrets: Secrets): Located => {
  const top: Place = { line: 1, column: 1, path: '' };
  if (text.length > MOST_CHARACTERS) {
    report('error', top, 'the file is too large to be a configuration');
    return emptyAt(top);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false, version: '1.2', schema: 'core' });
  const reader = new Reader(document, lines, environment, report, secrets);
  for (const { pos, message } of document.errors) report('error', reader.place(pos[0], ''), `this is not YAML: ${firstLine(message)}`);
  for (const { pos, message } of document.warnings) report('warning', reader.place(pos[0], ''), firstLine(message));
  return document.errors.length > 0 || document.contents === null ? emptyAt(top) : reader.read(document.contents, '', top);
};

/** From the text of a configuration file to checked settings, with every mistake and its place. Pure. */
import type { z } from 'zod';
import type { SiteBudgetSettings } from './budget.js';
import { emptyAt, layered, located, nearest, plain, shown, type Located, type LocatedEntry, type LocatedMap, type Place } from './located.js';
import { Secrets, errorsOf, type Problem, type Report } from './problem.js';
import { checkProfile, profileShape, type Profile, type ProfileIssue } from './profile.js';
import { cameraSchema, inFile, PROFILE_SECTIONS, siteFileSchema, type ServeSettings, type WebhookSettings } from './site-schema.js';
import { understood } from './spelling.js';
import type { Environment } from './environment.js';
import { readYaml } from './yaml.js';

/** One camera, ready to be opened. */
export interface CameraSettings {
  readonly name: string;
  /** With its secrets. */
  readonly source: { readonly url: string; readonly transport?: 'tcp' | 'udp' };
  readonly profile: Profile;
  /** What it was given, in the spelling of the file; what came from the environment is hidden. */
  readonly shown: Readonly<Record<string, unknown>>;
}

/** A configuration without mistakes. */
export interface SiteSettings {
  readonly serve: ServeSettings;
  readonly threads: number;
  readonly allow: readonly string[];
  readonly webhooks: readonly WebhookSettings[];
  readonly cameras: ReadonlyMap<string, CameraSettings>;
  /** What all cameras may spend together. */
  readonly budget: SiteBudgetSettings;
  /** The settings above all cameras, for those that are added later. */
  readonly base: StreamLayer;
}

/** Settings of a stream that lie under those of a camera. */
export interface StreamLayer {
  readonly layer: LocatedMap;
}

/** What a file says. */
export interface SiteReading {
  /** Absent when there are errors. */
  readonly settings?: SiteSettings;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
  /** What must never be shown, also when there are errors. */
  readonly secrets: Secrets;
  /** Where everything stands, for checks that go further; camelCase keys. */
  readonly tree: Located;
}

/** Gathers problems, each once, without secrets. */
class Problems {
  readonly #found = new Map<string, Problem>();
  readonly #secrets: Secrets;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  readonly report: Report = (severity, at, said) => {
    const message = this.#secrets.hide(said);
    // What is wrong above all cameras is wrong in each of them, too.
    const key = at.line === 0 ? `${at.path} ${message}` : `${at.line}:${at.column} ${message}`;
    if (!this.#found.has(key)) this.#found.set(key, { severity, ...at, message });
  };

  get sorted(): Problem[] {
    return [...this.#found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  get any(): boolean {
    return errorsOf([...this.#found.values()]).length > 0;
  }
}

/** What the schema says, as people would. */
const said = (message: string): string => message
  .replace(/\b[a-z]+(?:\.[a-zA-Z]+)+\b/g, inFile)
  .replace(/^Invalid input: expected (.*), received undefined$/, 'is missing ($1 expected)')
  .replace(/^Invalid input: expected (\w+), received (\w+)$/, 'is $2, and $1 is expected')
  .replace(/^Invalid key in record$/, 'a camera is named by letters, digits, "_", "." and "-", at most 64, the first a letter or a digit')
  .replace(/^Too (?:small|big): expected \w+ to be /, 'must be ')
  .replace(/^Too (?:small|big): expected \w+ to have /, 'must have ')
  .replace(/^Invalid (?:option|input): expected /, 'must be ');

/** Reports an issue of a schema at the place of the value, or of what should hold it. */
const reportIssue = (tree: Located, { path, message }: ProfileIssue, report: Report): void => {
  const { node, missing } = nearest(tree, path);
  // A variable that is not there was reported as that.
  if (node.kind === 'scalar' && node.substituted?.faulty === true) return;
  const below = missing.map((key) => `.${inFile(String(key))}`).join('');
  report('error', { ...node.at, path: `${node.at.path}${below}`.replace(/^\./, '') }, said(message));
};

const check = <T>(schema: z.ZodType<T>, tree: Located, report: Report): T | undefined => {
  const result = schema.safeParse(plain(tree));
  if (result.success) return result.data;
  for (const issue of result.error.issues) reportIssue(tree, issue, report);
  return undefined;
};

const mapOf = (node: Located | undefined, at: Place): LocatedMap => (node?.kind === 'map' ? node : emptyAt(at));

const withEntry = (map: LocatedMap, key: string, entry: LocatedEntry): LocatedMap => ({ ...map, entries: new Map(map.entries).set(key, entry) });

/** A key that means something else at the top of the file. */
const without = (map: LocatedMap, key: string): LocatedMap => ({ ...map, entries: new Map([...map.entries].filter(([name]) => name !== key)) });

/** `model` becomes `packs.policy`. */
const withModel = (from: LocatedMap, sections: LocatedMap, report: Report): LocatedMap => {
  const model = from.entries.get('model');
  if (model === undefined) return sections;
  const packs = mapOf(sections.entries.get('packs')?.value, model.keyAt);
  if (packs.entries.has('policy')) report('error', model.keyAt, 'says the same as packs.policy; write one of them');
  return withEntry(sections, 'packs', { keyAt: model.keyAt, value: withEntry(packs, 'policy', model) });
};

/** Keys of `gate` that belong to no single gate, and the gates themselves. */
const OF_ALL_GATES: ReadonlySet<string> = new Set(Object.keys(profileShape.shape.gate.unwrap().shape));

/** What stands in `gate` itself goes under both of its gates. */
const withBothGates = (sections: LocatedMap): LocatedMap => {
  const gate = sections.entries.get('gate');
  if (gate?.value.kind !== 'map') return sections;
  const { value } = gate;
  const of = (wanted: boolean): LocatedMap => ({ ...value, entries: new Map([...value.entries].filter(([key]) => OF_ALL_GATES.has(key) === wanted)) });
  const both = of(false);
  if (both.entries.size === 0) return sections;
  const under = (sense: string): LocatedEntry => {
    const own = value.entries.get(sense);
    return own === undefined ? { keyAt: gate.keyAt, value: both } : { keyAt: own.keyAt, value: layered(both, own.value) };
  };
  return withEntry(sections, 'gate', { keyAt: gate.keyAt, value: withEntry(withEntry(of(true), 'appearance', under('appearance')), 'motion', under('motion')) });
};

/** The part of a mapping that is settings of a stream, its shorthands written out. */
const layerOf = (node: LocatedMap, report: Report): LocatedMap => {
  const sections: LocatedMap = { ...node, entries: new Map([...node.entries].filter(([key]) => PROFILE_SECTIONS.includes(key))) };
  return withBothGates(withModel(node, sections, report));
};

const profileFrom = (layer: Located, report: Report): Profile | undefined => {
  const checked = checkProfile(plain(layer));
  if ('profile' in checked) return checked.profile;
  for (const issue of checked.issues) reportIssue(layer, issue, report);
  return undefined;
};

const cameraFrom = (name: string, raw: Located, node: LocatedMap, base: LocatedMap, report: Report): CameraSettings | undefined => {
  const about: Report = (severity, at, message) => {
    report(severity, at, at.path.startsWith(node.at.path) ? message : `${message} (for the camera ${name})`);
  };
  const profile = profileFrom(layered(base, layerOf(node, report)), about);
  const [url, transport] = [node.entries.get('source')?.value, node.entries.get('transport')?.value].map((value) => (value?.kind === 'scalar' ? value.value : undefined));
  if (profile === undefined || typeof url !== 'string') return undefined;
  return { name, source: { url, ...(transport === 'tcp' || transport === 'udp' ? { transport } : {}) }, profile, shown: shown(raw) as Readonly<Record<string, unknown>> };
};

const under = (node: Located, key: string): Located | undefined => (node.kind === 'map' ? node.entries.get(key)?.value : undefined);

/**
 * Reads a configuration: every mistake is found at once, each with its place. Settings at the top hold for all cameras, key by
 * key, unless a camera says otherwise.
 */
export const readSite = (text: string, environment: Environment): SiteReading => {
  const secrets = new Secrets();
  const problems = new Problems(secrets);
  const { report } = problems;
  const raw = readYaml(text, environment, report, secrets);
  const tree = understood(raw, siteFileSchema, report);
  const site = check(siteFileSchema, tree, report);
  const base = without(layerOf(mapOf(tree, tree.at), report), 'budget');
  const baseIsGood = profileFrom(base, report) !== undefined;
  const cameras = new Map<string, CameraSettings>();
  for (const [name, { value }] of mapOf(under(tree, 'cameras'), tree.at).entries) {
    const own = under(under(raw, 'cameras') ?? raw, name);
    const camera = value.kind === 'map' && own !== undefined && baseIsGood ? cameraFrom(name, own, value, base, report) : undefined;
    if (camera !== undefined) cameras.set(name, camera);
  }
  const found = { problems: problems.sorted, secrets, tree };
  if (site === undefined || problems.any) return found;
  const { serve, threads, webhooks, budget, sources: { allow } } = site;
  return { ...found, settings: { serve, threads, webhooks, allow, cameras, budget, base: { layer: base } } };
};

/**
 * Reads the definition of one camera that was given as JSON, in the spelling of the file, over the settings above all
 * cameras. Variables are not looked up: who gives it must not read the environment. Pure.
 */
export const readCamera = (name: string, definition: unknown, { layer }: StreamLayer): { readonly camera?: CameraSettings; readonly problems: readonly Problem[] } => {
  const problems = new Problems(new Secrets());
  const { report } = problems;
  const raw = located(definition, '');
  const tree = understood(raw, cameraSchema, report);
  check(cameraSchema, tree, report);
  const camera = tree.kind === 'map' ? cameraFrom(name, raw, tree, layer, report) : undefined;
  return { problems: problems.sorted, ...(camera === undefined || problems.any ? {} : { camera }) };
};

/** Settings of a stream without a file under them. */
export const NO_LAYER: StreamLayer = { layer: emptyAt({ line: 0, column: 0, path: '' }) };

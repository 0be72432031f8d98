/** What a configuration without mistakes may still not mean. Pure. */
import type { Located, LocatedScalar } from './located.js';
import type { Problem } from './problem.js';
import { inFile } from './site-schema.js';
import type { CameraSettings, SiteSettings } from './site.js';

type Found = Omit<Problem, 'severity'>;

const at = (tree: Located, path: readonly (string | number)[]): Located | undefined => path.reduce<Located | undefined>(
  (node, key) => (node?.kind === 'map' ? node.entries.get(String(key))?.value : node?.kind === 'list' ? node.items[Number(key)] : undefined),
  tree,
);

const scalarAt = (tree: Located, path: readonly (string | number)[]): LocatedScalar | undefined => {
  const node = at(tree, path);
  return node?.kind === 'scalar' ? node : undefined;
};

/** The place of a value, of the nearest thing above it that is written down, or of the file's beginning. */
const placeOf = (tree: Located, path: readonly string[]): Found => {
  for (let length = path.length; length > 0; length -= 1) {
    const node = at(tree, path.slice(0, length));
    if (node !== undefined) return { ...node.at, message: '' };
  }
  return { line: 1, column: 1, path: path.map(inFile).join('.'), message: '' };
};

/** The place of a camera's setting, or of what stands for it: for mistakes that are found when its packs are loaded. */
export const placeOfSetting = (tree: Located, camera: string, path: readonly string[]): Found => {
  const own = at(tree, ['cameras', camera, ...path]);
  const above = at(tree, path);
  return own !== undefined ? { ...own.at, message: '' } : above === undefined ? placeOf(tree, ['cameras', camera]) : { ...above.at, message: '' };
};

/** A password between `//` and `@`. */
const PASSWORD = /^[a-z][\w+.-]*:\/\/[^/?#\s]*:[^/?#\s]*@/i;

const written = (scalar: LocatedScalar | undefined): boolean => scalar !== undefined && scalar.substituted?.secret !== true;

const clearSecrets = (tree: Located, { serve, webhooks, cameras }: SiteSettings): Found[] => {
  const clear = (path: readonly (string | number)[], what: string): Found[] => {
    const scalar = scalarAt(tree, path);
    return scalar !== undefined && written(scalar) ? [{ ...scalar.at, message: `${what} stands in the file for all to read; better as \${VARIABLE}` }] : [];
  };
  return [
    ...serve.tokens.flatMap((_, i) => clear(['serve', 'tokens', i, 'token'], 'this token')),
    ...webhooks.flatMap((_, i) => clear(['webhooks', i, 'secret'], 'this secret')),
    ...[...cameras.values()].flatMap(({ name, profile }) => profile.whip.iceServers.flatMap((_, i) => {
      const own = ['cameras', name, 'whip', 'iceServers', i, 'credential'];
      return clear(at(tree, own) === undefined ? own.slice(2) : own, 'this credential');
    })),
    ...[...cameras.values()].flatMap(({ name, source }) => (PASSWORD.test(source.url) ? clear(['cameras', name, 'source'], 'this password') : [])),
  ];
};

const sameSource = (tree: Located, cameras: SiteSettings['cameras']): Found[] => {
  const first = new Map<string, string>();
  return [...cameras.values()].flatMap(({ name, source: { url } }) => {
    const other = first.get(url);
    if (other === undefined) first.set(url, name);
    return other === undefined || url === 'whip' ? [] : [{ ...placeOf(tree, ['cameras', name, 'source']), message: `is the source of ${other}, too: it will be connected to twice` }];
  });
};

/** A gate that may be shut for longer than is reported as a blackout will be reported without need. */
const blackouts = (tree: Located, { name, profile: { gate, packs } }: CameraSettings): Found[] => (['appearance', 'motion'] as const).flatMap((sense) => {
  const { enabled, heartbeatS } = gate[sense];
  if (!enabled || packs[sense] === undefined || heartbeatS === null || gate.maxBlackoutS === null || heartbeatS < gate.maxBlackoutS) return [];
  const own = at(tree, ['cameras', name, 'gate']) === undefined ? [] : ['cameras', name];
  return [{ ...placeOf(tree, [...own, 'gate', 'maxBlackoutS']), message: `a blackout after ${gate.maxBlackoutS} s will be reported between two heartbeats of ${heartbeatS} s (${sense} gate of the camera ${name})` }];
});

/** Each publisher takes a port for every address of the machine, of which there are at least two: loopback, and the network's. */
const ADDRESSES = 2;

const fewPorts = (tree: Located, cameras: SiteSettings['cameras']): Found[] => {
  const users = new Map<string, string[]>();
  for (const { name, source: { url }, profile: { whip: { udpPorts } } } of cameras.values()) {
    if (url === 'whip' && udpPorts !== null) users.set(udpPorts.join(), [...users.get(udpPorts.join()) ?? [], name]);
  }
  return [...users].flatMap(([ports, names]) => {
    const [first = 0, last = 0] = ports.split(',').map(Number);
    const [name = ''] = names;
    if (last - first + 1 >= names.length * ADDRESSES) return [];
    return [{ ...placeOfSetting(tree, name, ['whip', 'udpPorts']), message: `${last - first + 1} ports are too few for ${names.length} publishers: each takes one for every IPv4 address of this machine, loopback too` }];
  });
};

const isLoopback = (host: string): boolean => /^(localhost|::1|127(\.\d+){3})$/.test(host);

const openDoors = (tree: Located, { serve: { host, tokens, tls } }: SiteSettings): Found[] => {
  if (isLoopback(host)) return [];
  const place = placeOf(tree, ['serve', 'host']);
  return [
    ...(tls === undefined ? [{ ...place, message: 'others can reach this address, and without serve.tls tokens and events go over the network in clear' }] : []),
    ...(tokens.length === 0 ? [{ ...place, message: 'others can reach this address: without serve.tokens, HEARKEN_TOKEN must be set' }] : []),
  ];
};

const unknownCameras = (tree: Located, { webhooks, cameras }: SiteSettings): Found[] => webhooks.flatMap((hook, i) => (hook.cameras ?? []).flatMap((name, j) => {
  const scalar = scalarAt(tree, ['webhooks', i, 'cameras', j]);
  return cameras.has(name) || scalar === undefined ? [] : [{ ...scalar.at, message: `there is no camera ${name} in this file` }];
}));

/** All that may not be meant, in the order of the file. */
export const siteWarnings = (settings: SiteSettings, tree: Located): Problem[] => [
  ...(settings.cameras.size === 0 ? [{ ...placeOf(tree, ['cameras']), message: 'there is no camera yet' }] : []),
  ...clearSecrets(tree, settings),
  ...sameSource(tree, settings.cameras),
  ...[...settings.cameras.values()].flatMap((camera) => blackouts(tree, camera)),
  ...fewPorts(tree, settings.cameras),
  ...openDoors(tree, settings),
  ...unknownCameras(tree, settings),
].filter(({ line, column, message }, i, all) => all.findIndex((other) => other.line === line && other.column === column && other.message === message) === i)
  .map((found): Problem => ({ severity: 'warning', ...found })).sort((a, b) => a.line - b.line || a.column - b.column);

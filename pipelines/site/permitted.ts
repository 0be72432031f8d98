/** What a definition given over REST may name: sources on the allow-list, and packs by name. */
import { realpath } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Fault } from '../../src/faults.js';
import { isPushed } from '../../src/ingest/sources.js';
import { redact } from '../../src/ingest/redact.js';
import type { CameraSettings } from '../../src/settings/site.js';

const refused = (message: string, remedy = 'Add it to sources.allow in the configuration file.'): Fault => new Fault('pipelines', 'source-forbidden', message, { remedy });

/** An address taken apart, as strictly as the strictest reader would: what two readers could read differently is no address. */
export interface StrictAddress {
  readonly scheme: string;
  readonly host: string;
}

const ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/(?:[^\s/?#@\\[\]]*@)?([a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:[/?#][^\s\\]*)?$/i;

/** Scheme and host of an address, in lower case; undefined for what is no plain address. Pure. */
export const strictAddress = (url: string): StrictAddress | undefined => {
  const [, scheme, host] = ADDRESS.exec(url) ?? [];
  return scheme === undefined || host === undefined ? undefined : { scheme: scheme.toLowerCase(), host: host.toLowerCase() };
};

const bits = (address: string): number => address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);

const inNetwork = (host: string, network: string): boolean => {
  const [, base, length] = /^([\d.]+)\/(\d{1,2})$/.exec(network) ?? [];
  if (base === undefined || !isIPv4(base) || !isIPv4(host) || Number(length) > 32) return false;
  const size = 2 ** (32 - Number(length));
  return Math.floor(bits(host) / size) === Math.floor(bits(base) / size);
};

const hostMatches = (host: string, pattern: string): boolean => {
  if (pattern === '*' || pattern === host) return true;
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : inNetwork(host, pattern);
};

/** Whether an entry of the allow-list (`scheme://host`, with `*` or a network) covers an address. Pure. */
export const covers = (entry: string, { scheme, host }: StrictAddress): boolean => {
  const [, allowedScheme, pattern] = /^([a-z][a-z0-9+.-]*):\/\/([^/]+(?:\/\d{1,2})?)\/?$/i.exec(entry) ?? [];
  return allowedScheme?.toLowerCase() === scheme && pattern !== undefined && hostMatches(host, pattern.toLowerCase());
};

/** The file as it is found behind all links, if it lies in an allowed folder. */
const allowedFile = async (path: string, allow: readonly string[]): Promise<string> => {
  const no = refused('This file is not in a folder that the configuration allows.', 'Add its folder to sources.allow in the configuration file.');
  const file = await realpath(path).catch(() => {
    // Whether it is there is not said either.
    throw no;
  });
  for (const folder of allow.filter((entry) => !entry.includes('://'))) {
    const real = await realpath(resolve(folder)).catch(() => undefined);
    if (real !== undefined && file.startsWith(real.endsWith(sep) ? real : real + sep)) return file;
  }
  throw no;
};

const checkPacks = ({ packs }: CameraSettings['profile'], base: CameraSettings['profile']['packs']): void => {
  for (const sense of ['policy', 'audio', 'appearance', 'motion'] as const) {
    const pack = packs[sense];
    if (pack === undefined || pack === base[sense] || /^\w[\w.-]*$/.test(pack)) continue;
    throw refused(`packs.${sense} must be the name of an installed pack, not a path.`, 'See hearken models list.');
  }
};

/**
 * A camera as it may be opened when somebody gave it over REST. A file is replaced by what it is behind all links.
 * @param allow the entries of `sources.allow`
 * @param base packs that the file itself names, which may be folders
 * @throws Fault `source-forbidden`
 */
export const permitted = async (camera: CameraSettings, allow: readonly string[], base: CameraSettings['profile']['packs']): Promise<CameraSettings> => {
  const { url } = camera.source;
  checkPacks(camera.profile, base);
  if (isPushed(camera.source)) return camera;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'ffmpeg') throw refused('An ffmpeg: source runs a program with options of its own, so it is never taken over REST.', 'Define it in the configuration file.');
  if (scheme === undefined || scheme === 'file') {
    const path = scheme === 'file' && URL.canParse(url) && new URL(url).host === '' ? fileURLToPath(url) : url;
    return { ...camera, source: { url: pathToFileURL(await allowedFile(path, allow)).href } };
  }
  const address = strictAddress(url);
  if (address === undefined) throw refused(`${redact(url)} is not a plain address (scheme://host/path).`, 'Write special characters of a password percent-encoded.');
  if (/[?&]listen=/i.test(url)) throw refused('A source that listens is not taken over REST.', 'Define it in the configuration file.');
  if (!allow.some((entry) => covers(entry, address))) throw refused(`The configuration does not allow ${address.scheme} from ${address.host}.`);
  return camera;
};

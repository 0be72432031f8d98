/** From the command line's flags to a checked profile. */
import type { SourceAddress } from '../src/ingest/sources.js';
import { EMBEDDED_AUDIO, readProfile, type Profile } from '../src/settings/profile.js';
import { usage } from './command.js';

/** Flags as the command line gives them. */
export interface Flags {
  readonly policy?: string;
  readonly audio?: string;
  readonly appearance?: string;
  readonly motion?: string;
  readonly listen?: string | readonly string[];
  readonly heartbeat?: number;
  readonly transport?: string;
  readonly set?: string | readonly string[];
  readonly json?: boolean;
  readonly camera?: string;
  readonly for?: number;
  readonly retry?: boolean;
  readonly answer?: boolean;
  readonly answerBudget?: number;
  readonly threads?: number;
  readonly host?: string;
  readonly port?: number;
  readonly origin?: string | readonly string[];
}

const listOf = (value: string | readonly string[] | undefined): string[] => [value ?? []].flat();

/** A value as YAML would read it: numbers, true, false, null, lists in JSON; anything else is text. */
const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** `gate.appearance.holdS=2` as a layer of settings. */
const layerOf = (setting: string): unknown => {
  const [, path, value] = /^([\w.]+)=(.*)$/s.exec(setting) ?? [];
  if (path === undefined || value === undefined) throw usage(`--set ${setting} is not written path=value.`, 'For example: --set gate.appearance.holdS=2');
  return path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), valueOf(value));
};

const heartbeatOf = (heartbeat: number | undefined): unknown => {
  if (heartbeat === undefined) return undefined;
  if (typeof heartbeat !== 'number' || heartbeat < 0) throw usage('--heartbeat needs a number of seconds, or 0 for never.');
  return heartbeat === 0 ? null : heartbeat;
};

/**
 * The profile that the flags describe, over the defaults.
 * @throws Fault `settings-invalid` or `usage`
 */
export const profileOf = (flags: Flags): Profile => {
  const heartbeatS = heartbeatOf(flags.heartbeat);
  const gate = heartbeatS === undefined ? {} : { gate: { appearance: { heartbeatS } } };
  return readProfile(
    {
      packs: {
        ...(flags.policy === undefined ? {} : { policy: flags.policy }),
        audio: flags.audio ?? EMBEDDED_AUDIO,
        ...(flags.appearance === undefined ? {} : { appearance: flags.appearance }),
        ...(flags.motion === undefined ? {} : { motion: flags.motion }),
      },
      listen: listOf(flags.listen).flatMap((part) => part.split(',').map((label) => label.trim()).filter((label) => label !== '')),
    },
    gate,
    ...listOf(flags.set).map(layerOf),
  );
};

/** Where it listens unless somebody says otherwise. */
export const DEFAULT_PORT = 8787;

const sample = async (): Promise<string> => {
  const [{ loadPack }, { sampleOf }] = await Promise.all([import('../src/inference/pack.js'), import('./stream.js')]);
  return sampleOf(await loadPack(EMBEDDED_AUDIO));
};

/** The address of a source; `sample` is the recording that the embedded net brings. @throws Fault `usage` */
export const addressOf = async (source: string, { transport }: Flags): Promise<SourceAddress> => {
  if (transport !== undefined && transport !== 'tcp' && transport !== 'udp') throw usage(`--transport is tcp or udp, not ${transport}.`);
  return { url: source === 'sample' ? await sample() : source, ...(transport === undefined ? {} : { transport }) };
};

/** Where and for whom the command line says to listen; the token comes from the environment. */
export const serverOf = ({ host, port, origin }: Flags): { host: string; port: number; token?: string; origins?: string[] } => {
  const token = process.env['HEARKEN_TOKEN'];
  return { host: host ?? '127.0.0.1', port: port ?? DEFAULT_PORT, ...(token === undefined ? {} : { token }), ...(origin === undefined ? {} : { origins: [origin].flat() }) };
};

/** A number above 0, or undefined where the flag is not there. @throws Fault `usage` */
export const positive = (name: string, value: unknown): number | undefined => {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value > 0)) throw usage(`--${name} needs a number above 0.`);
  return value;
};

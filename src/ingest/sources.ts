/** From what a user writes to how it is opened: one row per scheme. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../faults.js';
import { redact } from './redact.js';

/** A source as a user names it. */
export interface SourceAddress {
  /** A path or an address: a file, rtsp(s), http(s), rtmp(s), `ffmpeg:` with options of its own, or `whip` for what is published to us. */
  readonly url: string;
  /** How RTSP carries its packets. Default `tcp`. */
  readonly transport?: 'tcp' | 'udp';
}

/** How a source is opened. */
export interface Opening {
  readonly url: string;
  /** The source as it may be shown. */
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly live: boolean | 'auto';
  readonly probe: 'never' | 'if-needed';
  /** True for `whip`: it comes by itself. */
  readonly pushed?: true;
  /** Set for `ffmpeg:`: the words of its command line. */
  readonly externalFfmpeg?: readonly string[];
}

/** The least of libav's own time-out: a thread blocked in a dead connection ends by itself [µs]. */
const NATIVE_TIMEOUT_US = '8000000';
/** The options that set it. */
const TIMEOUTS: ReadonlySet<string> = new Set(['timeout', 'rw_timeout']);
/** How far it stays behind our watchdog [s]. */
const BEHIND_S = 2;
/** A stream's beginning is read no further than this to learn what it carries [µs]. */
const ANALYSE_US = '2000000';

type Row = (address: SourceAddress) => Opening | Promise<Opening>;

/** What a stream may pull in by itself: a playlist from the web must not read files of this machine. */
const WEB = 'http,https,tcp,tls,crypto,httpproxy';

const rtsp: Row = ({ url, transport }) => ({
  url,
  name: redact(url),
  options: {
    rtsp_transport: transport ?? 'tcp',
    timeout: NATIVE_TIMEOUT_US,
    allowed_media_types: 'video+audio',
    protocol_whitelist: 'rtsp,rtsps,rtp,srtp,udp,tcp,tls,crypto',
    ...(transport === 'udp' ? { buffer_size: '1048576', reorder_queue_size: '200' } : {}),
  },
  live: true,
  probe: 'never',
});

const http: Row = ({ url }) => ({
  url,
  name: redact(url),
  options: { rw_timeout: NATIVE_TIMEOUT_US, analyzeduration: ANALYSE_US, protocol_whitelist: WEB },
  live: 'auto',
  probe: 'if-needed',
});

const rtmp: Row = ({ url }) => {
  const listen = /[?&]listen=1\b/.test(url);
  return {
    url: url.replace(/[?&]listen=1\b/, ''),
    name: redact(url),
    options: {
      analyzeduration: ANALYSE_US,
      protocol_whitelist: 'rtmp,rtmps,rtmpt,tcp,tls,crypto',
      ...(listen ? { listen: '1' } : { rw_timeout: NATIVE_TIMEOUT_US }),
    },
    live: true,
    probe: 'if-needed',
  };
};

const file: Row = async ({ url }) => {
  const path = url.startsWith('file:') ? fileURLToPath(url) : resolve(url);
  const found = await stat(path).catch((error: unknown) => {
    throw new Fault('ingest', 'source-not-found', `There is no file ${url}.`, { remedy: 'Check the path, or name an address such as rtsp://host/path.', cause: error });
  });
  if (found.isDirectory()) throw new Fault('ingest', 'source-not-media', `${url} is a folder.`, { remedy: 'Name a recording in it.' });
  if (found.isFile() && found.size === 0) throw new Fault('ingest', 'source-not-media', `${url} is empty.`, { remedy: 'Copy the recording again from where it came from.' });
  return {
    // With the scheme, so that a file named `rtsp:x` stays a file.
    url: `file:${path}`,
    name: url,
    options: { protocol_whitelist: 'file' },
    live: !found.isFile(),
    probe: 'if-needed',
  };
};

const external: Row = ({ url }) => {
  const words = splitWords(url.slice('ffmpeg:'.length));
  if (!words.includes('-i')) {
    throw new Fault('ingest', 'usage', `${redact(url)} names no input for ffmpeg.`, { remedy: 'Write it as on ffmpeg\'s command line, for example "ffmpeg:-f v4l2 -i /dev/video0 -c:v libx264 -g 30".' });
  }
  return { url, name: redact(url), options: { protocol_whitelist: 'unix' }, live: true, probe: 'if-needed', externalFfmpeg: words };
};

const whip: Row = () => ({ url: 'whip:', name: 'whip', options: {}, live: true, probe: 'never', pushed: true });

/** The schemes, and what opens them. */
const SCHEMES: ReadonlyMap<string, Row> = new Map([
  ['file', file], ['rtsp', rtsp], ['rtsps', rtsp], ['http', http], ['https', http], ['rtmp', rtmp], ['rtmps', rtmp], ['ffmpeg', external], ['whip', whip],
]);

/** The schemes that can be opened, for help texts. */
export const KNOWN_SCHEMES: readonly string[] = [...SCHEMES.keys()];

/** Splits a command line into words as a shell would: white space separates, quotes keep together. No shell ever sees it. */
export const splitWords = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));

/** The scheme of an address, in lower case; undefined for a path. */
const schemeOf = ({ url }: SourceAddress): string | undefined => (isPushed({ url }) ? 'whip' : /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase());

/** Whether a source is published to us (`whip`) instead of being fetched. */
export const isPushed = ({ url }: SourceAddress): boolean => /^whip:?$/i.test(url);

/** Whether a source may be live, as far as its address tells: everything but a file. */
export const mayBeLive = (address: SourceAddress): boolean => {
  const scheme = schemeOf(address);
  return scheme !== undefined && scheme !== 'file' && SCHEMES.has(scheme);
};

/**
 * libav's time-out comes after our watchdog. Before it, it would cut off a source that may be silent for longer; and a
 * read that times out first hands out what the parsers still hold, as if the source had spoken, and then waits as long again.
 */
const behind = (stallS: number, { options, ...opening }: Opening): Opening => ({
  ...opening,
  options: Object.fromEntries(Object.entries(options).map(([name, value]) => [name, TIMEOUTS.has(name) ? String(Math.max(Number(value), Math.round((stallS + BEHIND_S) * 1e6))) : value])),
});

/**
 * Finds how an address is opened.
 * @param stallS for how long it may be silent before our own watchdog gives it up [s]
 * @throws Fault `source-unknown-scheme`, `source-not-found`, `source-not-media` or `usage`
 */
export const openingOf = async (address: SourceAddress, stallS = 0): Promise<Opening> => {
  const scheme = schemeOf(address);
  const row = scheme === undefined ? file : SCHEMES.get(scheme);
  if (row === undefined) {
    // A file may have a colon in its name.
    const there = await stat(address.url).catch(() => undefined);
    if (there !== undefined) return file(address);
    throw new Fault('ingest', 'source-unknown-scheme', `"${scheme ?? ''}:" is not a kind of source that can be opened.`, { remedy: `Known are ${KNOWN_SCHEMES.join(', ')}, and paths of files.` });
  }
  return behind(stallS, await row(address));
};

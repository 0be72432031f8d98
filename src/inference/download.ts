import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Fault, asFault } from '../faults.js';
import { follow } from './follow.js';

/** How far a download is. */
export interface DownloadProgress {
  readonly file: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

/** One file whose content is known beforehand. */
export interface DownloadOptions {
  readonly url: string;
  /** Path of the finished file; what has come so far lies beside it with `.part` at its end. */
  readonly to: string;
  readonly sha256: string;
  /** Its size: more is refused. */
  readonly bytes: number;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
  /** Longest silence of the server [ms]; default 30 000. */
  readonly stallTimeoutMs?: number;
}

const failed = (message: string, remedy: string, cause?: unknown): Fault => new Fault('inference', 'download-failed', message, { remedy, cause });
const AGAIN = 'Try again: what has come is kept and the rest is fetched.';

/** A signal that aborts when the user cancels, or when nobody has called `alive` for a while. */
interface Watch {
  readonly signal: AbortSignal;
  readonly alive: () => void;
  readonly stalled: () => boolean;
  readonly end: () => void;
}

const watch = (stallTimeoutMs: number, user: AbortSignal | undefined): Watch => {
  const stall = new AbortController();
  const late = (): void => { stall.abort(); };
  let timer = setTimeout(late, stallTimeoutMs);
  return {
    signal: user === undefined ? stall.signal : AbortSignal.any([stall.signal, user]),
    alive: () => {
      clearTimeout(timer);
      timer = setTimeout(late, stallTimeoutMs);
    },
    stalled: () => stall.signal.aborted,
    end: () => { clearTimeout(timer); },
  };
};

const sizeOf = async (path: string): Promise<number> => stat(path).then(({ size }) => size, () => 0);

/** Where the answer's bytes belong: behind what we have if the server goes on there, else at the beginning. */
const startOf = (response: Response, have: number, { url, bytes }: DownloadOptions): number => {
  if (response.status === 200) return 0;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (response.status === 206 && Number(range?.[1]) === have && (range?.[2] === '*' || Number(range?.[2]) === bytes)) return have;
  if (response.status === 206 || response.status === 416) return -1;
  throw failed(`${new URL(url).host} answered ${response.status} for ${basename(new URL(url).pathname)}.`, response.status >= 500 ? AGAIN : 'Check the address or try another mirror.');
};

/** Writes the answer's body to the part file from `start` on. */
const receive = async (response: Response, part: string, start: number, options: DownloadOptions, alive: () => void): Promise<void> => {
  const { bytes: totalBytes, onProgress, url } = options;
  const file = basename(options.to);
  let receivedBytes = start;
  const handle = await open(part, start === 0 ? 'w' : 'a');
  try {
    onProgress?.({ file, receivedBytes, totalBytes });
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      alive();
      receivedBytes += chunk.length;
      if (receivedBytes > totalBytes) throw new Fault('inference', 'pack-hash-mismatch', `${file} from ${new URL(url).host} is larger than the file it should be.`, { remedy: 'Try another mirror.' });
      await handle.writeFile(chunk);
      onProgress?.({ file, receivedBytes, totalBytes });
    }
  } finally {
    await handle.close();
  }
};

/** One request: goes on behind what is there, or begins again. */
const attempt = async (options: DownloadOptions, part: string): Promise<void> => {
  const have = await sizeOf(part);
  if (have === options.bytes) return;
  const guard = watch(options.stallTimeoutMs ?? 30_000, options.signal);
  const { host } = new URL(options.url);
  try {
    const headers = { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) };
    const response = await follow(options.url, { headers, signal: guard.signal });
    guard.alive();
    const start = startOf(response, have, options);
    if (start < 0) {
      await response.body?.cancel();
      await rm(part, { force: true });
      await attempt(options, part);
      return;
    }
    await receive(response, part, start, options, guard.alive);
  } catch (error) {
    if (error instanceof Fault) throw error;
    if (options.signal?.aborted === true) throw failed('The download was cancelled.', AGAIN, error);
    const fault = asFault(error, 'inference');
    // The network is not to blame for what the disk refuses.
    if (fault.kind !== 'internal') throw fault;
    if (guard.stalled()) throw failed(`${host} sent nothing for ${(options.stallTimeoutMs ?? 30_000) / 1000} s.`, AGAIN, error);
    throw failed(`The connection to ${host} failed.`, AGAIN, error);
  } finally {
    guard.end();
  }
};

/**
 * Fetches one file whose sha-256 is known. A part left by an earlier attempt is continued by an HTTP range
 * request (RFC 9110 section 14); when the server cannot, or when the joined parts do not have the right
 * hash, it begins anew. The file appears by renaming, only when it is whole and right.
 *
 * @throws Fault `download-failed` (retryable), or `pack-hash-mismatch` when the server has another file: then
 *   nothing of it is kept
 */
export const download = async (options: DownloadOptions): Promise<void> => {
  const { to, sha256, bytes } = options;
  const part = `${to}.part`;
  await mkdir(dirname(to), { recursive: true });
  const resumed = await sizeOf(part) > 0;
  try {
    await attempt(options, part);
    if (await sizeOf(part) < bytes) throw failed(`${basename(to)} ended early.`, AGAIN);
    const hash = createHash('sha256').update(await readFile(part)).digest('hex');
    if (hash !== sha256) throw new Fault('inference', 'pack-hash-mismatch', `${basename(to)} from ${new URL(options.url).host} is not the file it should be: its sha-256 differs.`, { remedy: 'Try another mirror.' });
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'pack-hash-mismatch') throw error;
    await rm(part, { force: true });
    if (!resumed) throw error;
    await download(options);
    return;
  }
  await rename(part, to);
};

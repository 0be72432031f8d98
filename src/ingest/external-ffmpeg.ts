/**
 * What libav cannot open directly (capture devices, unusual options) is opened by an external ffmpeg, which only
 * remuxes into the path that everything else takes. The one file that knows fluent-ffmpeg.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ffmpeg from 'fluent-ffmpeg';
import { Observable } from 'rxjs';
import { Fault } from '../faults.js';
import { redact } from './redact.js';

/** How long ffmpeg may take to open its input [ms]. */
const OPEN_MS = 10_000;
/** How often it is looked whether it has [ms]. */
const POLL_MS = 25;

/** A command line, taken apart. */
export interface CommandLine {
  readonly inputs: readonly { readonly address: string; readonly options: readonly string[] }[];
  readonly outputOptions: readonly string[];
}

/** Takes a command line apart: options before an `-i` belong to that input, what follows the last to the output. Copies unless told how to encode. */
export const parseCommandLine = (words: readonly string[]): CommandLine => {
  const inputs: { address: string; options: string[] }[] = [];
  let options: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    const address = words[i + 1];
    if (word === '-i' && address !== undefined) {
      inputs.push({ address, options });
      options = [];
      i += 1;
    } else {
      options.push(word);
    }
  }
  const encodes = options.some((word) => /^-(c|codec|vcodec|acodec)\b/.test(word));
  return { inputs, outputOptions: [...(encodes ? [] : ['-c', 'copy']), ...options] };
};

const missing = (cause: unknown): Fault =>
  new Fault('ingest', 'external-ffmpeg-missing', 'This source needs the program ffmpeg, which is not installed.', { remedy: 'Install ffmpeg, or set FFMPEG_PATH to it.', cause });

const failed = (stderr: string, cause: unknown): Fault => {
  const last = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  return new Fault('ingest', 'external-ffmpeg-failed', `The external ffmpeg ended: ${redact(last === '' ? 'it said nothing' : last)}.`, { remedy: 'Try the same options with ffmpeg itself.', cause });
};

/**
 * Runs an external ffmpeg and emits the address of the socket its stream can be read from, once. Unsubscribing kills it.
 * Errors with a Fault when ffmpeg is missing, fails, or ends.
 * @param words ffmpeg's options as on its command line
 */
export const remuxed = (words: readonly string[]): Observable<string> =>
  new Observable((subscriber) => {
    let folder: string | undefined;
    let command: ffmpeg.FfmpegCommand | undefined;
    let poll: NodeJS.Timeout | undefined;
    let stderr = '';
    const start = (socket: string): void => {
      const { inputs, outputOptions } = parseCommandLine(words);
      command = ffmpeg();
      for (const { address, options } of inputs) command.input(address).inputOptions([...options]);
      command
        .outputOptions([...outputOptions, '-f', 'matroska', '-flush_packets', '1', '-listen', '1'])
        .output(`unix:${socket}`)
        .on('stderr', (line: string) => {
          stderr = `${stderr}\n${line}`.slice(-2000);
        })
        .on('error', (error: Error) => {
          subscriber.error(/cannot find ffmpeg|ENOENT/i.test(error.message) ? missing(error) : failed(stderr, error));
        })
        // Its end is also the end of the stream, which the reader sees by itself.
        .on('end', () => undefined)
        .run();
    };
    const openedBy = Date.now() + OPEN_MS;
    void mkdtemp(join(tmpdir(), 'hearken-')).then((made) => {
      folder = made;
      if (subscriber.closed) return rm(made, { recursive: true, force: true });
      const socket = join(made, 'media');
      start(socket);
      poll = setInterval(() => {
        if (existsSync(socket)) {
          clearInterval(poll);
          subscriber.next(`unix:${socket}`);
        } else if (Date.now() > openedBy) {
          subscriber.error(failed(`it has not opened its input after ${OPEN_MS / 1000} s`, undefined));
        }
      }, POLL_MS);
      return undefined;
    }).catch((error: unknown) => {
      subscriber.error(failed('its socket could not be made', error));
    });
    return () => {
      clearInterval(poll);
      command?.kill('SIGKILL');
      if (folder !== undefined) void rm(folder, { recursive: true, force: true });
    };
  });

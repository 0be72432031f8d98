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

/** One run of ffmpeg, and the socket it listens on. */
class Remux {
  readonly #words: readonly string[];
  readonly #found: (address: string) => void;
  readonly #failed: (fault: Fault) => void;
  #folder: string | undefined;
  #command: ffmpeg.FfmpegCommand | undefined;
  #poll: NodeJS.Timeout | undefined;
  #stderr = '';
  #stopped = false;

  constructor(words: readonly string[], found: (address: string) => void, failed: (fault: Fault) => void) {
    this.#words = words;
    this.#found = found;
    this.#failed = failed;
  }

  async start(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'hearken-'));
    this.#folder = folder;
    if (this.#stopped) await this.stop();
    else this.#run(join(folder, 'media'));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#poll);
    this.#command?.kill('SIGKILL');
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  #run(socket: string): void {
    const { inputs, outputOptions } = parseCommandLine(this.#words);
    const command = ffmpeg();
    this.#command = command;
    // Word by word: fluent-ffmpeg splits what comes in one array at its spaces.
    for (const { address, options } of inputs) {
      command.input(address);
      if (options.length > 0) command.inputOptions(...options);
    }
    command
      .outputOptions(...outputOptions, '-f', 'matroska', '-flush_packets', '1', '-listen', '1')
      .output(`unix:${socket}`)
      .on('stderr', (line: string) => {
        this.#stderr = `${this.#stderr}\n${line}`.slice(-2000);
      })
      .on('error', (error: Error) => {
        if (!this.#stopped) this.#failed(/cannot find ffmpeg|ENOENT/i.test(error.message) ? missing(error) : failed(this.#stderr, error));
      })
      // Its end is also the end of the stream, which the reader sees by itself.
      .on('end', () => undefined)
      .run();
    this.#waitFor(socket, performance.now() + OPEN_MS);
  }

  #waitFor(socket: string, untilMs: number): void {
    this.#poll = setInterval(() => {
      if (existsSync(socket)) {
        clearInterval(this.#poll);
        this.#found(`unix:${socket}`);
      } else if (performance.now() > untilMs) {
        clearInterval(this.#poll);
        this.#failed(failed(`it has not opened its input after ${OPEN_MS / 1000} s`, undefined));
      }
    }, POLL_MS);
  }
}

/**
 * Runs an external ffmpeg and emits the address of the socket its stream can be read from, once. Unsubscribing kills it.
 * Errors with a Fault when ffmpeg is missing, fails, or ends.
 * @param words ffmpeg's options as on its command line
 */
export const remuxed = (words: readonly string[]): Observable<string> =>
  new Observable((subscriber) => {
    const fail = (fault: Fault): void => {
      subscriber.error(fault);
    };
    const remux = new Remux(words, (address) => {
      subscriber.next(address);
    }, fail);
    remux.start().catch((error: unknown) => {
      fail(failed('its socket could not be made', error));
    });
    return () => {
      // A folder that cannot be removed is the system's to clean.
      remux.stop().catch(() => undefined);
    };
  });

/** The configuration file while the service runs: read again whenever it changes, and taken over where it is good. */
import { watch, watchFile, unwatchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Observable, fromEvent, map, merge, switchMap, timer, type Subscription } from 'rxjs';
import { Fault } from '../../src/faults.js';
import type { About } from '../../src/serve/journal.js';
import type { Environment } from '../../src/settings/environment.js';
import type { Located } from '../../src/settings/located.js';
import { errorsOf, mistakes, placedLine, type Problem, type Secrets } from '../../src/settings/problem.js';
import { needRestart } from '../../src/settings/site-diff.js';
import { siteWarnings } from '../../src/settings/site-warnings.js';
import { readSite, type SiteSettings } from '../../src/settings/site.js';
import type { Configuration, Done } from './live-site.js';
import { placedIn } from './place-of-fault.js';

/** An editor writes in several steps: what follows within this time belongs together [ms]. */
const SETTLE_MS = 200;
/** Some file systems tell nobody of changes; there the file is looked at from time to time [ms]. */
const POLL_MS = 5_000;

/** A configuration as it was read, with all that is to be said of it. */
export interface ReadConfiguration {
  readonly text: string;
  readonly settings?: SiteSettings;
  readonly problems: readonly Problem[];
  readonly secrets: Secrets;
  /** Where everything stands. */
  readonly tree: Located;
}

/** An empty file is one that is just being written, or a mistake; it must not take every camera away. */
const EMPTY: Problem = { severity: 'error', line: 1, column: 1, path: '', message: 'the file is empty; at the least it says cameras: {}' };

/**
 * Reads a configuration file, with its errors and warnings.
 * @throws Fault `settings-invalid` when the file cannot be read
 */
export const readConfiguration = async (file: string, environment: Environment): Promise<ReadConfiguration> => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Fault('settings', 'settings-invalid', `The configuration file ${file} cannot be read.`, { remedy: 'Check its path and its permissions.', cause });
  });
  const { settings, problems, secrets, tree } = readSite(text, environment);
  if (text.trim() === '') return { text, problems: [EMPTY], secrets, tree };
  return { text, problems: settings === undefined ? problems : [...problems, ...siteWarnings(settings, tree)], secrets, tree, ...(settings === undefined ? {} : { settings }) };
};

/** Says that a file may have changed: written in place, replaced by another of its name, or reached by another link. */
export const changesOf = (file: string): Observable<void> => new Observable<void>((subscriber) => {
  const next = (): void => {
    subscriber.next();
  };
  // The folder, since a file that is replaced is another file.
  const watcher = watch(dirname(file), next);
  // What watching cannot tell, looking will.
  watcher.on('error', () => {
    watcher.close();
  });
  watchFile(file, { interval: POLL_MS, persistent: false }, next);
  return () => {
    watcher.close();
    unwatchFile(file, next);
  };
});

/** Who takes a configuration over. */
export interface Taker {
  apply(configuration: Configuration): Promise<readonly Done[]>;
  complain(file: string, problems: readonly Problem[]): void;
}

/** Says of each reading what the one before did not say already. */
class News {
  #before = new Set<string>();

  of(problems: readonly Problem[]): Problem[] {
    // A line that only moved is no news.
    const keyOf = ({ path, message }: Problem): string => `${path} ${message}`;
    const fresh = problems.filter((problem) => !this.#before.has(keyOf(problem)));
    this.#before = new Set(problems.map(keyOf));
    return fresh;
  }
}

/** What following a file needs. */
export interface FollowOptions {
  readonly file: string;
  readonly environment: Environment;
  /** What was read at the start. */
  readonly first: ReadConfiguration;
  readonly site: Taker;
  /** What else may not be meant, found once the cameras run. Never rejects. */
  readonly further?: (settings: SiteSettings, tree: Located) => Promise<readonly Problem[]>;
  /** Texts that must never be shown; what is read adds to them. */
  readonly secrets: Secrets;
  readonly note: (line: string, about?: About) => void;
}

/** Follows a file: one reading at a time, and another one after it if something changed meanwhile. */
export class ConfigFile {
  readonly #options: FollowOptions;
  #last: ReadConfiguration;
  /** What stood in it when it was read last; undefined while it cannot be read. */
  #text: string | undefined;
  #reading = false;
  #again: { readonly forced: boolean } | undefined;
  #subscription: Subscription | undefined;
  readonly #warnings = new News();
  readonly #furtherWarnings = new News();

  /** @param options which file, and who takes it over */
  constructor(options: FollowOptions) {
    this.#options = options;
    this.#last = options.first;
    this.#text = options.first.text;
  }

  /** Lets the site take over what was read at the start, and follows the file from then on. */
  async start(): Promise<void> {
    const { first } = this.#options;
    this.#warn(first.problems);
    if (first.settings !== undefined) await this.#take(first, first.settings);
    this.follow();
  }

  /** Follows the file and SIGHUP until {@link ConfigFile.close}. */
  follow(): void {
    const { file } = this.#options;
    const changed = changesOf(file).pipe(switchMap(() => timer(SETTLE_MS)), map(() => false));
    this.#subscription = merge(changed, fromEvent(process, 'SIGHUP').pipe(map(() => true))).subscribe((forced) => {
      void this.read(forced);
    });
  }

  /** Follows it no more. */
  close(): void {
    this.#subscription?.unsubscribe();
  }

  /** Reads the file now. Unless forced, a text that is the same is left alone. Never rejects. */
  async read(forced: boolean): Promise<void> {
    if (this.#reading) {
      this.#again = { forced: forced || this.#again?.forced === true };
      return;
    }
    this.#reading = true;
    try {
      await this.#read(forced);
    } finally {
      this.#reading = false;
    }
    const again = this.#again;
    this.#again = undefined;
    if (again !== undefined) await this.read(again.forced);
  }

  async #read(forced: boolean): Promise<void> {
    const { file, environment, secrets, note } = this.#options;
    let read: ReadConfiguration;
    try {
      read = await readConfiguration(file, environment);
    } catch (error) {
      // It is looked for several times a second, and missed once.
      if (this.#text === undefined && !forced) return;
      this.#text = undefined;
      const message = error instanceof Fault ? error.message.replace(/\.$/, '') : `${file} cannot be read`;
      this.#refuse([{ severity: 'error', line: 0, column: 0, path: '', message }], message);
      return;
    }
    if (read.text === this.#text && !forced) return;
    this.#text = read.text;
    secrets.merge(read.secrets);
    this.#warn(read.problems);
    const before = this.#last.settings;
    this.#last = { ...read, ...(read.settings === undefined && before !== undefined ? { settings: before } : {}) };
    if (read.settings === undefined) {
      for (const problem of errorsOf(read.problems)) note(placedLine(file, problem, problem.message), { level: 'error' });
      this.#refuse(errorsOf(read.problems), `${file}: ${mistakes(read.problems)}`);
      return;
    }
    const later = before === undefined ? [] : needRestart(before, read.settings);
    if (later.length > 0) note(`${later.join(', ')}: takes effect at the next start`);
    const done = await this.#take(read, read.settings);
    if (done.length === 0) note(`${file}: read again, the cameras are as before`);
    for (const { camera, line, refused } of done) note(line, { camera, level: refused ? 'error' : 'info' });
  }

  /** Nobody waits for the nets here: what they cost is told when they are there. */
  async #take(read: ReadConfiguration, settings: SiteSettings): Promise<readonly Done[]> {
    const { file, site, further } = this.#options;
    const done = await site.apply({ ...settings, placed: placedIn(file, read.tree) });
    void further?.(settings, read.tree).then((problems) => {
      // Another reading has come meanwhile, and is judged by itself.
      if (this.#last.settings === settings) this.#say(this.#furtherWarnings.of(problems));
    });
    return done;
  }

  #warn(problems: readonly Problem[]): void {
    this.#say(this.#warnings.of(problems.filter(({ severity }) => severity === 'warning')));
  }

  #say(problems: readonly Problem[]): void {
    const { file, note } = this.#options;
    for (const problem of problems) note(placedLine(file, problem, problem.message), { level: 'warn' });
  }

  #refuse(problems: readonly Problem[], why: string): void {
    const { file, site, note } = this.#options;
    site.complain(file, problems);
    note(`${why}. The configuration before goes on.`, { level: 'error' });
  }
}

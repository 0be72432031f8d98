import { Fault } from '../faults.js';
import type { Place } from './located.js';

/** What is wrong with a configuration, and where. */
export interface Problem extends Place {
  readonly severity: 'error' | 'warning';
  /** One sentence or a part of one; no secrets. */
  readonly message: string;
}

/** Where problems are gathered. */
export type Report = (severity: Problem['severity'], at: Place, message: string) => void;

/** A message with its place in front: `hearken.yaml:7:5 cameras.dock.gate: message`. */
export const placedLine = (file: string, { line, column, path }: Place, message: string): string =>
  `${line === 0 ? '' : `${file}:${line}:${column} `}${path === '' ? '' : `${path}: `}${message}`;

/** A problem as one line, where nothing else says how bad it is: `hearken.yaml:7:5 cameras.dock.gate: warning: message`. */
export const problemLine = (file: string, problem: Problem): string =>
  placedLine(file, problem, `${problem.severity === 'warning' ? 'warning: ' : ''}${problem.message}`);

/** How many mistakes there are, in words. */
export const mistakes = (problems: readonly Problem[]): string => {
  const { length } = errorsOf(problems);
  return `${length} mistake${length === 1 ? '' : 's'}`;
};

/** The errors among problems. */
export const errorsOf = (problems: readonly Problem[]): Problem[] => problems.filter(({ severity }) => severity === 'error');

/** All errors as one fault `settings-invalid`. */
export const settingsFault = (file: string, problems: readonly Problem[]): Fault =>
  new Fault('settings', 'settings-invalid', `The settings are not valid: ${errorsOf(problems).map((problem) => problemLine(file, problem)).join('; ')}.`, {
    remedy: 'Correct what is named, or leave it out for its default.',
  });

/** Texts that must never be shown. */
export class Secrets {
  /** Shorter ones would turn up in ordinary words. */
  static readonly #SHORTEST = 3;
  readonly #texts = new Set<string>();

  /** Remembers a secret, also as it stands in an address. */
  add(text: string): void {
    if (text.length < Secrets.#SHORTEST) return;
    this.#texts.add(text).add(encodeURIComponent(text)).add(JSON.stringify(text).slice(1, -1));
  }

  /** Remembers what another knows. */
  merge(other: Secrets): void {
    for (const text of other.#texts) this.#texts.add(text);
  }

  /** A text with every secret in it replaced by `***`, the longest first. */
  hide(text: string): string {
    return [...this.#texts].sort((a, b) => b.length - a.length).reduce((said, secret) => said.replaceAll(secret, '***'), text);
  }
}

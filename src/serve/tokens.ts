import { createHash, timingSafeEqual } from 'node:crypto';
import { Fault } from '../faults.js';
import { isLoopback } from './access.js';

/**
 * What a token may be good for. `publish`: send a camera's media in (WHIP). `subscribe`: see what happens (WebSocket,
 * SSE, cameras, pictures, metrics). `admin`: add, change and remove cameras. None includes another.
 */
export const SCOPES = ['publish', 'subscribe', 'admin'] as const;
/** One of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

/** A token with its name, which is what logs say of it. */
export interface Token {
  readonly name: string;
  readonly token: string;
  readonly scopes: readonly Scope[];
}

const NEEDED: Readonly<Record<Scope, string>> = { publish: 'publish', subscribe: 'subscribe', admin: 'add, change or remove cameras' };

/** What is said to the bearer of a token that lacks a scope. */
export const lacks = (scope: Scope): string => `This token may not ${NEEDED[scope]}: this needs a token with the scope ${scope}.`;

/** Who calls, and what they may do. */
export interface Identity {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Shortest token that may guard a server others can reach. */
const MIN_TOKEN_LENGTH = 16;

const REMEDY = 'Set one, for example with: openssl rand -hex 32.';

const refuse = (message: string, remedy = REMEDY): Fault => new Fault('serve', 'auth-required', message, { remedy });

/** Fault `auth-required` when a server that others can reach would have no token, or when one can be guessed or stands for two names. */
export const requireTokens = (host: string, tokens: readonly Token[]): void => {
  for (const { name, token } of tokens) {
    if (token === '') throw refuse(`The access token "${name}" is empty.`);
    if (/\s/.test(token)) throw refuse(`The access token "${name}" has a space in it, which a header cannot carry.`);
  }
  if (new Set(tokens.map(({ token }) => token)).size < tokens.length) {
    throw refuse('Two access tokens are the same.', 'Give each name a token of its own, or one name all scopes.');
  }
  if (isLoopback(host)) return;
  if (tokens.length === 0) {
    throw refuse(`Listening on ${host} lets other machines in, and there is no access token.`, 'Set a token (for example from: openssl rand -hex 32), or listen on 127.0.0.1.');
  }
  for (const { name, token } of tokens) {
    if (token.length < MIN_TOKEN_LENGTH) {
      throw refuse(`The access token "${name}" is shorter than ${MIN_TOKEN_LENGTH} characters.`, 'Use a longer one, for example from: openssl rand -hex 32.');
    }
  }
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Who calls a server that has no tokens: it listens on loopback only. */
const ANYBODY_HERE: Identity = { name: 'anybody on this machine', scopes: new Set(SCOPES) };

/** The tokens of a server, as digests. */
export class Keyring {
  readonly #keys: readonly { readonly digest: Buffer; readonly identity: Identity }[];

  /** @param tokens whom to let in; with none, everybody may do everything */
  constructor(tokens: readonly Token[]) {
    this.#keys = tokens.map(({ name, token, scopes }) => ({ digest: digest(token), identity: { name, scopes: new Set(scopes) } }));
  }

  /** Whether a token is needed. */
  get guarded(): boolean {
    return this.#keys.length > 0;
  }

  /**
   * Whose bearer token this `Authorization` header carries; undefined when nobody's. Compares with every token, in a time
   * that says nothing about how near the given one came.
   */
  identify(authorization: string | undefined): Identity | undefined {
    if (!this.guarded) return ANYBODY_HERE;
    const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (given === undefined) return undefined;
    const wanted = digest(given);
    let found: Identity | undefined;
    for (const key of this.#keys) if (timingSafeEqual(wanted, key.digest)) found = key.identity;
    return found;
  }
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Fault } from '../faults.js';

/** Shortest token that may guard a server others can reach. */
const MIN_TOKEN_LENGTH = 16;

const hostname = (host: string): string => host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1').toLowerCase();

/** Whether an address or a name (with or without port) can only mean this machine. */
export const isLoopback = (host: string): boolean => {
  const name = host.includes('::') && !host.startsWith('[') ? host : hostname(host);
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
};

/** Fault `auth-required` when a server that others can reach would have no token, or one that can be guessed. */
export const requireToken = (host: string, token: string | undefined): void => {
  if (token === '') {
    throw new Fault('serve', 'auth-required', 'The access token is empty.', { remedy: 'Set one, for example with: openssl rand -hex 32.' });
  }
  if (isLoopback(host)) return;
  if (token === undefined) {
    throw new Fault('serve', 'auth-required', `Listening on ${host} lets other machines in, and there is no access token.`, {
      remedy: 'Set a token (for example from: openssl rand -hex 32), or listen on 127.0.0.1.',
    });
  }
  if (token.length < MIN_TOKEN_LENGTH) {
    throw new Fault('serve', 'auth-required', `The access token is shorter than ${MIN_TOKEN_LENGTH} characters.`, {
      remedy: 'Use a longer one, for example from: openssl rand -hex 32.',
    });
  }
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether an `Authorization` header bears the token; takes as long for a near miss as for a far one. */
export const bears = (authorization: string | undefined, token: string): boolean => {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
};

/** How long a ticket lives and how many may wait for use. */
export interface TicketLimits {
  readonly lifeMs: number;
  readonly waiting: number;
}

/** Tickets that open one connection each, for browsers, which cannot send a header with a WebSocket. */
export class Tickets {
  readonly #limits: TicketLimits;
  readonly #nowMs: () => number;
  /** When each unused ticket ends [ms]; in the order of issue. */
  readonly #endsMs = new Map<string, number>();

  /**
   * @param limits how long a ticket lives and how many may wait
   * @param nowMs a clock that does not run backwards [ms]
   */
  constructor(limits: TicketLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Makes a ticket; when too many wait, the oldest is void. */
  issue(): string {
    const ticket = randomBytes(32).toString('base64url');
    this.#endsMs.set(ticket, this.#nowMs() + this.#limits.lifeMs);
    while (this.#endsMs.size > this.#limits.waiting) {
      const [oldest] = this.#endsMs.keys();
      if (oldest === undefined) break;
      this.#endsMs.delete(oldest);
    }
    return ticket;
  }

  /** Takes a ticket; true once, and only while it lives. */
  redeem(ticket: string): boolean {
    const endMs = this.#endsMs.get(ticket);
    this.#endsMs.delete(ticket);
    return endMs !== undefined && this.#nowMs() < endMs;
  }
}

/**
 * Whether a page of this origin may connect. Programs send no Origin. A page may when it comes from this machine,
 * from the very host it connects to, or from an origin on the list.
 */
export const originAllowed = (origin: string | undefined, host: string | undefined, allowed: readonly string[]): boolean => {
  if (origin === undefined || allowed.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return isLoopback(url.hostname) || url.host === host?.toLowerCase();
};

/**
 * Whether the Host header names a place this server may be called by. Without a token, only names of this
 * machine: a page whose name was pointed at 127.0.0.1 (DNS rebinding) would otherwise count as the same host.
 */
export const hostAllowed = (host: string | undefined, token: string | undefined): boolean =>
  token !== undefined || (host !== undefined && isLoopback(host));

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault, FaultKind } from '../faults.js';
import { hostAllowed, isForeign, originAllowed } from './access.js';
import type { AddressRates } from './address-rates.js';
import { refuse, sendFailure, sendJson } from './reply.js';
import { fit, type Route } from './route.js';
import type { Tickets } from './tickets.js';
import { lacks, type Identity, type Keyring } from './tokens.js';

/** Whom the server lets in. */
export interface Door {
  readonly keyring: Keyring;
  readonly origins: readonly string[];
  readonly tickets: Tickets;
  /** How often each address may call. */
  readonly rates: AddressRates;
}

/** A token that nobody has counts as so many calls: guessing ends soon. */
const WRONG_TOKEN_WEIGHT = 10;

/** The address asked for, whatever the client wrote; only its path and its query are of use. */
export const urlOf = (request: IncomingMessage): URL | undefined => {
  const path = request.url ?? '/';
  // A second slash would make the next word a host name.
  return path.startsWith('/') && !path.startsWith('//') && URL.canParse(path, 'http://server') ? new URL(path, 'http://server') : undefined;
};

/** Whether this request comes from a page, and by a name, that may call here at all. */
export const mayCall = ({ headers }: IncomingMessage, { keyring, origins }: Door): boolean =>
  hostAllowed(headers.host, keyring.guarded) && originAllowed(headers.origin, headers.host, origins) && !isForeign(headers);

/** Who bears the token of this request; undefined when nobody does. A wrong token is counted against its address. */
export const callerIn = (request: IncomingMessage, { keyring, rates }: Door): Identity | undefined => {
  const who = keyring.identify(request.headers.authorization);
  if (who === undefined && request.headers.authorization !== undefined) rates.take(request.socket.remoteAddress, WRONG_TOKEN_WEIGHT);
  return who;
};

/** What the router is made of. */
export interface Router {
  readonly routes: readonly Route[];
  readonly door: Door;
  /** Told of every call that was answered: the route's path, or `none`. */
  readonly onAnswered?: (method: string, path: string, status: number) => void;
  /** Told of what failed through no fault of the caller's. */
  readonly onFault?: (fault: Fault) => void;
}

/** Lets an allowed page read the answer. */
const openTo = (origin: string | undefined, response: ServerResponse): void => {
  if (origin === undefined) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'location, etag, link, accept-patch, retry-after');
  response.setHeader('vary', 'origin');
};

const preflight = (response: ServerResponse, methods: string): void => {
  response.writeHead(204, {
    'allow': methods,
    'access-control-allow-methods': methods,
    'access-control-allow-headers': 'authorization, content-type, if-match, last-event-id',
    'access-control-max-age': '600',
    'content-length': 0,
  });
  response.end();
};

/** Who may use this route; undefined when it was refused. */
const admit = (request: IncomingMessage, response: ServerResponse, { scope }: Route, door: Door): { readonly who: Identity | undefined } | undefined => {
  const who = callerIn(request, door);
  if (scope === 'open' || scope === 'health') return { who };
  if (who === undefined) refuse(response, 401, `This needs a bearer token with the scope ${scope}.`, { 'www-authenticate': 'Bearer realm="hearken"' });
  else if (!who.scopes.has(scope)) {
    const wanted = `Bearer realm="hearken", error="insufficient_scope", scope="${scope}"`;
    // The kind tells it from other refusals of this status: only another token helps.
    sendJson(response, 403, { error: lacks(scope), kind: 'auth-required' satisfies FaultKind }, { 'connection': 'close', 'www-authenticate': wanted });
  }
  else return { who };
  return undefined;
};

const call = async (request: IncomingMessage, response: ServerResponse, url: URL, route: Route, { door, onFault }: Router): Promise<void> => {
  const admitted = admit(request, response, route, door);
  if (admitted === undefined) return;
  const left = new AbortController();
  response.once('close', () => { left.abort(); });
  try {
    await route.handle({ request, response, url, params: fit(route.path, url.pathname) ?? {}, who: admitted.who, left: left.signal });
  } catch (error) {
    // Nobody is there any more who could be told.
    if (left.signal.aborted) return;
    const fault = sendFailure(request, response, error);
    if (fault?.kind === 'internal') onFault?.(fault);
  }
};

const pathOf = (here: readonly Route[]): string => here[0]?.path ?? 'none';

const answer = (request: IncomingMessage, response: ServerResponse, url: URL | undefined, here: readonly Route[], router: Router): void => {
  const { door } = router;
  const { method = 'GET', headers: { origin } } = request;
  const healthOnly = here.length > 0 && here.every(({ scope }) => scope === 'health');
  if (!healthOnly && !door.rates.take(request.socket.remoteAddress)) {
    refuse(response, 429, 'Too many calls from this address.', { 'retry-after': '1' });
    return;
  }
  if (!healthOnly && !mayCall(request, door)) {
    refuse(response, 403, 'This origin or host name is not allowed.');
    return;
  }
  openTo(origin, response);
  const route = here.find((one) => one.method === (method === 'HEAD' ? 'GET' : method));
  const methods = [...new Set(here.flatMap((one) => one.method === 'GET' ? ['GET', 'HEAD'] : [one.method])), 'OPTIONS'].join(', ');
  if (url === undefined || here.length === 0) refuse(response, 404, 'There is nothing here.');
  else if (route === undefined && method === 'OPTIONS') preflight(response, methods);
  else if (route === undefined) refuse(response, 405, `Here one may ${methods}.`, { allow: methods });
  else void call(request, response, url, route, router);
};

/**
 * Answers plain HTTP by a table of routes. Every call is counted against the rate of its address, must come from an allowed
 * origin by an allowed host name, and needs the scope of its route; health alone is told to everybody.
 */
export const answerHttp = (request: IncomingMessage, response: ServerResponse, router: Router): void => {
  const url = urlOf(request);
  const here = url === undefined ? [] : router.routes.filter(({ path }) => fit(path, url.pathname) !== undefined);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.once('finish', () => { router.onAnswered?.(request.method ?? 'GET', pathOf(here), response.statusCode); });
  answer(request, response, url, here, router);
};

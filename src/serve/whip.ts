/** WHIP over HTTP (RFC 9725): `POST /whip/{camera}`, and `PATCH` and `DELETE` of the session that it makes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WhipDoor, WhipIceServer, WhipReason, WhipRefusal } from './whip-door.js';

/** One request to `/whip/{camera}` or `/whip/{camera}/{id}`, let in by its caller: origin, host and token are checked. */
export interface WhipCall {
  /** As the address has it, decoded. */
  readonly camera: string;
  /** Of the session; undefined for the endpoint itself. */
  readonly id: string | undefined;
  /** Undefined when there is no such camera, or nobody can publish to it. */
  readonly door: WhipDoor | undefined;
  /** Sent with every answer: CORS. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The longest offer that is read [bytes]; a browser's with all its codecs is 8 KiB. Default 64 KiB. */
  readonly mostBytes?: number;
}

/** Methods that pages of other origins may use, for the CORS answer of `OPTIONS`. */
const METHODS = { endpoint: 'POST, OPTIONS', session: 'PATCH, DELETE, OPTIONS' } as const;
const OFFER_TYPE = 'application/sdp';
const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';
const MOST_OFFER_BYTES = 64 * 1024;
/** The longest fragment that is read [bytes]. */
const MOST_FRAGMENT_BYTES = 16 * 1024;

/** The status of each refusal (RFC 9725, sections 4.2 and 4.3; RFC 6585, section 3). */
const STATUS: Readonly<Record<WhipReason, number>> = {
  'malformed': 400, 'no-session': 404, 'not-acceptable': 406, 'busy': 409, 'stale': 412, 'unprocessable': 422, 'unconditional': 428, 'not-ready': 503,
};
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request', 404: 'Not found', 405: 'Method not allowed', 406: 'Not acceptable', 409: 'Conflict', 412: 'Precondition failed',
  413: 'Content too large', 415: 'Unsupported media type', 422: 'Unprocessable content', 428: 'Precondition required', 503: 'Service unavailable',
};

type Headers = Readonly<Record<string, string | readonly string[]>>;

const send = (response: ServerResponse, call: WhipCall, status: number, headers: Headers, body = ''): void => {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    ...call.headers,
    // A page of another origin reads only what is named here.
    'access-control-expose-headers': 'Location, ETag, Link, Accept-Patch, Retry-After',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  });
  response.end(body);
};

/** A refusal as problem details (RFC 9457). */
const refuse = (response: ServerResponse, call: WhipCall, status: number, detail: string, headers: Headers = {}): void => {
  const problem = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail };
  send(response, call, status, { 'content-type': 'application/problem+json', ...headers }, JSON.stringify(problem));
};

const refuseWith = (response: ServerResponse, call: WhipCall, { refused, sentence, retryAfterS }: WhipRefusal): void => {
  refuse(response, call, STATUS[refused], sentence, retryAfterS === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterS))) });
};

/** The body as text; undefined when it is longer than allowed, and then the rest is not read. */
const bodyOf = async (request: IncomingMessage, mostBytes: number): Promise<string | undefined> => {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return undefined;
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
};

const typeOf = (request: IncomingMessage): string => (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** The body of a request that must be of this type; undefined when it was refused already. */
const read = async (request: IncomingMessage, response: ServerResponse, call: WhipCall, type: string, mostBytes: number): Promise<string | undefined> => {
  if (typeOf(request) !== type) {
    refuse(response, call, 415, `Send this as Content-Type: ${type}.`, { [type === OFFER_TYPE ? 'accept-post' : 'accept-patch']: type, 'connection': 'close' });
    return undefined;
  }
  const body = await bodyOf(request, mostBytes);
  if (body === undefined) refuse(response, call, 413, `No more than ${mostBytes} bytes are taken here.`, { connection: 'close' });
  return body;
};

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

const linkOf = ({ url, username, credential }: WhipIceServer): string =>
  [`<${url}>; rel="ice-server"`, ...(username === undefined ? [] : [`username=${quoted(username)}`]),
    ...(credential === undefined ? [] : [`credential=${quoted(credential)}`, 'credential-type="password"'])].join('; ');

/** STUN and TURN servers for publishers, as `Link` headers (RFC 9725, section 4.6). */
const links = (iceServers: readonly WhipIceServer[]): Headers => (iceServers.length === 0 ? {} : { link: iceServers.map(linkOf) });

/** The session's address, below the one that was posted to, also behind a proxy that adds a prefix. */
const locationOf = (request: IncomingMessage, id: string): string => `${(request.url ?? '/').split('?', 1)[0]?.replace(/\/+$/, '') ?? ''}/${id}`;

const publish = async (request: IncomingMessage, response: ServerResponse, call: WhipCall, door: WhipDoor): Promise<void> => {
  const sdp = await read(request, response, call, OFFER_TYPE, call.mostBytes ?? MOST_OFFER_BYTES);
  if (sdp === undefined) return;
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  const answer = await door.offer(sdp, gone.signal);
  if (answer.refused !== undefined) {
    refuseWith(response, call, answer);
    return;
  }
  send(response, call, 201, {
    'content-type': OFFER_TYPE, 'location': locationOf(request, answer.id), 'etag': quoted(answer.etag), 'accept-patch': FRAGMENT_TYPE, ...links(door.iceServers ?? []),
  }, answer.sdp);
};

const trickle = async (request: IncomingMessage, response: ServerResponse, call: WhipCall, door: WhipDoor, id: string): Promise<void> => {
  const fragment = await read(request, response, call, FRAGMENT_TYPE, MOST_FRAGMENT_BYTES);
  if (fragment === undefined) return;
  const done = await door.patch(id, fragment, request.headers['if-match']);
  if (done.refused === undefined) send(response, call, 204, {});
  else refuseWith(response, call, done);
};

/** Answers `OPTIONS`, which needs no token: what may be sent here, also to browsers that ask before they send. */
const tell = (response: ServerResponse, call: WhipCall): void => {
  send(response, call, 204, {
    'access-control-allow-methods': call.id === undefined ? METHODS.endpoint : METHODS.session,
    'access-control-allow-headers': 'authorization, content-type, if-match',
    'access-control-max-age': '600',
    ...(call.id === undefined ? { 'accept-post': OFFER_TYPE } : { 'accept-patch': FRAGMENT_TYPE }),
    // Whoever asks has shown no token.
    ...links((call.door?.iceServers ?? []).filter(({ credential }) => credential === undefined)),
  });
};

/**
 * Answers one request to a camera's WHIP endpoint (`POST`: 201 with `Location`, `ETag` and `Accept-Patch`) or to the session
 * that it made (`PATCH`: 204; `DELETE`: 200). Refusals are problem details with one sentence for people. It never rejects.
 * `OPTIONS` is answered too and needs no token; everything else must have been let in before.
 */
export const answerWhip = async (request: IncomingMessage, response: ServerResponse, call: WhipCall): Promise<void> => {
  const { door, id, camera } = call;
  const { method } = request;
  try {
    if (method === 'OPTIONS') tell(response, call);
    else if (door === undefined) refuse(response, call, 404, `Nobody can publish to "${camera}". Give that camera "source: whip" in the configuration.`, { connection: 'close' });
    else if (id === undefined && method === 'POST') await publish(request, response, call, door);
    else if (id !== undefined && method === 'PATCH') await trickle(request, response, call, door, id);
    else if (id !== undefined && method === 'DELETE') {
      if (await door.end(id)) send(response, call, 200, {});
      else refuse(response, call, 404, 'There is no such session; it has ended.');
    } else {
      refuse(response, call, 405, id === undefined ? 'A publisher offers itself by POST.' : 'A session takes PATCH for candidates and DELETE for its end.', {
        allow: id === undefined ? METHODS.endpoint : METHODS.session, connection: 'close',
      });
    }
  } catch {
    // The client went away in the middle of its body: there is nobody to answer.
    response.destroy();
  }
};

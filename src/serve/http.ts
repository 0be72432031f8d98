import type { IncomingMessage, ServerResponse } from 'node:http';
import { bears, hostAllowed, originAllowed, type Tickets } from './access.js';

/** Whom the server lets in. */
export interface Door {
  readonly token: string | undefined;
  readonly origins: readonly string[];
  readonly tickets: Tickets;
  /** How long a ticket lives [ms]. */
  readonly ticketLifeMs: number;
}

/** The address asked for, whatever the client wrote; only its path and its query are of use. */
export const urlOf = (request: IncomingMessage): URL | undefined => {
  const path = request.url ?? '/';
  // A second slash would make the next word a host name.
  return path.startsWith('/') && !path.startsWith('//') && URL.canParse(path, 'http://server') ? new URL(path, 'http://server') : undefined;
};

/** Whether this request comes from a page, and by a name, that may call here at all. */
export const mayCall = (request: IncomingMessage, door: Door): boolean =>
  hostAllowed(request.headers.host, door.token) && originAllowed(request.headers.origin, request.headers.host, door.origins);

/** Whether the request bears the token, or none is needed. */
export const mayEnter = (request: IncomingMessage, door: Door): boolean =>
  door.token === undefined || bears(request.headers.authorization, door.token);

const answer = (response: ServerResponse, status: number, body: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(text);
};

const refuse = (response: ServerResponse, status: number, message: string, headers: Readonly<Record<string, string>> = {}): void => {
  // The body that came with it, if any, is not read.
  answer(response, status, { error: message }, { connection: 'close', ...headers });
};

const giveTicket = (request: IncomingMessage, response: ServerResponse, door: Door, cors: Readonly<Record<string, string>>): void => {
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { ...cors, 'access-control-allow-methods': 'POST', 'access-control-allow-headers': 'authorization', 'content-length': 0 });
    response.end();
  } else if (request.method !== 'POST') {
    refuse(response, 405, 'A ticket is made by POST.', { allow: 'POST, OPTIONS', ...cors });
  } else if (!mayEnter(request, door)) {
    refuse(response, 401, 'A bearer token is needed.', { 'www-authenticate': 'Bearer', ...cors });
  } else {
    answer(response, 201, { ticket: door.tickets.issue(), expires_in_s: door.ticketLifeMs / 1000 }, { connection: 'close', ...cors });
  }
};

/** Answers plain HTTP: `GET /healthz` for everybody, `POST /api/ws-ticket` for who bears the token. */
export const answerHttp = (request: IncomingMessage, response: ServerResponse, door: Door): void => {
  const path = urlOf(request)?.pathname;
  if (path === '/healthz') {
    if (request.method === 'GET' || request.method === 'HEAD') answer(response, 200, { status: 'ok' });
    else refuse(response, 405, 'Health is read by GET.', { allow: 'GET, HEAD' });
  } else if (path === '/api/ws-ticket') {
    const { origin } = request.headers;
    const cors: Record<string, string> = origin === undefined ? {} : { 'access-control-allow-origin': origin, 'vary': 'origin' };
    if (mayCall(request, door)) giveTicket(request, response, door, cors);
    else refuse(response, 403, 'This origin or host name is not allowed.');
  } else if (path === '/ws') {
    refuse(response, 426, 'This is a WebSocket.', { upgrade: 'websocket' });
  } else {
    refuse(response, 404, 'There is nothing here.');
  }
};

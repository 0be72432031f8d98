import { randomUUID } from 'node:crypto';
import { createServer, STATUS_CODES, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Output } from '../emit/types.js';
import { Fault } from '../faults.js';
import { requireToken, Tickets } from './access.js';
import { Clients, closeSocket, forgive } from './clients.js';
import { answerHttp, mayCall, mayEnter, urlOf, type Door } from './http.js';
import { PublicationLog } from './log.js';
import { DEFAULT_LIMITS, type ServerLimits, type ServerOptions } from './options.js';
import { publication } from './publication.js';

/** What the server has to say of itself. */
export interface ServerStats {
  /** Clients connected now. */
  readonly clients: number;
  /** Messages published since the start. */
  readonly published: number;
  /** Messages that slow clients have lost since the start. */
  readonly dropped: number;
  /** Bytes handed to sockets that have not left yet. */
  readonly bufferedBytes: number;
}

/** A server that listens. */
export interface Server {
  readonly address: { readonly host: string; readonly port: number };
  /** Sends what a camera's stream put out to everybody who subscribed to it. Never waits and never fails. */
  publish(camera: string, output: Output): void;
  stats(): ServerStats;
  /** Closes every connection with 1001 and ends; within 2 s, however slow the clients. Idempotent. */
  close(): Promise<void>;
}

const refuseUpgrade = (socket: Duplex, status: number): void => {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => { socket.destroy(); });
};

/** Whether an upgrade bears the token, or a ticket that was not used yet. */
const admitted = (request: IncomingMessage, url: URL, door: Door): boolean => {
  const ticket = url.searchParams.get('ticket');
  return ticket === null ? mayEnter(request, door) : door.tickets.redeem(ticket);
};

/** Lets WebSockets in; who may not enter is told so by a close code, since browsers do not show HTTP errors to pages. */
const upgradeTo = (clients: Clients, door: Door, limits: ServerLimits) => {
  const settings = {
    noServer: true, clientTracking: false, autoPong: false, perMessageDeflate: false,
    maxPayload: limits.messageBytes, closeTimeout: limits.closeMs,
  };
  const sockets = new WebSocketServer(settings);
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => { socket.destroy(); });
    const url = urlOf(request);
    if (url?.pathname !== '/ws') refuseUpgrade(socket, 404);
    else if (!mayCall(request, door)) refuseUpgrade(socket, 403);
    else {
      const mayIn = admitted(request, url, door);
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        if (mayIn) {
          clients.add(webSocket);
          return;
        }
        forgive(webSocket);
        closeSocket(webSocket, 'unauthorised', limits.closeMs);
      });
    }
  };
};

const listen = (server: HttpServer, { host, port }: ServerOptions): Promise<Server['address']> =>
  new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      reject(new Fault('serve', 'listen-failed', `Cannot listen on ${host} port ${port}: ${cause instanceof Error ? cause.message : 'unknown cause'}.`, {
        remedy: 'Choose another port or address, or stop what uses this one.', cause,
      }));
    };
    server.on('error', fail);
    try {
      server.listen(port, host, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? { host: address.address, port: address.port } : { host, port });
      });
    } catch (cause) {
      // a port that is no port is thrown, not emitted
      fail(cause);
    }
  });

const ended = (server: HttpServer, closeMs: number): Promise<void> =>
  new Promise((resolve) => {
    // Sockets that were upgraded are cut by their own timers; this cuts the rest.
    const cut = setTimeout(() => { server.closeAllConnections(); }, closeMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });

/**
 * Starts the server: WebSocket `/ws` (see protocol.ts), `POST /api/ws-ticket` and `GET /healthz`.
 * Fault `auth-required` when others could reach it without a token; Fault `listen-failed` when it cannot listen.
 *
 * @example
 * const server = await startServer({ host: '127.0.0.1', port: 8790 });
 * outputs.subscribe((output) => server.publish('dock', output));
 */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  requireToken(options.host, options.token);
  const limits: ServerLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const nowMs = (): number => performance.now();
  const log = new PublicationLog(limits.log);
  const door: Door = { token: options.token, origins: options.origins ?? [], tickets: new Tickets(limits.tickets, nowMs), ticketLifeMs: limits.tickets.lifeMs };
  const http = createServer({ requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 5_000, connectionsCheckingInterval: 5_000, maxHeaderSize: 16 * 1024 });
  // Room beside the clients for health checks, tickets and those who are being refused; beyond it nobody is answered.
  http.maxConnections = limits.clients + 64;
  const address = await listen(http, options);
  const clients = new Clients(randomUUID(), log, limits, nowMs);
  http.on('request', (request, response) => { answerHttp(request, response, door); });
  http.on('upgrade', upgradeTo(clients, door, limits));
  let closing: Promise<void> | undefined;
  return {
    address,
    publish: (camera, output) => {
      if (closing === undefined) clients.published(log.append((seq) => publication(seq, camera, output)));
    },
    stats: () => ({ clients: clients.count, published: log.seq, dropped: clients.dropped, bufferedBytes: clients.bufferedBytes }),
    close: () => {
      closing ??= (clients.close('going_away'), ended(http, limits.closeMs));
      return closing;
    },
  };
};

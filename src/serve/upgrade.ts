import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clients } from './clients.js';
import { callerIn, mayCall, urlOf, type Door } from './http.js';
import type { PublicationLog } from './log.js';
import type { ServerLimits } from './options.js';
import type { CloseReason } from './protocol.js';
import { Session } from './session.js';
import { closeSocket, forgive, WsClient } from './ws-client.js';

const refuseUpgrade = (socket: Duplex, status: number): void => {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => { socket.destroy(); });
};

/** Why an upgrade is refused that bears neither a token that may subscribe, nor a ticket that was not used yet; else undefined. */
const refusalOf = (request: IncomingMessage, url: URL, door: Door): CloseReason | undefined => {
  const ticket = url.searchParams.get('ticket');
  const who = ticket === null ? callerIn(request, door) : door.tickets.redeem(ticket);
  if (who === undefined) return 'unauthorised';
  return who.scopes.has('subscribe') ? undefined : 'forbidden';
};

/** What WebSockets are joined to. */
export interface Hall {
  /** The name of this run of the server. */
  readonly server: string;
  readonly clients: Clients;
  readonly log: PublicationLog;
  readonly door: Door;
  readonly limits: ServerLimits;
  readonly nowMs: () => number;
}

const welcome = (socket: WebSocket, { server, clients, log, limits, nowMs }: Hall): void => {
  const session = new Session(server, log, {
    get bufferedBytes() { return socket.bufferedAmount; },
    send: (text, sent) => { socket.send(text, (error) => { if (!(error instanceof Error)) sent(); }); },
    close: (reason) => { closeSocket(socket, reason, limits.closeMs); },
  }, limits, nowMs);
  new WsClient(socket, session, limits).join(clients);
};

/** Lets WebSockets in; who may not enter is told so by a close code, since browsers do not show HTTP errors to pages. */
export const upgradeTo = (hall: Hall): (request: IncomingMessage, socket: Duplex, head: Buffer) => void => {
  const { clients, door, limits } = hall;
  const settings = {
    noServer: true, clientTracking: false, autoPong: false, perMessageDeflate: false,
    maxPayload: limits.messageBytes, closeTimeout: limits.closeMs,
  };
  const sockets = new WebSocketServer(settings);
  return (request, socket, head) => {
    socket.on('error', () => { socket.destroy(); });
    const url = urlOf(request);
    if (!door.rates.take(request.socket.remoteAddress)) refuseUpgrade(socket, 429);
    else if (url?.pathname !== '/ws') refuseUpgrade(socket, 404);
    else if (!mayCall(request, door)) refuseUpgrade(socket, 403);
    else {
      const refused = refusalOf(request, url, door) ?? clients.refusal;
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        forgive(webSocket);
        if (refused === undefined) welcome(webSocket, hall);
        else closeSocket(webSocket, refused, limits.closeMs);
      });
    }
  };
};

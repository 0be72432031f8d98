import type { RawData, WebSocket } from 'ws';
import type { Client, Clients } from './clients.js';
import type { ServerLimits } from './options.js';
import { CLOSE_CODES, type CloseReason } from './protocol.js';
import type { Session } from './session.js';

/** Closes with a code, and cuts the connection when the client does not answer in time. */
export const closeSocket = (socket: WebSocket, reason: CloseReason, closeMs: number): void => {
  const { code, meaning } = CLOSE_CODES[reason];
  socket.close(code, meaning);
  const cut = setTimeout(() => { socket.terminate(); }, closeMs);
  socket.once('close', () => { clearTimeout(cut); });
};

/**
 * Keeps what a client did wrong from ending the process. ws itself closes such a connection, with 1002, 1007 or
 * 1009, and cuts it when the client does not answer.
 */
export const forgive = (socket: WebSocket): void => {
  socket.on('error', () => undefined);
};

const asText = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)).toString('utf8');

/** A client over a WebSocket: joins its socket to its session, and finds out whether it is dead. */
export class WsClient implements Client {
  readonly transport = 'ws';
  readonly #socket: WebSocket;
  readonly #session: Session;
  readonly #limits: ServerLimits;
  /** Whether anything came since the last ping. */
  #alive = true;

  /**
   * @param socket its connection
   * @param session what it asks for
   * @param limits what it may do
   */
  constructor(socket: WebSocket, session: Session, limits: ServerLimits) {
    this.#socket = socket;
    this.#session = session;
    this.#limits = limits;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  pump(): void {
    this.#session.pump();
  }

  gone: Client['gone'] = (publications) => this.#session.gone(publications);

  beat(): void {
    if (this.#alive) {
      this.#alive = false;
      this.#socket.ping();
    } else this.close('unresponsive');
  }

  close(reason: CloseReason): void {
    this.#session.close(reason);
  }

  /** Listens to the socket for as long as it is open, and is counted among the clients for as long. */
  join(clients: Clients): void {
    clients.add(this);
    this.#socket.on('message', (data, isBinary) => {
      this.#alive = true;
      if (isBinary) this.close('not_text');
      else this.#session.receive(asText(data));
    });
    this.#socket.on('pong', () => {
      this.#alive = true;
      this.#session.allow();
    });
    // Answered by hand: an answer to a client that does not read would wait in memory.
    this.#socket.on('ping', (data) => {
      this.#alive = true;
      if (this.#session.allow() && this.bufferedBytes < this.#limits.bufferedBytes) this.#socket.pong(data);
    });
    this.#socket.on('close', () => {
      this.#session.end();
      clients.remove(this);
    });
  }
}

import type { RawData, WebSocket } from 'ws';
import type { PublicationLog } from './log.js';
import { CLOSE_CODES, type CloseReason } from './protocol.js';
import type { Publication } from './publication.js';
import { Session } from './session.js';
import type { ServerLimits } from './options.js';

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

/** Clients served in one turn of the event loop. */
const CLIENTS_PER_TURN = 16;

interface Client {
  readonly socket: WebSocket;
  readonly session: Session;
  /** Whether anything came since the last ping. */
  alive: boolean;
}

/** All clients that are connected: joins their sockets to their sessions and finds out who is dead. */
export class Clients {
  readonly #server: string;
  readonly #log: PublicationLog;
  readonly #limits: ServerLimits;
  readonly #nowMs: () => number;
  readonly #clients = new Set<Client>();
  readonly #heartbeat: NodeJS.Timeout;
  /** Whom to serve next, while some have not been served since the last publication. */
  #round: SetIterator<Client> | undefined;
  /** Whether something was published since this round began. */
  #again = false;
  #dropped = 0;
  #closed = false;

  /**
   * @param server the name of this run of the server
   * @param log what is published
   * @param limits what bounds the server
   * @param nowMs a clock that does not run backwards [ms]
   */
  constructor(server: string, log: PublicationLog, limits: ServerLimits, nowMs: () => number) {
    this.#server = server;
    this.#log = log;
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#heartbeat = setInterval(() => { this.#beat(); }, limits.heartbeatMs).unref();
  }

  /** Clients connected now. */
  get count(): number {
    return this.#clients.size;
  }

  /** Messages that slow clients have lost since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Bytes handed to sockets that have not left yet. */
  get bufferedBytes(): number {
    return [...this.#clients].reduce((sum, { socket }) => sum + socket.bufferedAmount, 0);
  }

  /** Takes a connection in, or closes it when there are too many. */
  add(socket: WebSocket): void {
    forgive(socket);
    const refused = this.#closed ? 'going_away' : this.#clients.size >= this.#limits.clients ? 'try_again_later' : undefined;
    if (refused !== undefined) {
      closeSocket(socket, refused, this.#limits.closeMs);
      return;
    }
    const session = new Session(this.#server, this.#log, {
      get bufferedBytes() { return socket.bufferedAmount; },
      send: (text, sent) => { socket.send(text, (error) => { if (!(error instanceof Error)) sent(); }); },
      close: (reason) => { closeSocket(socket, reason, this.#limits.closeMs); },
    }, this.#limits, this.#nowMs);
    const client: Client = { socket, session, alive: true };
    this.#clients.add(client);
    this.#listen(client);
  }

  #listen(client: Client): void {
    const { socket, session } = client;
    socket.on('message', (data, isBinary) => {
      client.alive = true;
      if (isBinary) session.close('not_text');
      else session.receive(asText(data));
    });
    socket.on('pong', () => {
      client.alive = true;
      session.allow();
    });
    // Answered by hand: an answer to a client that does not read would wait in memory.
    socket.on('ping', (data) => {
      client.alive = true;
      if (session.allow() && socket.bufferedAmount < this.#limits.bufferedBytes) socket.pong(data);
    });
    socket.on('close', () => {
      session.end();
      this.#clients.delete(client);
    });
  }

  /** Says that there is something new in the log, and what left it. Returns at once; sending begins behind it. */
  published(gone: readonly Publication[]): void {
    if (gone.length > 0) for (const { session } of this.#clients) this.#dropped += session.gone(gone);
    if (this.#round !== undefined) {
      this.#again = true;
      return;
    }
    this.#round = this.#clients.values();
    setImmediate(() => { this.#serve(); });
  }

  /** Serves some clients, and the others in the next turns of the event loop. */
  #serve(): void {
    for (let served = 0; served < CLIENTS_PER_TURN; served++) {
      const next = this.#round?.next();
      if (next === undefined || next.done === true) {
        this.#round = this.#again ? this.#clients.values() : undefined;
        this.#again = false;
        if (this.#round === undefined) return;
        break;
      }
      next.value.session.pump();
    }
    setImmediate(() => { this.#serve(); });
  }

  /** Closes all connections with a code, and those that still come. */
  close(reason: CloseReason): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    for (const { session } of this.#clients) session.close(reason);
  }

  #beat(): void {
    for (const client of this.#clients) {
      if (client.alive) {
        client.alive = false;
        client.socket.ping();
      } else client.session.close('unresponsive');
    }
  }
}

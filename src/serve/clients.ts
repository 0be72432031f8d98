import type { CloseReason } from './protocol.js';
import type { Publication } from './publication.js';

/** How a client is connected. */
export type Transport = 'ws' | 'sse';

/** One client that is connected, however it is. */
export interface Client {
  readonly transport: Transport;
  /** Bytes handed to its socket that have not left yet. */
  readonly bufferedBytes: number;
  /** Sends what there is to send, as far as the socket has room. */
  pump(): void;
  /** Notes that messages left the log; how many of them this client has now lost. */
  gone(publications: readonly Publication[]): number;
  /** Time to find out whether it is still there. */
  beat(): void;
  /** Ends the connection. Idempotent. */
  close(reason: CloseReason): void;
}

/** What bounds the clients together. */
export interface ClientsLimits {
  readonly clients: number;
  /** Time between two beats [ms]. */
  readonly heartbeatMs: number;
}

/** Clients served in one turn of the event loop. */
const CLIENTS_PER_TURN = 16;

/** All clients that are connected: tells them of what is published, a few in each turn of the event loop. */
export class Clients {
  readonly #limits: ClientsLimits;
  readonly #clients = new Set<Client>();
  readonly #heartbeat: NodeJS.Timeout;
  /** Whom to serve next, while some have not been served since the last publication. */
  #round: SetIterator<Client> | undefined;
  /** Whether something was published since this round began. */
  #again = false;
  #dropped = 0;
  #closed = false;

  /** @param limits how many there may be, and how often they are asked whether they are there */
  constructor(limits: ClientsLimits) {
    this.#limits = limits;
    this.#heartbeat = setInterval(() => { for (const client of this.#clients) client.beat(); }, limits.heartbeatMs).unref();
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
    return [...this.#clients].reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0);
  }

  /** Clients connected now in this way. */
  countOf(transport: Transport): number {
    let count = 0;
    for (const client of this.#clients) if (client.transport === transport) count += 1;
    return count;
  }

  /** Why nobody more can come in now; undefined when somebody can. */
  get refusal(): CloseReason | undefined {
    if (this.#closed) return 'going_away';
    return this.#clients.size >= this.#limits.clients ? 'try_again_later' : undefined;
  }

  /** Takes a client in; what it says on its way in, it says before. */
  add(client: Client): void {
    this.#clients.add(client);
  }

  /** Forgets a client whose connection has ended. */
  remove(client: Client): void {
    this.#clients.delete(client);
  }

  /** Says that there is something new in the log, and what left it. Returns at once; sending begins behind it. */
  published(gone: readonly Publication[]): void {
    if (gone.length > 0) for (const client of this.#clients) this.#dropped += client.gone(gone);
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
      next.value.pump();
    }
    setImmediate(() => { this.#serve(); });
  }

  /** Says what is left to say, closes all connections with a reason, and those that still come. */
  close(reason: CloseReason): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    for (const client of this.#clients) {
      // What was published just now, such as the end of an event, is still to be said.
      client.pump();
      client.close(reason);
    }
  }
}

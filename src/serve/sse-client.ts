import type { ServerResponse } from 'node:http';
import type { Client, Clients } from './clients.js';
import { CLOSE_CODES, type CloseReason } from './protocol.js';
import type { Publication } from './publication.js';
import { plainText } from './publication.js';
import { Pump } from './pump.js';
import type { Subscription, Wording } from './subscription.js';

/** One server-sent event: a name, a line of JSON, and the id to come back with. */
export const sseText = (event: string, data: string, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;

/** The name of a message across runs of the server, and back. */
export const eventId = {
  of: (server: string, seq: number): string => `${server}-${seq}`,
  /** Where to go on: behind that message, or, when it is of another run, at the beginning: then all there is, is new. */
  since: (server: string, text: string): number | undefined => {
    const [, run, seq] = /^(?:(.*)-)?(\d{1,15})$/.exec(text) ?? [];
    if (seq === undefined) return undefined;
    return run === undefined || run === server ? Number(seq) : 0;
  },
};

/** As Server-Sent Events say it. */
export const overSse = (server: string): Wording => ({
  lagged: (dropped) => sseText('lagged', JSON.stringify({ type: 'lagged', dropped })),
  message: (publication) => sseText(publication.kind, plainText(publication), eventId.of(server, publication.seq)),
});

/** What bounds one client over SSE. */
export interface SseLimits {
  /** Bytes handed over to the socket before waiting for it. */
  readonly bufferedBytes: number;
  /** How long it has to take its last words before the connection is cut [ms]. */
  readonly closeMs: number;
}

/** A client over Server-Sent Events: one subscription, for as long as the answer goes on. */
export class SseClient implements Client {
  readonly transport = 'sse';
  readonly #response: ServerResponse;
  readonly #subscription: Subscription;
  readonly #limits: SseLimits;
  /** Bytes its socket had taken at the last beat. */
  #written = -1;
  readonly #pump: Pump;

  /**
   * @param response the answer that goes on
   * @param subscription what it asks for
   * @param limits what it may hold
   */
  constructor(response: ServerResponse, subscription: Subscription, limits: SseLimits) {
    this.#response = response;
    this.#subscription = subscription;
    this.#limits = limits;
    this.#pump = new Pump({
      get bufferedBytes() { return response.writableLength; },
      next: () => (subscription.behind ? subscription.next() : null),
      send: (text) => { response.write(text); },
    }, limits.bufferedBytes);
  }

  get bufferedBytes(): number {
    return this.#response.writableLength;
  }

  pump(): void {
    this.#pump.run();
  }

  gone(publications: readonly Publication[]): number {
    return publications.filter((publication) => this.#subscription.gone(publication)).length;
  }

  /** Keeps the way open through proxies; ends who has not taken a byte of what waits since the last time. */
  beat(): void {
    const written = this.#response.socket?.bytesWritten ?? 0;
    const stuck = this.bufferedBytes > 0 && written === this.#written;
    this.#written = written;
    if (stuck) this.#response.destroy();
    else if (this.bufferedBytes === 0) this.#response.write(':\n\n');
  }

  close(reason: CloseReason): void {
    if (this.#pump.stopped) return;
    this.#pump.stop();
    this.#response.end(sseText('close', JSON.stringify({ type: 'close', reason, meaning: CLOSE_CODES[reason].meaning })));
    const cut = setTimeout(() => { this.#response.destroy(); }, this.#limits.closeMs);
    this.#response.once('close', () => { clearTimeout(cut); });
  }

  /** Says these first words, then what there is, and is counted among the clients for as long as it stays. */
  join(clients: Clients, first: string): void {
    clients.add(this);
    this.#response.on('drain', () => { this.pump(); });
    this.#response.on('error', () => undefined);
    this.#response.once('close', () => {
      this.#pump.stop();
      clients.remove(this);
    });
    this.#response.write(first);
    this.pump();
  }
}

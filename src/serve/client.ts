import {
  BehaviorSubject, defer, distinctUntilChanged, EMPTY, filter as filterBy, finalize, from, mergeMap, Observable, of, ReplaySubject, retry, share, switchMap, tap, throwError, timer,
} from 'rxjs';
import { asFault, Fault } from '../faults.js';
import { openLink, type Link, type WebSocketMaker } from './client-link.js';
import { callServer, camerasOf, withScheme, type Callee, type ClientCameras } from './client-calls.js';
import type { Filter, Lagged, Published, ServerMessage } from './protocol.js';

/** Where the server is, and how to reach it. */
export interface ClientOptions {
  /** The server's address: `http:`, `https:`, `ws:` or `wss:`. */
  readonly url: string;
  /** Its token; the client trades it for a ticket before each connection, as browsers must. */
  readonly token?: string;
  /** A WebSocket constructor where there is no global one (Node before 22: that of `ws`). */
  readonly WebSocket?: WebSocketMaker;
  /** The longest wait before another attempt [ms]; the first is 500 ms, then twice as long each time. Default 30 s. */
  readonly retryMaxMs?: number;
  /** Time between two pings [ms]. Default 20 s. */
  readonly pingMs?: number;
}

/** Messages between the last one received and this point are lost: the server no longer has them. */
export interface Gap {
  readonly type: 'gap';
  /** The oldest it still has, which follows; null when it has none. */
  readonly oldest_seq: number | null;
}

/** What a subscription receives. */
export type ClientMessage = Published | Lagged | Gap;

/** How a connection stands. `idle`: nobody subscribes, or the server refused; `lost`: it broke, and is being made again. */
export type ConnectionState = 'idle' | 'connecting' | 'open' | 'lost';

/** A client of one server. */
export interface HearkenClient {
  /**
   * What matches the filters, from now on or from `since_seq` on. Cold; all subscriptions share one connection,
   * which is opened for the first and closed behind the last. When it breaks it is made again, and what was
   * missed is asked for. Errors with a Fault when the token or the filters are refused.
   */
  subscribe(filter?: Filter): Observable<ClientMessage>;
  /** How the shared connection is: what it is now, then whenever that changes. Never completes. */
  readonly connection: Observable<ConnectionState>;
  /** Its cameras, over REST. */
  readonly cameras: ClientCameras;
}

const RETRY_FIRST_MS = 500;

const globalWebSocket = (): WebSocketMaker => {
  const found = (globalThis as { readonly WebSocket?: WebSocketMaker }).WebSocket;
  if (found === undefined) {
    throw new Fault('serve', 'usage', 'There is no WebSocket here.', { remedy: 'Give one to the client: { WebSocket } of the package ws.' });
  }
  return found;
};

const getTicket = async (callee: Callee, signal: AbortSignal): Promise<string> => {
  const response = await callServer(callee, '/api/ws-ticket', { method: 'POST', signal });
  const body = await response.json() as { readonly ticket: string };
  return body.ticket;
};

/** The address of one connection, with a ticket of its own if there is a token. */
const addressOf = ({ url, token }: ClientOptions): Observable<string> => defer(() => {
  const address = withScheme(url, 'ws', '/ws');
  if (token === undefined) return of(address.href);
  const left = new AbortController();
  return new Observable<string>((subscriber) => {
    const ticket = from(getTicket({ url, token }, left.signal)).subscribe({
      next: (value) => {
        address.searchParams.set('ticket', value);
        subscriber.next(address.href);
      },
      error: (error: unknown) => { subscriber.error(error); },
    });
    return () => {
      ticket.unsubscribe();
      left.abort();
    };
  });
});

/** The connection, made again whenever it breaks; the wait doubles, with chance in it so that clients do not come all at once. */
const linkOf = (options: ClientOptions, say: (state: ConnectionState) => void): Observable<Link> => defer(() => {
  let failures = 0;
  say('connecting');
  const wait = (): number => {
    const longestMs = Math.min(options.retryMaxMs ?? 30_000, RETRY_FIRST_MS * 2 ** failures);
    failures += 1;
    return longestMs * (0.5 + Math.random() / 2);
  };
  return addressOf(options).pipe(
    switchMap((address) => openLink(options.WebSocket ?? globalWebSocket(), address, options.pingMs ?? 20_000)),
    tap(() => {
      failures = 0;
      say('open');
    }),
    retry({
      delay: (error: unknown) => {
        if (!(error instanceof Fault && error.retryable)) return throwError(() => asFault(error, 'serve'));
        say('lost');
        return timer(wait());
      },
    }),
    finalize(() => { say('idle'); }),
  );
});

/** One subscription on one connection, as the server speaks of it; ends with the command to end it. */
const ask = (link: Link, filter: Filter): Observable<ServerMessage> =>
  new Observable((subscriber) => {
    const id = link.send((free) => ({ ...filter, id: free, type: 'subscribe' }));
    const mine = (message: ServerMessage): boolean =>
      'subscription' in message ? message.subscription === id : message.type === 'result' && message.id === id;
    const messages = link.messages.pipe(filterBy(mine)).subscribe(subscriber);
    return () => {
      messages.unsubscribe();
      link.send((free) => ({ id: free, type: 'unsubscribe', subscription: id }));
    };
  });

/** What a subscriber receives on one connection; `begun` learns the number it began behind. */
const follow = (link: Link, filter: Filter, begun: (seq: number) => void): Observable<ClientMessage> =>
  ask(link, filter).pipe(mergeMap((message): Observable<ClientMessage> => {
    if ('subscription' in message) return of(message);
    if (message.type !== 'result') return EMPTY;
    if (!message.success) return throwError(() => new Fault('serve', 'usage', `Hearken refused the subscription: ${message.error.message}`));
    if (message.result !== null) begun(message.result.seq);
    const replay = message.result?.replay;
    return replay?.complete === false ? of({ type: 'gap', oldest_seq: replay.oldest_seq }) : EMPTY;
  }));

/**
 * A client for browsers and Node.
 *
 * @example
 * hearkenClient({ url: 'http://127.0.0.1:8790', token }).subscribe({ labels: ['drone'], min_score: 0.5 })
 *   .subscribe((message) => { if (message.type === 'event') show(message.event); });
 */
export const hearkenClient = (options: ClientOptions): HearkenClient => {
  const connection = new BehaviorSubject<ConnectionState>('idle');
  const shared = linkOf(options, (state) => { connection.next(state); }).pipe(share({ connector: () => new ReplaySubject(1) }));
  return {
    connection: connection.pipe(distinctUntilChanged()),
    cameras: camerasOf(options),
    subscribe: (filter = {}) => defer(() => {
      let server: string | undefined;
      let seq = filter.since_seq;
      return shared.pipe(
        switchMap((link) => {
          // Numbers of another run mean nothing: then all that the server has is new.
          if (server !== undefined && server !== link.server) seq = 0;
          server = link.server;
          return follow(link, { ...filter, ...(seq === undefined ? {} : { since_seq: seq }) }, (begun) => { seq ??= begun; });
        }),
        tap((message) => { if ('seq' in message) seq = message.seq; }),
      );
    }),
  };
};

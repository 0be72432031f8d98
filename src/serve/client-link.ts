import { Observable, Subject } from 'rxjs';
import { Fault } from '../faults.js';
import type { Command, ServerMessage } from './protocol.js';

/** The part of the standard WebSocket that the client needs; that of browsers has it, and that of `ws`. */
export interface WebSocketLike {
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

/** The constructor of a {@link WebSocketLike}. */
export type WebSocketMaker = new (address: string) => WebSocketLike;

/** A connection that is open: the server has said hello. */
export interface Link {
  /** The name of this run of the server. */
  readonly server: string;
  /** What it says; completes when the connection ends. */
  readonly messages: Observable<ServerMessage>;
  /** Sends a command under the next free id, and says which that is. Once the connection has ended, nothing is sent. */
  send(command: (id: number) => Command): number;
}

/** Says why a connection ended, and by its kind whether another attempt is of use. */
const closed = (code: number): Fault => {
  switch (code) {
    case 4401: return new Fault('serve', 'auth-required', 'Hearken does not know this token.', { remedy: 'Give the token that the server was started with.' });
    case 4403: return new Fault('serve', 'auth-required', 'This token may not subscribe: this needs a token with the scope subscribe.');
    case 4400: return new Fault('serve', 'internal', 'Hearken did not understand this client.', { remedy: 'Are client and server of the same version?' });
    default: return new Fault('serve', 'source-lost', `The connection to Hearken ended (code ${code}).`, { remedy: 'Is the server running?' });
  }
};

const read = (data: unknown): ServerMessage | undefined => {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && 'type' in value ? value as ServerMessage : undefined;
  } catch {
    return undefined;
  }
};

/** A pulse: `beat` every so often, until it is stopped. */
const every = (ms: number, beat: () => void): (() => void) => {
  const timer = setInterval(beat, ms);
  return () => { clearInterval(timer); };
};

/**
 * One connection: emits its {@link Link} once the server has said hello, errors with a Fault when it ends or has
 * been silent through two pings, and closes when it is left.
 *
 * @param WebSocket the constructor to use
 * @param address where to, `ws:` or `wss:`
 * @param pingMs time between two pings [ms]
 */
export const openLink = (WebSocket: WebSocketMaker, address: string, pingMs: number): Observable<Link> =>
  new Observable((subscriber) => {
    const messages = new Subject<ServerMessage>();
    const socket = new WebSocket(address);
    let lastId = 0;
    let open = false;
    let heard = true;
    const send: Link['send'] = (command) => {
      lastId += 1;
      if (open) socket.send(JSON.stringify(command(lastId)));
      return lastId;
    };
    socket.onmessage = ({ data }: { readonly data: unknown }) => {
      heard = true;
      const message = read(data);
      if (message?.type === 'hello') {
        open = true;
        subscriber.next({ server: message.server, messages: messages.asObservable(), send });
      } else if (message !== undefined) messages.next(message);
    };
    // What went wrong is said by the close that follows.
    socket.onerror = () => undefined;
    socket.onclose = ({ code }: { readonly code: number }) => { subscriber.error(closed(code)); };
    const stop = every(pingMs, () => {
      if (!heard) subscriber.error(new Fault('serve', 'source-stalled', 'Hearken has gone silent.', { remedy: 'Is the network down?' }));
      heard = false;
      send((id) => ({ id, type: 'ping' }));
    });
    return () => {
      open = false;
      stop();
      socket.onclose = null;
      socket.onmessage = null;
      socket.close();
      messages.complete();
    };
  });

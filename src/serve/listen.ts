import { createServer, type Server as HttpServer } from 'node:http';
import { Fault } from '../faults.js';
import type { ServerLimits, ServerOptions } from './options.js';
import { createTlsServer, type TlsServer } from './tls.js';

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A socket that listens, with or without TLS. */
export interface Listening {
  readonly http: HttpServer;
  readonly tls?: TlsServer;
}

/** Makes the server that will listen; slow callers are cut, and beyond so many connections nobody is answered. */
export const createListener = async ({ tls: files, note }: ServerOptions, limits: ServerLimits): Promise<Listening> => {
  const options = { requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 5_000, connectionsCheckingInterval: 5_000, maxHeaderSize: 16 * 1024 };
  const tls = files === undefined ? undefined : await createTlsServer(files, { ...options, handshakeTimeout: 10_000 }, (level, message) => note?.(level, message));
  const http: HttpServer = tls?.http ?? createServer(options);
  // Room beside the clients for calls, and for those who are being refused.
  http.maxConnections = limits.clients + 256;
  return { http, ...(tls === undefined ? {} : { tls }) };
};

/** Listens at an address, and says which one it became. Fault `listen-failed` when it cannot. */
export const listen = (server: HttpServer, { host, port }: Address): Promise<Address> =>
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

/** Ends a server: takes nobody more in, and cuts who is still there after so long [ms]. */
export const ended = (server: HttpServer, closeMs: number): Promise<void> =>
  new Promise((resolve) => {
    // Sockets that were upgraded are cut by their own timers; this cuts the rest.
    const cut = setTimeout(() => { server.closeAllConnections(); }, closeMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });

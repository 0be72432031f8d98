import type { TicketLimits } from './access.js';
import type { LogLimits } from './log.js';
import type { SessionLimits } from './session.js';

/** How the server listens and whom it lets in. */
export interface ServerOptions {
  /** Address to listen on. Anything but loopback needs a token. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Bearer token; without one everybody on this machine may connect. */
  readonly token?: string;
  /** Origins of pages that may connect, such as `https://home.example`, beside loopback and the server's own host. */
  readonly origins?: readonly string[];
  readonly limits?: Partial<ServerLimits>;
}

/** What bounds the server; every figure can be set. */
export interface ServerLimits extends SessionLimits {
  readonly clients: number;
  /** Largest message a client may send [bytes]. */
  readonly messageBytes: number;
  /** What is kept for replay and for slow clients, of each kind. */
  readonly log: LogLimits;
  readonly tickets: TicketLimits;
  /** Time between two pings; who has not answered by the next one is closed [ms]. */
  readonly heartbeatMs: number;
  /** How long a client has to answer a close before its connection is cut [ms]. */
  readonly closeMs: number;
}

/** The bounds unless told otherwise: some 80 MiB when all is full. */
export const DEFAULT_LIMITS: ServerLimits = {
  clients: 128,
  messageBytes: 16 * 1024,
  subscriptions: 16,
  messages: { perSecond: 20, burst: 60 },
  mistakes: 10,
  waitingAnswers: 64,
  bufferedBytes: 256 * 1024,
  log: { messages: 10_000, bytes: 8 * 1024 * 1024 },
  tickets: { lifeMs: 30_000, waiting: 256 },
  heartbeatMs: 30_000,
  closeMs: 1_000,
};

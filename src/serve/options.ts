import { limitsSchema, type LimitSettings } from '../settings/limits.js';
import type { ClientsLimits } from './clients.js';
import type { LogLimits } from './log.js';
import type { SessionLimits } from './session.js';
import type { TicketLimits } from './tickets.js';
import type { Rate } from './token-bucket.js';
import { SCOPES, type Token } from './tokens.js';
import type { WebhookSpec } from './webhooks/types.js';

/** Files of a TLS certificate, PEM. They are read again when they change. */
export interface TlsFiles {
  /** The certificate, and behind it those that vouch for it. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** How the server listens and whom it lets in. */
export interface ServerOptions {
  /** Address to listen on. Anything but loopback needs a token. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Bearer token with all scopes; without any token everybody on this machine may connect. */
  readonly token?: string;
  /** Bearer tokens with scopes of their own. */
  readonly tokens?: readonly Token[];
  /** Serves https and wss, and nothing else. */
  readonly tls?: TlsFiles;
  /** Origins of pages that may connect, such as `https://home.example`, beside loopback and the server's own host. */
  readonly origins?: readonly string[];
  /** Whom to tell of what is published. */
  readonly webhooks?: readonly WebhookSpec[];
  readonly limits?: Partial<ServerLimits>;
  /** Told of what people should know: one sentence, without secrets. */
  readonly note?: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** The tokens of a server, the one with all scopes first. */
export const tokensOf = ({ token, tokens = [] }: ServerOptions): Token[] =>
  [...(token === undefined ? [] : [{ name: 'HEARKEN_TOKEN', token, scopes: SCOPES }]), ...tokens];

/** What bounds the server; every figure can be set. */
export interface ServerLimits extends SessionLimits, ClientsLimits {
  /** Clients over WebSocket and SSE together. */
  readonly clients: number;
  /** Largest message a client may send [bytes]. */
  readonly messageBytes: number;
  /** Largest body of a call [bytes]. */
  readonly bodyBytes: number;
  /** How often one address may call; connecting is a call too. */
  readonly requests: Rate;
  /** Addresses whose calls are counted; the one silent for longest is forgotten first. */
  readonly addresses: number;
  /** What is kept for replay and for slow clients, of each kind. */
  readonly log: LogLimits;
  readonly tickets: TicketLimits;
  /** Time between two pings; who has not answered by the next one is closed [ms]. */
  readonly heartbeatMs: number;
  /** How long a client has to answer a close before its connection is cut [ms]. */
  readonly closeMs: number;
}

const rateOf = ({ perS: perSecond, burst }: LimitSettings['requests']): Rate => ({ perSecond, burst });

/** The bounds that the file sets, as the server has them. */
export const limitsOf = ({ requests, messages, replay: log, heartbeatS, ...same }: LimitSettings): Omit<ServerLimits, 'addresses' | 'mistakes' | 'waitingAnswers' | 'tickets' | 'closeMs'> =>
  ({ ...same, requests: rateOf(requests), messages: rateOf(messages), log, heartbeatMs: heartbeatS * 1000 });

/** The bounds unless told otherwise: some 80 MiB when all is full. */
export const DEFAULT_LIMITS: ServerLimits = {
  ...limitsOf(limitsSchema.parse({})),
  addresses: 4096,
  mistakes: 10,
  waitingAnswers: 64,
  tickets: { lifeMs: 30_000, waiting: 256 },
  closeMs: 1_000,
};

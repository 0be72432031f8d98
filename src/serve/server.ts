import { randomUUID } from 'node:crypto';
import type { Output } from '../emit/types.js';
import { AddressRates } from './address-rates.js';
import { Clients } from './clients.js';
import { answerHttp, type Door } from './http.js';
import { createListener, ended, listen, type Address } from './listen.js';
import { PublicationLog } from './log.js';
import { Metrics } from './metrics/metrics.js';
import { DEFAULT_LIMITS, tokensOf, type ServerLimits, type ServerOptions } from './options.js';
import { publication } from './publication.js';
import { routesOf } from './routes/routes.js';
import type { Site } from './site.js';
import { Tickets } from './tickets.js';
import { Keyring, requireTokens } from './tokens.js';
import { upgradeTo } from './upgrade.js';
import { WebhookSender } from './webhooks/sender.js';

/** What the server has to say of itself. */
export interface ServerStats {
  /** Clients connected now. */
  readonly clients: number;
  /** Messages published since the start. */
  readonly published: number;
  /** Messages that slow clients have lost since the start. */
  readonly dropped: number;
  /** Bytes handed to sockets that have not left yet. */
  readonly bufferedBytes: number;
}

/** A server that listens. */
export interface Server {
  readonly address: Address;
  /** Sends what a camera's stream put out to everybody who subscribed to it. Never waits and never fails. */
  publish(camera: string, output: Output): void;
  stats(): ServerStats;
  /** Closes every connection with 1001 and ends; within 2 s, however slow the clients. Idempotent. */
  close(): Promise<void>;
}

/** What was published, and all who are told of it. */
interface Audience {
  /** The name of this run of the server. */
  readonly server: string;
  readonly log: PublicationLog;
  readonly clients: Clients;
  readonly webhooks: readonly WebhookSender[];
  readonly metrics: Metrics;
}

const gather = ({ webhooks: specs = [], note }: ServerOptions, limits: ServerLimits, site: Site | undefined): Audience => {
  const server = randomUUID();
  const log = new PublicationLog(limits.log);
  const clients = new Clients(limits);
  const webhooks = specs.map((spec) => new WebhookSender(spec, server, (level, message) => note?.(level, message)));
  const metrics = new Metrics({ clients, log, webhooks: () => webhooks.map(({ stats }) => stats) }, site);
  return { server, log, clients, webhooks, metrics };
};

const tell = ({ log, clients, webhooks, metrics }: Audience, camera: string, output: Output): void => {
  const gone = log.append((seq) => {
    const one = publication(seq, camera, output);
    for (const webhook of webhooks) webhook.offer(one);
    return one;
  });
  clients.published(gone);
  metrics.observe(camera, output);
};

/**
 * Starts the server: WebSocket `/ws` (see protocol.ts), Server-Sent Events, metrics, health, and, of a site, its cameras,
 * its WHIP endpoints and the dashboard (see `GET /api/openapi.json`).
 * Fault `auth-required` when others could reach it without a token; Fault `listen-failed` when it cannot listen.
 *
 * @param options how it listens, whom it lets in, whom it tells
 * @param site the cameras; without it only what is published is served
 *
 * @example
 * const server = await startServer({ host: '127.0.0.1', port: 8790 });
 * outputs.subscribe((output) => server.publish('dock', output));
 */
export const startServer = async (options: ServerOptions, site?: Site): Promise<Server> => {
  const tokens = tokensOf(options);
  requireTokens(options.host, tokens);
  const limits: ServerLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const nowMs = (): number => performance.now();
  const door: Door = {
    keyring: new Keyring(tokens), origins: options.origins ?? [], tickets: new Tickets(limits.tickets, nowMs),
    rates: new AddressRates(limits.requests, limits.addresses, nowMs),
  };
  const { http, tls } = await createListener(options, limits);
  const audience = gather(options, limits, site);
  const { server, log, clients, webhooks, metrics } = audience;
  const routes = await routesOf({ server, log, clients, metrics, site, tickets: door.tickets, limits });
  http.on('request', (request, response) => {
    answerHttp(request, response, { routes, door, onAnswered: metrics.countCall, onFault: ({ sentence }) => { options.note?.('error', sentence); } });
  });
  http.on('upgrade', upgradeTo({ server, clients, log, door, limits, nowMs }));
  const end = async (): Promise<void> => {
    tls?.stop();
    clients.close('going_away');
    await Promise.all([ended(http, limits.closeMs), ...webhooks.map((webhook) => webhook.close(limits.closeMs))]);
  };
  const address = await listen(http, options).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  let closing: Promise<void> | undefined;
  return {
    address,
    publish: (camera, output) => {
      if (closing === undefined) tell(audience, camera, output);
    },
    stats: () => ({ clients: clients.count, published: log.seq, dropped: clients.dropped, bufferedBytes: clients.bufferedBytes }),
    close: () => closing ??= end(),
  };
};

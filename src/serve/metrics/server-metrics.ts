import { Counter, Gauge, type Registry } from 'prom-client';
import type { Clients } from '../clients.js';
import type { PublicationLog } from '../log.js';
import type { WebhookStats } from '../webhooks/types.js';

/** What the server knows of itself. */
export interface ServerFigures {
  readonly clients: Pick<Clients, 'countOf' | 'dropped' | 'bufferedBytes'>;
  readonly log: Pick<PublicationLog, 'seq'>;
  readonly webhooks: () => readonly WebhookStats[];
}

/** A call that was answered, to be counted. */
export type CountCall = (method: string, path: string, status: number) => void;

const METHODS = new Set(['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS']);

const addWebhooks = (stats: () => readonly WebhookStats[], registers: Registry[]): void => {
  new Counter({
    name: 'hearken_webhook_messages_total', help: 'What became of the messages of a webhook.', labelNames: ['webhook', 'result'], registers,
    collect() {
      this.reset();
      for (const { name: webhook, delivered, overflowed, failed } of stats()) {
        for (const [result, count] of Object.entries({ delivered, overflowed, failed })) this.inc({ webhook, result }, count);
      }
    },
  });
  new Counter({
    name: 'hearken_webhook_retries_total', help: 'Further attempts to deliver a message.', labelNames: ['webhook'], registers,
    collect() {
      this.reset();
      for (const { name: webhook, retried } of stats()) this.inc({ webhook }, retried);
    },
  });
  new Gauge({
    name: 'hearken_webhook_waiting', help: 'Messages that wait to be delivered.', labelNames: ['webhook'], registers,
    collect() {
      for (const { name: webhook, waiting } of stats()) this.set({ webhook }, waiting);
    },
  });
};

/** Lists what the server knows of itself, and gives what counts the calls it answers. */
export const addServerMetrics = ({ clients, log, webhooks }: ServerFigures, ...registers: Registry[]): CountCall => {
  new Gauge({
    name: 'hearken_clients', help: 'Subscribers connected now.', labelNames: ['transport'], registers,
    collect() {
      for (const transport of ['ws', 'sse'] as const) this.set({ transport }, clients.countOf(transport));
    },
  });
  new Gauge({ name: 'hearken_client_buffered_bytes', help: 'Bytes handed to subscribers’ sockets that have not left yet.', registers, collect() { this.set(clients.bufferedBytes); } });
  new Counter({ name: 'hearken_messages_published_total', help: 'Messages published.', registers, collect() { this.reset(); this.inc(log.seq); } });
  new Counter({ name: 'hearken_messages_dropped_total', help: 'Messages that slow subscribers have lost.', registers, collect() { this.reset(); this.inc(clients.dropped); } });
  addWebhooks(webhooks, registers);
  const calls = new Counter({ name: 'hearken_http_requests_total', help: 'Calls answered, by the route they took.', labelNames: ['method', 'path', 'status'], registers });
  // What a stranger writes becomes no label: methods and paths are those of the table.
  return (method, path, status) => { calls.inc({ method: METHODS.has(method) ? method : 'other', path, status }); };
};

import { readFile } from 'node:fs/promises';
import type { Clients } from '../clients.js';
import type { PublicationLog } from '../log.js';
import type { Metrics } from '../metrics/metrics.js';
import type { ServerLimits } from '../options.js';
import type { Route } from '../route.js';
import type { Site } from '../site.js';
import type { Tickets } from '../tickets.js';
import { cameraRoutes } from './cameras.js';
import { documentRoutes } from './documents.js';
import { eventRoutes } from './events.js';
import { healthRoutes } from './health.js';
import { metricsRoutes } from './metrics.js';
import { pageRoutes } from './page.js';
import { webSocketRoutes } from './web-socket.js';
import { whipRoutes } from './whip.js';

/** What the routes are made of. */
export interface Parts {
  /** The name of this run of the server. */
  readonly server: string;
  readonly log: PublicationLog;
  readonly clients: Clients;
  readonly metrics: Metrics;
  readonly site: Site | undefined;
  readonly tickets: Tickets;
  readonly limits: ServerLimits;
}

const version = async (): Promise<string> => {
  const text = await readFile(new URL('../../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
};

/** All that can be called, in one table. The cameras, their WHIP endpoints and the dashboard are there when there is a site. */
export const routesOf = async (parts: Parts): Promise<readonly Route[]> => {
  const { server, log, clients, metrics, site, tickets, limits } = parts;
  const routes = [
    ...healthRoutes(site),
    ...metricsRoutes(metrics),
    ...webSocketRoutes(tickets, limits.tickets),
    ...eventRoutes({ server, clients, log, limits }),
    ...site === undefined ? [] : [...cameraRoutes(site, limits.bodyBytes), ...whipRoutes(site, limits.bodyBytes), ...await pageRoutes()],
  ];
  return [...routes, ...documentRoutes(routes, site, await version())];
};

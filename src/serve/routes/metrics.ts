import type { Metrics } from '../metrics/metrics.js';
import { sendBytes } from '../reply.js';
import type { Route } from '../route.js';

/** `GET /metrics`, for Prometheus. */
export const metricsRoutes = (metrics: Metrics): Route[] => [{
  method: 'GET', path: '/metrics', scope: 'subscribe',
  doc: {
    summary: 'Metrics for Prometheus.',
    answers: { 200: { description: 'All of them.', content: { 'text/plain': 'text' } } },
  },
  handle: async ({ response }) => { sendBytes(response, 200, metrics.contentType, await metrics.text()); },
}];

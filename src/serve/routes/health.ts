import { z } from 'zod';
import { sendJson } from '../reply.js';
import type { Route } from '../route.js';
import type { Site } from '../site.js';

const healthSchema = z.object({ status: z.literal('ok') });

const readinessSchema = z.object({
  ready: z.boolean(),
  reasons: z.array(z.string()).optional().meta({ description: 'What is missing; only for a token with the scope subscribe.' }),
});

/** `GET /healthz`: the process lives and answers. `GET /readyz`: the site does its work; 503 until it does. */
export const healthRoutes = (site: Site | undefined): Route[] => [{
  method: 'GET', path: '/healthz', scope: 'health',
  doc: {
    summary: 'Whether the program lives.',
    answers: { 200: { description: 'It does.', content: { 'application/json': healthSchema } } },
  },
  handle: ({ response }) => { sendJson(response, 200, { status: 'ok' } satisfies z.infer<typeof healthSchema>); },
}, {
  method: 'GET', path: '/readyz', scope: 'health',
  doc: {
    summary: 'Whether the site does its work.',
    answers: {
      200: { description: 'It does.', content: { 'application/json': readinessSchema } },
      503: { description: 'Not yet, or not any more.', content: { 'application/json': readinessSchema } },
    },
  },
  handle: ({ response, who }) => {
    const { ready, reasons } = site?.readiness() ?? { ready: true, reasons: [] };
    const told = who?.scopes.has('subscribe') === true ? { reasons: [...reasons] } : {};
    sendJson(response, ready ? 200 : 503, { ready, ...told } satisfies z.infer<typeof readinessSchema>);
  },
}];

import { z } from 'zod';
import { openApi } from '../openapi.js';
import { sendJson } from '../reply.js';
import type { Route } from '../route.js';
import type { Site } from '../site.js';

const anySchema = z.record(z.string(), z.unknown());

/** `GET /api/openapi.json`, made of the routes beside it, and `GET /api/schema.json`, the schema of the configuration. */
export const documentRoutes = (others: readonly Route[], site: Site | undefined, version: string): Route[] => {
  const documents: Route[] = [{
    method: 'GET', path: '/api/openapi.json', scope: 'open',
    doc: { summary: 'This document.', answers: { 200: { description: 'OpenAPI 3.1.', content: { 'application/json': anySchema } } } },
    handle: ({ response }) => { sendJson(response, 200, document); },
  }, ...site === undefined ? [] : [{
    method: 'GET', path: '/api/schema.json', scope: 'open',
    doc: { summary: 'JSON Schema of the configuration file.', answers: { 200: { description: 'JSON Schema.', content: { 'application/json': anySchema } } } },
    handle: ({ response }) => { sendJson(response, 200, site.settingsSchema()); },
  } satisfies Route]];
  const document = openApi([...others, ...documents], version);
  return documents;
};

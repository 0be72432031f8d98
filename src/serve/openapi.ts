import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { cameraReportSchema, faultSchema, figuresSchema, gateReportSchema, mediaReportSchema } from './camera-report.js';
import type { Content, Route, RouteDoc } from './route.js';
import { NAME } from './route.js';

type Json = Readonly<Record<string, unknown>>;

const errorSchema = z.object({
  error: z.string().meta({ description: 'One sentence for people: what was wrong, and what to do about it.' }),
  kind: z.string().optional().meta({ description: 'The kind of fault, for programs; the README lists them.' }),
});

/** Schemas that are named in the document instead of being repeated in it. */
const COMPONENTS: Readonly<Record<string, z.ZodType>> = {
  Camera: cameraReportSchema, Figures: figuresSchema, Gate: gateReportSchema, Media: mediaReportSchema, Fault: faultSchema, Error: errorSchema,
};

const withoutDialect = (schema: Json): Json => Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'));

/** A schema as the document has it, with named ones by reference. */
const jsonSchema = (schema: z.ZodType): Json => {
  const named = Object.entries(COMPONENTS).find(([, one]) => one === schema);
  return named === undefined ? inlined(schema) : { $ref: `#/components/schemas/${named[0]}` };
};

const inlined = (schema: z.ZodType): Json => {
  const names = new Map<unknown, string>(Object.entries(COMPONENTS).map(([name, one]) => [one, name]));
  return withoutDialect(z.toJSONSchema(schema, {
    // As what goes in: an answer may get new keys one day, and a reader must not stumble over them.
    io: 'input', reused: 'inline',
    // A named schema inside another one is referred to, never its own inside.
    override: ({ zodSchema, jsonSchema: json, path }) => {
      const name = names.get(zodSchema);
      if (name === undefined || path.length === 0) return;
      for (const key of Object.keys(json)) Reflect.deleteProperty(json, key);
      json.$ref = `#/components/schemas/${name}`;
    },
  }));
};

const contentOf = (content: Content): Json => Object.fromEntries(Object.entries(content).map(([type, schema]) => [
  type,
  schema === 'bytes' ? {} : { schema: schema === 'text' ? { type: 'string' } : jsonSchema(schema) },
]));

const parametersOf = (path: string, { query, headers = {} }: RouteDoc): Json[] => [
  ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string', pattern: NAME.source } })),
  ...Object.entries(query?.shape ?? {}).map(([name, schema]) => ({ name, in: 'query', required: false, schema: inlined(schema as z.ZodType) })),
  ...Object.entries(headers).map(([name, description]) => ({ name, in: 'header', required: false, description, schema: { type: 'string' } })),
];

/** What the router itself may answer, by what a route needs. */
const commonAnswers = ({ path, scope, doc }: Route): Json => {
  const error = (status: number): Json => ({ description: STATUS_CODES[status] ?? '', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } });
  const statuses = [
    ...(scope === 'health' ? [] : [403, 429]),
    ...(scope === 'open' || scope === 'health' ? [] : [401]),
    ...(path.includes('{') ? [404] : []),
    ...(doc?.body === undefined && doc?.query === undefined ? [] : [400]),
  ];
  return Object.fromEntries(statuses.map((status) => [String(status), error(status)]));
};

const operationOf = (route: Route, doc: RouteDoc): Json => {
  const parameters = parametersOf(route.path, doc);
  const answers = Object.fromEntries(Object.entries(doc.answers).map(([status, { description, content }]) => [
    status,
    {
      description,
      ...(content === undefined && Number(status) < 400 ? {} : { content: contentOf(content ?? { 'application/json': errorSchema }) }),
    },
  ]));
  return {
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z]+(.)?/g, (_, letter: string | undefined) => (letter ?? '').toUpperCase())}`,
    summary: doc.summary,
    ...(doc.description === undefined ? {} : { description: doc.description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(doc.body === undefined ? {} : { requestBody: { required: true, content: contentOf(doc.body) } }),
    responses: { ...commonAnswers(route), ...answers },
    security: route.scope === 'open' || route.scope === 'health' ? [] : [{ bearer: [route.scope] }],
  };
};

/**
 * The OpenAPI 3.1 document of these routes, made from the very table that answers and the very schemas that check:
 * a route without a doc belongs to the dashboard's page and is left out.
 */
export const openApi = (routes: readonly Route[], version: string): Json => {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    if (route.doc !== undefined) (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route, route.doc);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hearken', version,
      description: 'Recognises what happens in live video. Beside what stands here there is a WebSocket at /ws, hearken.ws.v1.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(COMPONENTS).map(([name, schema]) => [name, inlined(schema)])),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'Not needed on a server that has no tokens, which then listens on loopback only.' } },
    },
  };
};

import { z } from 'zod';
import { Fault } from '../../faults.js';
import { readJson } from '../body.js';
import { cameraReportSchema, type CameraReport } from '../camera-report.js';
import { Refusal, sendBytes, sendJson } from '../reply.js';
import type { Call, Route } from '../route.js';
import type { Site } from '../site.js';

/** Cameras by list. */
export const camerasSchema = z.object({ cameras: z.array(cameraReportSchema) });

/** What `PUT` answers. */
export const placedSchema = z.object({
  result: z.enum(['added', 'changed', 'same']),
  camera: cameraReportSchema,
  lives: z.literal('until-restart').meta({ description: 'The configuration file is not written: write the camera there too if it should stay.' }),
});

/** What `PUT /api/cameras/{name}` takes: the file's entry for a camera, as JSON; its schema is part of /api/schema.json. */
export const definitionSchema = z.record(z.string(), z.unknown()).meta({
  description: 'The camera as it would stand in the file under cameras.<name>: see /api/schema.json, #/properties/cameras/additionalProperties.',
  examples: [{ source: 'rtsp://10.0.0.5/sub', transport: 'tcp' }],
});

const named = (site: Site, { params }: Call): CameraReport => {
  const found = site.camera(params['name'] ?? '');
  if (found === undefined) throw new Refusal(404, 'There is no camera of that name.');
  return found;
};

/** A camera of the file is the file's: two owners of one definition would be a riddle at the next reload. */
const belongsToFile = new Refusal(409, 'This camera stands in the configuration file: change it there; the file is read again by itself.');

const list = (site: Site): Route => ({
  method: 'GET', path: '/api/cameras', scope: 'subscribe',
  doc: {
    summary: 'All cameras, how they are and what they cost.',
    answers: { 200: { description: 'In the order of the configuration.', content: { 'application/json': camerasSchema } } },
  },
  handle: ({ response }) => { sendJson(response, 200, { cameras: site.cameras() }); },
});

const show = (site: Site): Route => ({
  method: 'GET', path: '/api/cameras/{name}', scope: 'subscribe',
  doc: {
    summary: 'One camera.',
    answers: { 200: { description: 'How it is.', content: { 'application/json': cameraReportSchema } } },
  },
  handle: (call) => { sendJson(call.response, 200, named(site, call)); },
});

const put = (site: Site, maxBytes: number): Route => ({
  method: 'PUT', path: '/api/cameras/{name}', scope: 'admin',
  doc: {
    summary: 'Adds a camera, or changes one that was added this way.',
    description: 'The others go on untouched. The camera lives until the program ends: the configuration file is not written.',
    body: { 'application/json': definitionSchema },
    answers: {
      200: { description: 'Changed, or the same as before.', content: { 'application/json': placedSchema } },
      201: { description: 'Added.', content: { 'application/json': placedSchema } },
      409: { description: 'A camera of the file is changed in the file.' },
      413: { description: 'The definition is too large.' },
      415: { description: 'The definition is not JSON by its type.' },
      422: { description: 'The definition has mistakes; the answer names each.' },
    },
  },
  handle: async (call) => {
    const { request, response, params } = call;
    const { name = '' } = params;
    const definition = await readJson(request, maxBytes);
    if (site.camera(name)?.origin === 'file') throw belongsToFile;
    const result = await site.put(name, definition);
    sendJson(response, result === 'added' ? 201 : 200, { result, camera: named(site, call), lives: 'until-restart' } satisfies z.infer<typeof placedSchema>);
  },
});

const remove = (site: Site): Route => ({
  method: 'DELETE', path: '/api/cameras/{name}', scope: 'admin',
  doc: {
    summary: 'Takes a camera out that was added over REST.',
    answers: { 204: { description: 'It is gone; its open events have ended.' }, 409: { description: 'A camera of the file is removed from the file.' } },
  },
  handle: async (call) => {
    if (named(site, call).origin === 'file') throw belongsToFile;
    await site.remove(call.params['name'] ?? '');
    call.response.writeHead(204).end();
  },
});

const picture = (site: Site): Route => ({
  method: 'GET', path: '/api/cameras/{name}/picture.jpg', scope: 'subscribe',
  doc: {
    summary: 'The newest key frame.',
    description: 'How often a new one is made is limited; in between, the same is sent again. The header x-hearken-time says when it was taken, in epoch seconds.',
    answers: {
      200: { description: 'A picture.', content: { 'image/jpeg': 'bytes' } },
      503: { description: 'There is no picture now.' },
    },
  },
  handle: async (call) => {
    named(site, call);
    const { response, params, left } = call;
    const found = await site.picture(params['name'] ?? '', left).catch((error: unknown) => {
      // A camera that has no picture to give is no mistake of the server's.
      if (error instanceof Fault && error.room !== 'serve' && error.kind !== 'internal') return undefined;
      throw error;
    });
    if (found === undefined) {
      response.setHeader('retry-after', '2');
      throw new Refusal(503, 'There is no picture of this camera now.');
    }
    sendBytes(response, 200, 'image/jpeg', found.jpeg, { 'x-hearken-time': String(found.timeS) });
  },
});

/** The cameras over REST: list, look at, add, change, remove, and their pictures. */
export const cameraRoutes = (site: Site, maxBytes: number): Route[] => [list(site), show(site), put(site, maxBytes), remove(site), picture(site)];

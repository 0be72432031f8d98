import type { Call, Method, Route, RouteDoc } from '../route.js';
import type { Site } from '../site.js';
import { answerWhip } from '../whip.js';

const problem = { content: { 'application/problem+json': 'text' as const } };

const DOCS: Readonly<Record<'POST' | 'PATCH' | 'DELETE', RouteDoc>> = {
  POST: {
    summary: 'Publishes to a camera: WHIP (RFC 9725).',
    description: 'The answer names the session in Location and its ICE session in ETag.',
    body: { 'application/sdp': 'text' },
    answers: {
      201: { description: 'The answer, SDP; Link names the STUN and TURN servers that may be used.', content: { 'application/sdp': 'text' } },
      409: { description: 'Somebody publishes to this camera already.', ...problem },
      415: { description: 'The offer is not application/sdp.', ...problem },
      422: { description: 'The offer cannot be taken.', ...problem },
    },
  },
  PATCH: {
    summary: 'Trickles ICE candidates to a session.',
    headers: { 'If-Match': 'The ETag of the session.' },
    body: { 'application/trickle-ice-sdpfrag': 'text' },
    answers: { 204: { description: 'Taken.' }, 412: { description: 'Another ICE session.', ...problem }, 428: { description: 'Without If-Match.', ...problem } },
  },
  DELETE: { summary: 'Ends a session.', answers: { 200: { description: 'It has ended.' } } },
};

const handleBy = (site: Site, mostBytes: number) => ({ request, response, params: { camera = '', id } }: Call): Promise<void> =>
  answerWhip(request, response, { camera, id, door: site.whip(camera), mostBytes });

/** WHIP (RFC 9725): `/whip/{camera}` takes publishers, `/whip/{camera}/{id}` is the session of one. */
export const whipRoutes = (site: Site, mostBytes: number): Route[] => {
  const handle = handleBy(site, mostBytes);
  const route = (method: Method, path: string): Route => method in DOCS
    ? { method, path, scope: 'publish', doc: DOCS[method as keyof typeof DOCS], handle }
    : { method, path, scope: 'open', handle };
  return [
    route('POST', '/whip/{camera}'), route('OPTIONS', '/whip/{camera}'),
    route('PATCH', '/whip/{camera}/{id}'), route('DELETE', '/whip/{camera}/{id}'), route('OPTIONS', '/whip/{camera}/{id}'),
  ];
};

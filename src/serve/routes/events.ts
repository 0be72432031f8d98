import type { Clients } from '../clients.js';
import type { PublicationLog } from '../log.js';
import { filterSchema, KINDS, type Filter } from '../protocol.js';
import { sentence } from '../read-command.js';
import { Refusal } from '../reply.js';
import type { Call, Route } from '../route.js';
import { eventId, overSse, SseClient, sseText, type SseLimits } from '../sse-client.js';
import { Subscription } from '../subscription.js';

/** The name of the stream of Server-Sent Events, as its `hello` says it. */
export const SSE_PROTOCOL = 'hearken.sse.v1';

/** What the streams of events are joined to. */
export interface EventsHall {
  /** The name of this run of the server. */
  readonly server: string;
  readonly clients: Clients;
  readonly log: PublicationLog;
  readonly limits: SseLimits;
}

/** Names without commas may be listed with them; labels have commas of their own, and are repeated instead. */
const listed = (values: readonly string[]): string[] => values.flatMap((value) => value.split(','));

const READERS: { readonly [K in keyof Filter]-?: (values: readonly string[]) => unknown } = {
  cameras: listed,
  labels: (values) => values,
  kinds: listed,
  min_score: ([value = '']) => value === '' ? Number.NaN : Number(value),
  since_seq: ([value = '']) => value === '' ? Number.NaN : Number(value),
};

/**
 * The filters in a query. A key that is not known is an error.
 * @throws Refusal 400
 */
export const filterOf = (query: URLSearchParams): Filter => {
  const asked = Object.fromEntries([...new Set(query.keys())].map((key) => {
    const read = Object.hasOwn(READERS, key) ? READERS[key as keyof Filter] : undefined;
    return [key, read === undefined ? query.getAll(key) : read(query.getAll(key))];
  }));
  const checked = filterSchema.safeParse(asked);
  if (!checked.success) throw new Refusal(400, sentence(checked.error));
  return checked.data;
};

const resumed = (filter: Filter, server: string, { request: { headers } }: Call): Filter => {
  const last = headers['last-event-id'];
  if (typeof last !== 'string' || last === '') return filter;
  const since = eventId.since(server, last);
  if (since === undefined) throw new Refusal(400, 'Last-Event-ID: the id of an event is needed');
  return { ...filter, since_seq: since };
};

const begin = (call: Call, { server, clients, log, limits }: EventsHall): void => {
  const filter = resumed(filterOf(call.url.searchParams), server, call);
  if (clients.refusal !== undefined) {
    call.response.setHeader('retry-after', '5');
    throw new Refusal(503, 'As many clients are connected as are allowed.');
  }
  const subscription = new Subscription(1, filter, log, overSse(server));
  const { seq, replay } = subscription.subscribed;
  call.response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  if (call.request.method === 'HEAD') {
    call.response.end();
    return;
  }
  const hello = sseText('hello', JSON.stringify({ type: 'hello', protocol: SSE_PROTOCOL, server, seq }));
  const gap = replay?.complete === false ? sseText('gap', JSON.stringify({ type: 'gap', oldest_seq: replay.oldest_seq })) : '';
  new SseClient(call.response, subscription, limits).join(clients, `retry: 2000\n${hello}${gap}`);
};

/** `GET /api/events`: what a WebSocket would get, as Server-Sent Events, for scripts: `curl -N …/api/events`. */
export const eventRoutes = (hall: EventsHall): Route[] => [{
  method: 'GET', path: '/api/events', scope: 'subscribe',
  doc: {
    summary: 'What happens, as Server-Sent Events.',
    description: `An event's name is the kind of message (${KINDS.join(', ')}), its data what a WebSocket's subscriber gets. `
      + 'Besides: hello (first), gap (some of what was asked for is gone), lagged (messages were lost since this client reads too slowly), close (the server ends). '
      + 'cameras and kinds may be listed with commas or repeated, labels are repeated.',
    query: filterSchema,
    headers: { 'Last-Event-ID': 'The id of the last event received: goes on behind it, as far as the server still has what followed. Comes before since_seq.' },
    answers: {
      200: { description: 'The stream.', content: { 'text/event-stream': 'text' } },
      503: { description: 'As many clients are connected as are allowed.' },
    },
  },
  handle: (call) => { begin(call, hall); },
}];

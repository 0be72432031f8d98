import { z } from 'zod';
import { refuse, sendJson } from '../reply.js';
import type { Route } from '../route.js';
import type { TicketLimits, Tickets } from '../tickets.js';

const ticketSchema = z.object({
  ticket: z.string().meta({ description: 'For /ws?ticket=…; good for one connection.' }),
  expires_in_s: z.number(),
});

/**
 * `POST /api/ws-ticket` trades a token for a ticket, which a browser can put into the address of a WebSocket. `GET /ws` is
 * that WebSocket; who asks for it without an upgrade is told so.
 */
export const webSocketRoutes = (tickets: Tickets, { lifeMs }: TicketLimits): Route[] => [{
  method: 'POST', path: '/api/ws-ticket', scope: 'subscribe',
  doc: {
    summary: 'Makes a ticket that opens one WebSocket.',
    answers: { 201: { description: 'The ticket.', content: { 'application/json': ticketSchema } } },
  },
  handle: ({ response, who }) => {
    if (who === undefined) return;
    sendJson(response, 201, { ticket: tickets.issue(who), expires_in_s: lifeMs / 1000 } satisfies z.infer<typeof ticketSchema>);
  },
}, {
  method: 'GET', path: '/ws', scope: 'open',
  doc: {
    summary: 'The WebSocket, hearken.ws.v1.',
    description: 'Needs the scope subscribe, by the bearer header or by ?ticket=….',
    query: z.object({ ticket: z.string().optional() }),
    answers: { 101: { description: 'The WebSocket begins.' }, 426: { description: 'Only a WebSocket is served here.' } },
  },
  handle: ({ response }) => { refuse(response, 426, 'This is a WebSocket.', { upgrade: 'websocket' }); },
}];

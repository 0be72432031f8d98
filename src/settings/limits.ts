/** What bounds the service: how many may come, how often, and how much is kept for them. */
import { z } from 'zod';

const KIB = 1024;
const MIB = KIB * KIB;

/** @param least the smallest burst @param most the largest rate and burst */
const rate = (perS: number, burst: number, least: number): z.ZodPrefault<z.ZodObject<{ perS: z.ZodDefault<z.ZodNumber>; burst: z.ZodDefault<z.ZodInt> }, z.core.$strict>> => z.strictObject({
  perS: z.number().min(1).max(100_000).default(perS).describe('So many a second in the long run.'),
  burst: z.int().min(least).max(1_000_000).default(burst).describe('So many at once.'),
}).prefault({});

/** What bounds the service; a file may change each figure. */
export const limitsSchema = z.strictObject({
  clients: z.int().min(1).max(100_000).default(128).describe('Clients over WebSocket and Server-Sent Events together.'),
  subscriptions: z.int().min(1).max(1_000).default(16).describe('Subscriptions of one WebSocket client.'),
  // A wrong token counts as ten calls: a smaller burst would never let it be counted.
  requests: rate(50, 300, 20).describe('Calls of one address; connecting is a call, and a wrong token counts as ten more.'),
  messages: rate(20, 60, 5).describe('Messages of one WebSocket client.'),
  messageBytes: z.int().min(KIB).max(16 * MIB).default(16 * KIB).describe('Largest message of a WebSocket client [bytes].'),
  bodyBytes: z.int().min(16 * KIB).max(16 * MIB).default(64 * KIB).describe('Largest body of a call: a camera’s definition, a publisher’s offer [bytes].'),
  bufferedBytes: z.int().min(16 * KIB).max(64 * MIB).default(256 * KIB).describe('Bytes handed to a client’s socket before it must take some; what is published meanwhile waits in the replay.'),
  replay: z.strictObject({
    messages: z.int().min(1).max(1_000_000).default(10_000).describe('Messages of each kind.'),
    bytes: z.int().min(64 * KIB).max(1024 * MIB).default(8 * MIB).describe('Bytes of each kind.'),
  }).prefault({}).describe('What is kept of events, segments, gates and states, each, for subscribers that ask for what they missed or read slowly.'),
  heartbeatS: z.number().min(1).max(3_600).default(30).describe('Time between two pings; a client that has not answered by the next is closed [s].'),
});

/** What bounds the service, as the file says. */
export type LimitSettings = z.infer<typeof limitsSchema>;

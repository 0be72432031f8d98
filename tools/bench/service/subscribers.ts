/** Many subscribers on one camera: how late they get what is published, and what that costs. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Output, SegmentMessage } from '../../../src/emit/types.js';
import { quantile } from '../../../src/evaluate/order.js';
import { startServer } from '../../../src/serve/server.js';

/** What a number of subscribers came to. */
export interface SubscribersFigure {
  readonly subscribers: number;
  /** From publishing to a subscriber's hand, over all messages and subscribers [ms]. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly most: number };
  readonly received: number;
  readonly expected: number;
  /** Processor time of the server by message and subscriber [µs]. */
  readonly cpuUs: number;
  readonly rssMb: number;
}

/** What the child answers. */
export interface Received {
  readonly lateMs: readonly number[];
}

/** Two segments a second, for ten seconds. */
const MESSAGES = 20;
const PAUSE_MS = 500;

const segment = (index: number): Output => ({
  kind: 'segment',
  segment: {
    schema: 'hearken.segment.v1', camera: 'dock', index, start_time: Date.now() / 1000 - 1, end_time: Date.now() / 1000,
    heard: Array.from({ length: 5 }, (_, i) => ({ label: `label_${i}`, score: 0.9 - i / 10 })), seen: null, watched: null, looked: false,
    gate: { appearance: { open: false, reason: 'quiet' } }, unanswered: {}, cost: { gmacs: 0.0038, ms: 1, decode_ms: 0 },
    stages: {},
    so_far: { segments: index, looked_share: 0, media_s: index / 2, cost: { gmacs: 1, ms: 1, decode_ms: 0 }, cost_per_minute: { gmacs: 1, ms: 1, decode_ms: 0 } },
  } satisfies SegmentMessage,
});

const from = async (child: ChildProcess): Promise<unknown> => ((await once(child, 'message')) as [unknown])[0];

/** Connects them from a process of their own, publishes, and gathers what they saw. */
export const measureSubscribers = async (subscribers: number): Promise<SubscribersFigure> => {
  const server = await startServer({
    host: '127.0.0.1', port: 0, limits: { clients: subscribers + 10, requests: { perSecond: 1e6, burst: 1e6 }, heartbeatMs: 600_000 },
  });
  const child = fork(fileURLToPath(new URL('./subscribers-child.js', import.meta.url)), [`ws://127.0.0.1:${server.address.port}/ws`, String(subscribers)]);
  try {
    await from(child);
    await wait(1000);
    const before = process.cpuUsage();
    for (let index = 0; index < MESSAGES; index += 1) {
      server.publish('dock', segment(index));
      await wait(PAUSE_MS);
    }
    await wait(2000);
    const { user, system } = process.cpuUsage(before);
    const answer = from(child);
    child.send('done');
    const { lateMs } = (await answer) as Received;
    return {
      subscribers, latencyMs: { p50: quantile(lateMs, 0.5), p99: quantile(lateMs, 0.99), most: lateMs.at(-1) ?? Number.NaN }, received: lateMs.length, expected: subscribers * MESSAGES,
      cpuUs: (user + system) / (subscribers * MESSAGES), rssMb: process.memoryUsage.rss() / 2 ** 20,
    };
  } finally {
    child.kill('SIGKILL');
    await server.close();
  }
};

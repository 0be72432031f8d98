/**
 * The media process: everything native lives here, apart from the service. A crash in a decoder costs a respawn,
 * a camera that hangs holds a thread of this process's pool and nobody else's. Started by `host.ts`.
 */
import { faultToRecord } from '../faults.js';
import { Connection } from './connection.js';
import { Turns } from './lazy-video.js';
import { liveNatives, routeNativeLog } from './native.js';
import type { FromMedia, MediaHealth, ToMedia } from './protocol.js';

/** Decoding jobs at once in one process; more would only queue on the same cores. */
const JOBS_AT_ONCE = 2;

const connections = new Map<number, Connection>();
/** Requests being served, by connection and query; one that is cancelled stays until it notices. */
const serving = new Map<string, { cancelled: boolean }>();
const turns = new Turns(JOBS_AT_ONCE);
/** What closed connections had decoded, so that the totals go on. */
const past = { packets: 0, frames: 0 };

const tell = (message: FromMedia): void => {
  if (process.connected) process.send?.(message);
};

const health = (): MediaHealth => {
  const decoded = [...connections.values()].map((connection) => connection.videoDecoded);
  const { user, system } = process.cpuUsage();
  return {
    connections: connections.size,
    ...liveNatives(),
    rssBytes: process.memoryUsage.rss(),
    cpuUs: user + system,
    videoPacketsDecoded: decoded.reduce((sum, { packets }) => sum + packets, past.packets),
    videoFramesDecoded: decoded.reduce((sum, { frames }) => sum + frames, past.frames),
  };
};

const connect = (c: number, spec: Extract<ToMedia, { t: 'connect' }>['spec']): void => {
  connections.set(c, new Connection(spec, turns, {
    opened: (info) => {
      tell({ t: 'opened', c, info });
    },
    media: (batch) => {
      tell({ t: 'media', c, ...batch });
    },
    ended: (fault) => {
      tell({ t: 'ended', c, ...(fault === undefined ? {} : { fault: faultToRecord(fault) }) });
    },
  }));
};

const close = async (c: number): Promise<void> => {
  const connection = connections.get(c);
  await connection?.close();
  const decoded = connection?.videoDecoded;
  past.packets += decoded?.packets ?? 0;
  past.frames += decoded?.frames ?? 0;
  connections.delete(c);
};

const look = async (message: Extract<ToMedia, { t: 'frame' | 'clip' }>): Promise<void> => {
  const { c, q, t } = message;
  const token = `${c}.${q}`;
  const request = { cancelled: false };
  const isCancelled = (): boolean => request.cancelled;
  const connection = connections.get(c);
  if (connection === undefined) return;
  serving.set(token, request);
  try {
    const answered: FromMedia = t === 'frame'
      ? { t, c, q, answer: await connection.frameAt(message.request, isCancelled) }
      : { t, c, q, answer: await connection.clip(message.request, isCancelled) };
    if (!request.cancelled) tell(answered);
  } finally {
    serving.delete(token);
  }
};

const receive = async (message: ToMedia): Promise<void> => {
  switch (message.t) {
    case 'connect':
      connect(message.c, message.spec);
      return;
    case 'permit':
      connections.get(message.c)?.permit(message.untilUs);
      return;
    case 'frame':
    case 'clip':
      await look(message);
      return;
    case 'cancel': {
      const request = serving.get(`${message.c}.${message.q}`);
      if (request !== undefined) request.cancelled = true;
      return;
    }
    case 'close':
      await close(message.c);
      return;
    case 'health':
      tell({ t: 'health', q: message.q, health: health() });
  }
};

routeNativeLog(process.env['HEARKEN_DEBUG'] === undefined ? undefined : (line) => process.stderr.write(`libav: ${line}\n`));
// Ctrl-C reaches the whole process group; the service decides when this process ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => {
  process.exit(0);
});
process.on('message', (message: ToMedia) => {
  void receive(message);
});

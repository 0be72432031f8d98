/**
 * A thread of the media process that belongs to one camera at a time. Reading, decoding and scaling are synchronous
 * here: nothing else waits for this thread, and each trip through the pool would cost more than a packet does.
 */
import { parentPort } from 'node:worker_threads';
import { asFault, faultToRecord } from '../faults.js';
import { Connection } from './connection.js';
import { liveNatives, routeNativeLog } from './native.js';
import type { ConnectSpec, FromThread, MediaBatch, ToThread } from './protocol.js';
import type { ConnectionEvents, ThreadConnection, ThreadModule } from './thread-connection.js';
import type { ClipAnswer, FrameAnswer, StillAnswer } from './types.js';

let connection: ThreadConnection | undefined;
/** Counts the connections, so that one which is closed while its module loads is never made. */
let wanted = 0;
/** Requests being served; one that is cancelled stays until it notices. */
const serving = new Map<number, { cancelled: boolean }>();

const tell = (message: FromThread, transfer: readonly ArrayBuffer[] = []): void => {
  parentPort?.postMessage(message, transfer);
};

/** The buffers that can be handed over instead of copied. */
const buffersOf = (views: readonly { readonly buffer: ArrayBufferLike }[]): ArrayBuffer[] => [...new Set(views.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? buffer : [])))];

const tellPictures = (t: 'frame' | 'clip', q: number, answer: FrameAnswer | ClipAnswer): void => {
  const pictures = 'pictures' in answer ? answer.pictures : answer.picture === undefined ? [] : [answer.picture];
  tell({ t, q, answer } as FromThread, buffersOf(pictures.map(({ data }) => data)));
};

const tellBatch = (batch: Omit<MediaBatch, 't' | 'c'>): void => {
  tell({ t: 'media', ...batch }, buffersOf(batch.audio.map(({ samples }) => samples)));
};

const look = async (message: Extract<ToThread, { t: 'frame' | 'clip' }>): Promise<void> => {
  if (connection === undefined) return;
  const request = { cancelled: false };
  const isCancelled = (): boolean => request.cancelled;
  serving.set(message.q, request);
  try {
    const answer = message.t === 'frame' ? await connection.frameAt(message.request, isCancelled) : await connection.clip(message.request, isCancelled);
    if (!request.cancelled) tellPictures(message.t, message.q, answer);
  } finally {
    serving.delete(message.q);
  }
};

const still = ({ q, request }: Extract<ToThread, { t: 'still' }>): void => {
  let answer: StillAnswer = { timeUs: 0, ms: 0 };
  try {
    answer = connection?.still?.(request) ?? answer;
  } catch {
    // A picture for people that cannot be made is no picture; the camera goes on.
  }
  tell({ t: 'still', q, answer });
};

const tellHealth = (): void => {
  const decoded = connection?.videoDecoded ?? { packets: 0, frames: 0 };
  tell({ t: 'thread-health', natives: liveNatives(), videoPacketsDecoded: decoded.packets, videoFramesDecoded: decoded.frames });
};

const events: ConnectionEvents = {
  listening: () => {
    tell({ t: 'listening' });
  },
  opened: (info, at) => {
    tell({ t: 'opened', info, epochMs: Date.now(), ...(at === undefined ? {} : { at }) });
  },
  media: tellBatch,
  ended: (fault) => {
    tell({ t: 'ended', ...(fault === undefined ? {} : { fault: faultToRecord(fault) }) });
  },
};

const connect = async (spec: ConnectSpec): Promise<void> => {
  wanted += 1;
  if (spec.module === undefined) {
    connection = new Connection(spec, events);
    return;
  }
  const mine = wanted;
  try {
    const module = await import(spec.module) as ThreadModule;
    if (mine === wanted) connection = module.connect(spec, events);
  } catch (error) {
    if (mine === wanted) events.ended(asFault(error, 'media'));
  }
};

const answer = async ({ q, question }: Extract<ToThread, { t: 'ask' }>): Promise<void> => {
  let reply: unknown;
  try {
    reply = await connection?.ask?.(question);
  } finally {
    tell({ t: 'reply', q, reply });
  }
};

const receive = async (message: ToThread): Promise<void> => {
  switch (message.t) {
    case 'connect':
      await connect(message.spec);
      return;
    case 'ask':
      await answer(message);
      return;
    case 'permit':
      connection?.permit(message.untilUs, message.endUs);
      return;
    case 'frame':
    case 'clip':
      await look(message);
      return;
    case 'still':
      still(message);
      return;
    case 'cancel': {
      const request = serving.get(message.q);
      if (request !== undefined) request.cancelled = true;
      return;
    }
    case 'thread-health':
      tellHealth();
      return;
    case 'close':
      wanted += 1;
      await connection?.close();
      tellHealth();
      connection = undefined;
      tell({ t: 'closed' });
  }
};

routeNativeLog(process.env['HEARKEN_DEBUG'] === undefined ? undefined : (line) => process.stderr.write(`libav: ${line}\n`));
parentPort?.on('message', (message: ToThread) => {
  void receive(message);
});

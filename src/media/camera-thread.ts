/**
 * A thread of the media process that belongs to one camera at a time. Reading, decoding and scaling are synchronous
 * here: nothing else waits for this thread, and each trip through the pool would cost more than a packet does.
 */
import { parentPort } from 'node:worker_threads';
import { faultToRecord } from '../faults.js';
import { Connection } from './connection.js';
import { liveNatives, routeNativeLog } from './native.js';
import type { FromThread, MediaBatch, ToThread } from './protocol.js';
import type { ClipAnswer, FrameAnswer } from './types.js';

let connection: Connection | undefined;
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

const tellHealth = (): void => {
  const decoded = connection?.videoDecoded ?? { packets: 0, frames: 0 };
  tell({ t: 'thread-health', natives: liveNatives(), videoPacketsDecoded: decoded.packets, videoFramesDecoded: decoded.frames });
};

const receive = async (message: ToThread): Promise<void> => {
  switch (message.t) {
    case 'connect':
      connection = new Connection(message.spec, {
        opened: (info) => {
          tell({ t: 'opened', info });
        },
        media: tellBatch,
        ended: (fault) => {
          tell({ t: 'ended', ...(fault === undefined ? {} : { fault: faultToRecord(fault) }) });
        },
      });
      return;
    case 'permit':
      connection?.permit(message.untilUs);
      return;
    case 'frame':
    case 'clip':
      await look(message);
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

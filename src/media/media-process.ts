/**
 * The media process: everything native lives here, apart from the service, each camera on a thread of its own.
 * A crash in a decoder costs a respawn; a camera that hangs holds its own thread and nobody else's.
 * Started by `media-worker.ts`.
 */
import { Worker } from 'node:worker_threads';
import { faultToRecord, Fault } from '../faults.js';
import type { FromMedia, FromThread, MediaHealth, ToMedia, ToThread } from './protocol.js';

/** Threads kept for the next connection: making one costs a tenth of a CPU second. */
const MOST_IDLE = 2;
/** Cameras are told goodbye (RTSP TEARDOWN) for at most this long [ms]. */
const GOODBYE_MS = 500;
/** A thread that has not answered yet is counted as it last was. */
const HEALTH_WAIT_MS = 200;

interface Decoded {
  readonly packets: number;
  readonly frames: number;
}

/** One camera's thread, as its process sees it. */
interface CameraThread {
  readonly worker: Worker;
  c: number;
  natives: { readonly packets: number; readonly frames: number; readonly contexts: number };
  decoded: Decoded;
  onHealth: (() => void) | undefined;
}

const NONE = { packets: 0, frames: 0, contexts: 0 };
const busy = new Map<number, CameraThread>();
const idle: CameraThread[] = [];
/** What closed connections had decoded, so that the totals go on. */
let past: Decoded = { packets: 0, frames: 0 };

const tell = (message: FromMedia): void => {
  // The service may leave while this is on its way; what nobody hears is no error.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};

const retire = (thread: CameraThread): void => {
  past = { packets: past.packets + thread.decoded.packets, frames: past.frames + thread.decoded.frames };
  thread.decoded = { packets: 0, frames: 0 };
  busy.delete(thread.c);
  if (idle.length < MOST_IDLE) idle.push(thread);
  else void thread.worker.terminate();
};

const receiveFromThread = (thread: CameraThread, message: FromThread): void => {
  if (message.t === 'thread-health') {
    thread.natives = message.natives;
    thread.decoded = { packets: message.videoPacketsDecoded, frames: message.videoFramesDecoded };
    thread.onHealth?.();
  } else if (message.t === 'closed') {
    retire(thread);
  } else {
    tell({ ...message, c: thread.c });
  }
};

const newThread = (): CameraThread => {
  const worker = new Worker(new URL('./camera-thread.js', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4 } });
  const thread: CameraThread = { worker, c: 0, natives: NONE, decoded: { packets: 0, frames: 0 }, onHealth: undefined };
  worker.on('message', (message: FromThread) => {
    receiveFromThread(thread, message);
  });
  worker.on('error', (error) => {
    busy.delete(thread.c);
    const fault = new Fault('media', 'media-process-crashed', `The thread of a camera ended unexpectedly (${error.message}).`, { remedy: 'It is started again.' });
    tell({ t: 'ended', c: thread.c, fault: faultToRecord(fault) });
  });
  return thread;
};

const askHealth = async (thread: CameraThread): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, HEALTH_WAIT_MS);
    thread.onHealth = () => {
      clearTimeout(timer);
      resolve();
    };
    thread.worker.postMessage({ t: 'thread-health' } satisfies ToThread);
  });

const health = async (): Promise<MediaHealth> => {
  const threads = [...busy.values(), ...idle];
  await Promise.all(threads.map(askHealth));
  const total = (of: (thread: CameraThread) => number): number => threads.reduce((sum, thread) => sum + of(thread), 0);
  const { user, system } = process.cpuUsage();
  return {
    connections: busy.size,
    natives: {
      packets: total(({ natives }) => natives.packets),
      frames: total(({ natives }) => natives.frames),
      contexts: total(({ natives }) => natives.contexts),
    },
    rssBytes: process.memoryUsage.rss(),
    cpuUs: user + system,
    videoPacketsDecoded: past.packets + total(({ decoded }) => decoded.packets),
    videoFramesDecoded: past.frames + total(({ decoded }) => decoded.frames),
  };
};

const receive = async (message: ToMedia): Promise<void> => {
  if (message.t === 'health') {
    // Number 0 only asks for a sign of life, which must not cost the cameras anything.
    tell(message.q === 0 ? { t: 'health', q: 0, health: LIFE } : { t: 'health', q: message.q, health: await health() });
    return;
  }
  const { c, ...rest } = message;
  if (rest.t === 'connect') {
    const thread = idle.pop() ?? newThread();
    thread.c = c;
    busy.set(c, thread);
  }
  busy.get(c)?.worker.postMessage(rest);
};

const LIFE: MediaHealth = { connections: 0, natives: NONE, rssBytes: 0, cpuUs: 0, videoPacketsDecoded: 0, videoFramesDecoded: 0 };

/** Leaves at once where nobody is connected; a thread blocked in native code is not waited for. */
const leave = (): void => {
  const end = (): void => {
    process.kill(process.pid, 'SIGKILL');
  };
  setTimeout(end, GOODBYE_MS);
  for (const { worker } of busy.values()) worker.postMessage({ t: 'close' } satisfies ToThread);
  setInterval(() => {
    if (busy.size === 0) end();
  }, 10);
};

// Ctrl-C reaches the whole process group; the service decides when this process ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', leave);
process.on('message', (message: ToMedia) => {
  void receive(message);
});

/**
 * What the service, a media process and a camera's thread in it say to each other: structured clones, over the
 * process's IPC channel and from thread to thread. The process adds the connection's number and passes on the rest.
 */
import type { FaultRecord } from '../faults.js';
import type { RingBounds } from './gop-ring.js';
import type { LiveNatives } from './native.js';
import type { AudioChunk, ClipAnswer, ClipRequest, FrameAnswer, FrameRequest, MediaInfo, OpenedAt, StillAnswer, StillRequest, VideoProgress } from './types.js';

/** Segments of `windowUs`, one each `hopUs`, counted from the beginning of a connection until a permit says otherwise [µs]. */
export interface Rhythm {
  readonly windowUs: number;
  readonly hopUs: number;
  /** How long one track waits for the other. Default half a second. */
  readonly latenessUs?: number;
}

/** How to connect to a source. Crosses the process boundary, so it is plain data. */
export interface ConnectSpec {
  /** Address with its secrets; never logged. */
  readonly url: string;
  /** The source as users may see it. */
  readonly name: string;
  /** libav options. */
  readonly options: Readonly<Record<string, string>>;
  readonly live: boolean | 'auto';
  readonly probe: 'never' | 'if-needed';
  readonly ring: RingBounds;
  /** Decoded frames kept for later requests into the same GOP [bytes]. */
  readonly keptFrameBytes: number;
  /** When its listener wants to hear from a live source: reading in this rhythm, not packet by packet. */
  readonly rhythm: Rhythm;
  /** Media time at which this connection begins [µs]. */
  readonly startUs: number;
  /**
   * URL of a module that connects in a way of its own (see `ThreadModule`), loaded into the camera's thread. Default: libav.
   * Given by this program alone, never by a user.
   */
  readonly module?: string;
}

/** What the service asks of one connection. */
export type ToThread =
  | { readonly t: 'connect'; readonly spec: ConnectSpec }
  | { readonly t: 'permit'; readonly untilUs: number; readonly endUs?: number }
  | { readonly t: 'frame'; readonly q: number; readonly request: FrameRequest }
  | { readonly t: 'clip'; readonly q: number; readonly request: ClipRequest }
  | { readonly t: 'still'; readonly q: number; readonly request: StillRequest }
  | { readonly t: 'cancel'; readonly q: number }
  | { readonly t: 'ask'; readonly q: number; readonly question: unknown }
  | { readonly t: 'thread-health' }
  | { readonly t: 'close' };

/** From the service to the media process; `c` is the connection's number. */
export type ToMedia = (ToThread & { readonly c: number }) | { readonly t: 'health'; readonly q: number };

/** How a media process is doing. */
export interface MediaHealth {
  readonly connections: number;
  /** Live native objects of all connections. */
  readonly natives: LiveNatives;
  readonly rssBytes: number;
  /** CPU time used by the process so far [µs]. */
  readonly cpuUs: number;
  /** Compressed packets handed to video decoders, and frames that came out, since the process began. */
  readonly videoPacketsDecoded: number;
  readonly videoFramesDecoded: number;
}

/** Sound that was read but dropped, since nobody took it in time [µs]. */
export interface DroppedSpan {
  readonly startUs: number;
  readonly endUs: number;
}

/** One stride's worth of reading. */
export interface MediaBatch {
  readonly t: 'media';
  readonly c: number;
  readonly audio: readonly AudioChunk[];
  readonly dropped: readonly DroppedSpan[];
  readonly video?: VideoProgress;
}

/** What one connection says. */
export type FromThread =
  | { readonly t: 'listening' }
  | { readonly t: 'reply'; readonly q: number; readonly reply: unknown }
  | { readonly t: 'opened'; readonly info: MediaInfo; readonly epochMs: number; readonly at?: OpenedAt }
  | Omit<MediaBatch, 'c'>
  | { readonly t: 'ended'; readonly fault?: FaultRecord }
  | { readonly t: 'frame'; readonly q: number; readonly answer: FrameAnswer }
  | { readonly t: 'clip'; readonly q: number; readonly answer: ClipAnswer }
  | { readonly t: 'still'; readonly q: number; readonly answer: StillAnswer }
  | { readonly t: 'thread-health'; readonly natives: LiveNatives; readonly videoPacketsDecoded: number; readonly videoFramesDecoded: number }
  | { readonly t: 'closed' };

/** From the media process to the service. */
export type FromMedia = (FromThread & { readonly c: number }) | { readonly t: 'health'; readonly q: number; readonly health: MediaHealth };

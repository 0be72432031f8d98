/** What the service and a media process say to each other, as structured clones over the process's IPC channel. */
import type { FaultRecord } from '../faults.js';
import type { RingBounds } from './gop-ring.js';
import type { AudioChunk, ClipAnswer, ClipRequest, FrameAnswer, FrameRequest, MediaInfo, VideoProgress } from './types.js';

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
  /** True for a regular file on this machine: read synchronously, which is cheaper and cannot hang. */
  readonly localFile: boolean;
  readonly ring: RingBounds;
  /** Decoded frames kept for later requests into the same GOP [bytes]. */
  readonly keptFrameBytes: number;
  /** How long a live reader sleeps once it has caught up, so that packets are read in strides [ms]. */
  readonly strideMs: number;
  /** Media time at which this connection begins [µs]. */
  readonly startUs: number;
}

/** From the service to the media process. `c` is the connection's number. */
export type ToMedia =
  | { readonly t: 'connect'; readonly c: number; readonly spec: ConnectSpec }
  | { readonly t: 'permit'; readonly c: number; readonly untilUs: number }
  | { readonly t: 'frame'; readonly c: number; readonly q: number; readonly request: FrameRequest }
  | { readonly t: 'clip'; readonly c: number; readonly q: number; readonly request: ClipRequest }
  | { readonly t: 'cancel'; readonly c: number; readonly q: number }
  | { readonly t: 'close'; readonly c: number }
  | { readonly t: 'health'; readonly q: number };

/** How a media process is doing. */
export interface MediaHealth {
  readonly connections: number;
  readonly packets: number;
  readonly frames: number;
  readonly contexts: number;
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

/** From the media process to the service. */
export type FromMedia =
  | { readonly t: 'opened'; readonly c: number; readonly info: MediaInfo }
  | MediaBatch
  | { readonly t: 'ended'; readonly c: number; readonly fault?: FaultRecord }
  | { readonly t: 'frame'; readonly c: number; readonly q: number; readonly answer: FrameAnswer }
  | { readonly t: 'clip'; readonly c: number; readonly q: number; readonly answer: ClipAnswer }
  | { readonly t: 'health'; readonly q: number; readonly health: MediaHealth };

/** What a camera's thread runs: one connection, of whatever kind. */
import type { Fault } from '../faults.js';
import type { ConnectSpec, MediaBatch } from './protocol.js';
import type { ClipAnswer, ClipRequest, FrameAnswer, FrameRequest, MediaInfo, OpenedAt, StillAnswer, StillRequest } from './types.js';

/** Where a connection's output goes. */
export interface ConnectionEvents {
  /** It waits for somebody to come, and can be asked ({@link ThreadConnection.ask}). */
  listening(): void;
  /** @param at when it did not begin at the spec's `startUs`, just now */
  opened(info: MediaInfo, at?: OpenedAt): void;
  media(batch: Omit<MediaBatch, 't' | 'c'>): void;
  /** The end: of a recording, or by a fault. Nothing follows. */
  ended(fault: Fault | undefined): void;
}

/** A source being read. */
export interface ThreadConnection {
  /** Lets the reader go on to this media time; `endUs` is where a segment ends that is still to come [µs]. */
  permit(untilUs: number, endUs?: number): void;
  /** See {@link VideoOnDemand.frameAt}. */
  frameAt(request: FrameRequest, cancelled: () => boolean): Promise<FrameAnswer>;
  /** See {@link VideoOnDemand.clip}. */
  clip(request: ClipRequest, cancelled: () => boolean): Promise<ClipAnswer>;
  /** The newest key frame for people; see {@link Stills.make}. */
  still?(request: StillRequest): StillAnswer;
  /** Packets sent to the video decoder and frames that came out of it. */
  readonly videoDecoded: { readonly packets: number; readonly frames: number };
  /** Answers a question of its own kind, in plain data. */
  ask?(question: unknown): Promise<unknown>;
  /** Ends the reading, and resolves when every native object is freed. */
  close(): Promise<void>;
}

/** A module that connects in a way of its own, loaded into the camera's thread by its URL ({@link ConnectSpec.module}). */
export interface ThreadModule {
  /** Begins a connection; what it throws ends the connection with that fault. */
  connect(spec: ConnectSpec, events: ConnectionEvents): ThreadConnection;
}

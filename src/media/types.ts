import type { Observable } from 'rxjs';

/**
 * The words of the media room. All times are microseconds of media time (`…Us`): zero is the first
 * packet of a connection, the clock never runs backwards and never wraps (see `clock.ts`).
 */

/** Sample rate of all decoded sound [Hz]: what YAMNet and every audio pack of ours expects. */
export const SAMPLE_RATE_HZ = 16_000;

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** One picture, scaled: 8-bit RGB. */
export interface Picture extends Size {
  /** Media time of the frame that was decoded [µs]. */
  readonly timeUs: number;
  /** Pixels, `[height, width, 3]`, interleaved RGB, no row padding. */
  readonly data: Uint8Array;
}

/** What looking cost. */
export interface DecodeCost {
  /** Frames that the decoder put out for this request; 0 when all came from the GOP's kept frames. */
  readonly decodedFrames: number;
  /** Measured time in the decoder [ms]. */
  readonly decodeMs: number;
  /** Measured time in the scaler [ms]. */
  readonly scaleMs: number;
  /** Time spent waiting for packets or for an earlier request [ms]; costs no CPU. */
  readonly waitMs: number;
}

/** Why there is no picture although one was asked for. */
export type NoPictureReason =
  | 'no-video' | 'no-key-frame' | 'too-far' | 'not-in-ring' | 'not-decodable' | 'overloaded' | 'closed';

/** How to look for one frame. */
export interface FrameRequest {
  /** The time wanted [µs]. */
  readonly timeUs: number;
  /** The size wanted; scaled natively. */
  readonly size: Size;
  /** How far the frame may be from `timeUs` [µs]; the nearest key frame farther than this is no answer. */
  readonly toleranceUs: number;
  /** True: the frame shown at `timeUs` itself, decoded from its key frame on (dear). False: the nearest key frame. */
  readonly exact?: boolean;
  /** Nothing later than this is used, so that the answer is causal and the same on every run [µs]. Default `timeUs`. */
  readonly notAfterUs?: number;
  /** The frame the caller already has [µs]: if that is the answer again, no pixels are made and `unchanged` says so. */
  readonly knownUs?: number;
}

/** How to look at a clip. */
export interface ClipRequest {
  readonly fromUs: number;
  readonly toUs: number;
  /** Frames wanted, evenly spaced on a grid of (toUs − fromUs)/count anchored at media time 0, so overlapping clips share frames. */
  readonly count: number;
  readonly size: Size;
}

/** The answer to a {@link FrameRequest}. */
export interface FrameAnswer {
  readonly picture?: Picture;
  /** True when `knownUs` is still the right frame. */
  readonly unchanged?: boolean;
  /** Set when there is neither a picture nor `unchanged`. */
  readonly reason?: NoPictureReason;
  readonly cost: DecodeCost;
}

/** The answer to a {@link ClipRequest}: `count` pictures in time order, or none and the reason. */
export interface ClipAnswer {
  readonly pictures: readonly Picture[];
  readonly reason?: NoPictureReason;
  readonly cost: DecodeCost;
}

/** A picture for people, not for a net. */
export interface StillRequest {
  /** Wider pictures are made this wide [pixels]. */
  readonly maxWidth: number;
}

/** The answer to a {@link StillRequest}. */
export interface StillAnswer {
  /** The newest key frame, a JPEG file; absent when there is none that can be decoded. */
  readonly jpeg?: Uint8Array;
  /** When it is shown [µs]. */
  readonly timeUs: number;
  /** What making it took [ms]; 0 when it was made before. Not part of what looking costs. */
  readonly ms: number;
}

/** Pictures that stay compressed until somebody asks. Nothing is decoded before subscription. */
export interface LazyVideo {
  /** One frame near a time. Cold: each subscription is one request; unsubscribing drops it if not yet begun. */
  frameAt(request: FrameRequest): Observable<FrameAnswer>;
  /** Several frames over a span; decoding starts at the key frame at or before `fromUs`. Cold, as above. */
  clip(request: ClipRequest): Observable<ClipAnswer>;
  /** The newest key frame for people to see; apart from all looking: no decoder, count or cost of it is touched. Cold, as above. */
  still?(request: StillRequest): Observable<StillAnswer>;
  /**
   * Says that nobody will ask for pictures any more: a recording that has been read to its end is closed at once instead
   * of lingering. While the source is still read it does nothing. Idempotent.
   */
  release?(): void;
}

/** What one sound track carries. */
export interface AudioTrackInfo {
  readonly codec: string;
  readonly sampleRateHz: number;
  readonly channels: number;
}

/** What one video track carries. */
export interface VideoTrackInfo {
  readonly codec: string;
  /** Size of its pictures [px]; absent where neither the container nor a first key frame says. */
  readonly width?: number;
  readonly height?: number;
  /** Nominal frames per second, if the container says. */
  readonly fps?: number;
}

/** What a connection carries, known at its opening. */
export interface MediaInfo {
  readonly container: string;
  /** True for cameras and streams, false for recordings, which wait for their reader. */
  readonly live: boolean;
  readonly durationUs?: number;
  readonly audio?: AudioTrackInfo;
  readonly video?: VideoTrackInfo;
}

/** Where a connection that opens late, since somebody had to come first, stands on the media clock. */
export interface OpenedAt {
  /** Media time at which it begins [µs]. */
  readonly startUs: number;
  /** Media time that it has reached by now [µs]. */
  readonly nowUs: number;
}

/** Decoded sound. */
export interface AudioChunk {
  readonly kind: 'audio';
  /** Media time of the first sample [µs]. */
  readonly startUs: number;
  /** Samples, `[n]`, 16 kHz, mono, nominally −1…1. */
  readonly samples: Float32Array;
  /** True when the track jumped here (`MediaTime.discontinuity` of `clock.ts`): nothing before belongs to it. */
  readonly discontinuity?: boolean;
}

/** The compressed video has been read up to here; the packets themselves stay in the ring. */
export interface VideoProgress {
  readonly kind: 'video';
  /** Media time that all video packets read so far reach [µs]. */
  readonly untilUs: number;
  /** Packets and bytes since the last progress, and the key frames among them. */
  readonly packets: number;
  readonly bytes: number;
  readonly keyFrames: number;
  /** When those key frames are shown [µs]. */
  readonly keyTimesUs?: readonly number[];
  /** Packets that the ring did not keep: before the first key frame, or beyond its bounds. */
  readonly dropped: number;
  /** True when the track jumped since the last progress. */
  readonly discontinuity?: boolean;
}

/** The life of a source, as interfaces.md names it. */
export type SourceState = 'starting' | 'running' | 'blocked' | 'stalled' | 'ended' | 'failed';

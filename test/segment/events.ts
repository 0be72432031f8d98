import { expect } from 'chai';
import { Subject, type Observable } from 'rxjs';
import type { LazyVideo } from '../../src/media/types.js';
import type { Opened, SourceEvent } from '../../src/ingest/types.js';
import { segmentEvery, type SegmentOptions } from '../../src/segment/segment-every.js';
import type { SegmentSpec } from '../../src/segment/spec.js';
import type { Segment } from '../../src/segment/types.js';

/** YAMNet's segments, with half a second of patience. */
export const SPEC: SegmentSpec = { windowUs: 975_000, hopUs: 480_000, latenessUs: 500_000 };

export const NO_VIDEO: LazyVideo = {
  frameAt: () => { throw new Error('asked for a frame'); },
  clip: () => { throw new Error('asked for a clip'); },
};

/** Which tracks a scripted source has, and what it says of itself. */
export interface Script {
  readonly audio?: boolean;
  readonly video?: boolean;
  readonly live?: boolean;
  readonly connection?: number;
  readonly startUs?: number;
  readonly permit?: (untilUs: number, endUs?: number) => void;
}

export const opened = ({ audio = true, video = false, live = true, connection = 1, startUs, permit }: Script = {}): Opened => ({
  kind: 'opened',
  connection,
  originEpochMs: 1_700_000_000_000,
  permit: permit ?? ((): void => undefined),
  ...(startUs === undefined ? {} : { startUs }),
  ...(video ? { video: NO_VIDEO } : {}),
  info: {
    container: 'scripted',
    live,
    ...(audio ? { audio: { codec: 'pcm', sampleRateHz: 16_000, channels: 1 } } : {}),
    ...(video ? { video: { codec: 'h264', width: 64, height: 36 } } : {}),
  },
});

/** Sound whose value tells its place: sample k of media time is k + 1, so that 0 is silence. */
export const sound = (startUs: number, samples: number, discontinuity = false): SourceEvent => ({
  kind: 'audio',
  startUs,
  samples: Float32Array.from({ length: samples }, (_, i) => Math.round(startUs * 0.016) + i + 1),
  ...(discontinuity ? { discontinuity } : {}),
});

export const pictures = (untilUs: number, discontinuity = false): SourceEvent => ({
  kind: 'video', untilUs, packets: 1, bytes: 1_000, keyFrames: 0, dropped: 0, ...(discontinuity ? { discontinuity } : {}),
});

/** A source that a test drives by hand, cut into segments. */
export const drive = (options: SegmentOptions = {}): {
  source: Subject<SourceEvent>;
  segments: Segment[];
  result: { completed: boolean; error?: unknown };
  segments$: Observable<Segment>;
} => {
  const source = new Subject<SourceEvent>();
  const segments: Segment[] = [];
  const result: { completed: boolean; error?: unknown } = { completed: false };
  const segments$ = source.pipe(segmentEvery(SPEC, options));
  segments$.subscribe({
    next: (segment) => { segments.push(segment); },
    error: (error: unknown) => { result.error = error; },
    complete: () => { result.completed = true; },
  });
  return { source, segments, result, segments$ };
};

/** Every sample is either its own value or a zero inside `missing`. */
export const expectTruth = (segment: Segment): void => {
  const { audio } = segment;
  if (audio === undefined) return expect.fail('no sound');
  const start = Math.round(segment.startUs * 0.016);
  const missing = (sample: number): boolean =>
    audio.missing.some((span) => sample >= span.startUs * 0.016 && sample < span.endUs * 0.016);
  audio.samples.forEach((value, i) => {
    if (value !== (missing(start + i) ? 0 : start + i + 1)) expect.fail(`sample ${start + i} is ${value}`);
  });
};

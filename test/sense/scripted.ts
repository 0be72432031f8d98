import { defer, of, type Observable } from 'rxjs';
import type { SenseManifest } from '../../src/inference/manifest.js';
import type { Session, Tensor } from '../../src/inference/types.js';
import type { ClipAnswer, ClipRequest, FrameAnswer, FrameRequest, LazyVideo, Picture, Size } from '../../src/media/types.js';
import type { Segment } from '../../src/segment/types.js';
import type { Net } from '../../src/sense/net.js';

export const LABELS = ['Silence', 'Speech', 'Bark'];

const tensor = (name: string, dims: number[]): { name: string; dims: number[] } => ({ name, dims });

const entry = (input: SenseManifest['input']): SenseManifest => ({
  file: 'scripted.onnx', sha256: '0'.repeat(64), input,
  outputs: { scores: tensor('scores', [1, 3]), features: tensor('features', [1, 2]) },
  activation: 'sigmoid', labels: 'labels.txt', background: ['Silence'], macs: 2_000_000,
});

export const AUDIO = entry({
  tensor: tensor('mel', [-1, 96, 64]),
  from: {
    kind: 'log-mel', sampleRateHz: 16_000, frameSamples: 400, hopSamples: 160, fftSize: 512, melBins: 64, lowHz: 125, highHz: 7_500,
    logOffset: 0.001, patchFrames: 96, patchHopFrames: 48,
  },
});

export const PICTURE = entry({
  tensor: tensor('image', [1, 2, 4, 3]),
  from: { kind: 'picture', width: 4, height: 2, layout: 'nhwc', scale: 2, offset: -1 },
});

export const CLIP = entry({
  tensor: tensor('clip', [1, 3, 2, 2, 4]),
  from: { kind: 'clip', width: 4, height: 2, frames: 2, spanS: 2, layout: 'ncthw', scale: 1, offset: 0 },
});

/** A session that writes down what it is fed, and answers with what it is told. */
export interface ScriptedSession extends Session {
  readonly feeds: Record<string, Tensor>[];
  /** Subscriptions to `run`. */
  runs: number;
}

export const session = (scores: readonly number[] = [0.1, 0.8, 0.2]): ScriptedSession => {
  const made: ScriptedSession = {
    inputs: [], outputs: [], macs: 2_000_000, feeds: [], runs: 0,
    run: (feeds) => defer(() => {
      made.runs += 1;
      made.feeds.push(Object.fromEntries(Object.entries(feeds).map(([name, { data, dims }]) => [name, { data: data.slice(), dims }])));
      return of({ scores: { data: Float32Array.from(scores), dims: [1, 3] }, features: { data: Float32Array.of(7, 8), dims: [1, 2] } });
    }),
    close: () => Promise.resolve(),
  };
  return made;
};

/** A net around a scripted session, whose clock goes on by 5 ms each time it is read. */
export const net = (manifest: SenseManifest, scripted: Session): Net => {
  let ms = 0;
  return { session: scripted, manifest, labels: LABELS, now: () => (ms += 5) };
};

/** Pixel values count up from `first`. */
export const picture = (timeUs: number, { width, height }: Size = { width: 4, height: 2 }, first = 0): Picture =>
  ({ timeUs, width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => first + i) });

/** A lazy video that counts how often it is asked (calls) and looked at (subscriptions). */
export interface ScriptedVideo extends LazyVideo {
  calls: number;
  subscriptions: number;
  readonly requests: (FrameRequest | ClipRequest)[];
}

export const video = (
  frame: (request: FrameRequest) => FrameAnswer,
  clip: (request: ClipRequest) => ClipAnswer = (): never => { throw new Error('asked for a clip'); },
): ScriptedVideo => {
  const answer = <R extends FrameRequest | ClipRequest, A>(request: R, with_: (request: R) => A): Observable<A> => {
    made.calls += 1;
    return defer(() => {
      made.subscriptions += 1;
      made.requests.push(request);
      return of(with_(request));
    });
  };
  const made: ScriptedVideo = {
    calls: 0, subscriptions: 0, requests: [],
    frameAt: (request) => answer(request, frame),
    clip: (request) => answer(request, clip),
  };
  return made;
};

export const DECODED = { decodedFrames: 1, decodeMs: 4, scaleMs: 1, waitMs: 9 };
export const NOT_DECODED = { decodedFrames: 0, decodeMs: 0, scaleMs: 0, waitMs: 0 };

export const segment = (index: number, parts: Partial<Segment> = {}): Segment => ({
  index, startUs: index * 480_000, endUs: index * 480_000 + 975_000, startEpochMs: 0, discontinuity: false, era: 0,
  release: () => undefined, ...parts,
});

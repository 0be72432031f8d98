import { defer, map, of, type Observable } from 'rxjs';
import { Fault } from '../faults.js';
import type { Segment, SegmentAudio } from '../segment/types.js';
import { createLogMel, type LogMel } from './log-mel.js';
import { levelDbfs } from './level.js';
import { runNet, type Net } from './net.js';
import { NO_COST, type Evidence, type NoReading, type Reading } from './types.js';

/** Listens to a segment: evidence with an audio reading, or with the reason why there is none. */
export type Hear = (segment: Segment) => Observable<Evidence>;

/** How a stream is listened to. */
export interface HearOptions {
  /** A window with more than this part of its sound missing is not listened to, 0…1. Default 0.5. */
  readonly maxMissing?: number;
}

/** The evidence before anything was sensed. */
export const unsensed = ({ index, startUs, endUs, startEpochMs, discontinuity, era }: Segment): Evidence =>
  ({ index, startUs, endUs, startEpochMs, discontinuity, era, readings: {}, gates: {} });

/** Whether the budget did not even let a segment be heard: nothing new is known of it. */
export const isUnheard = ({ readings: { audio } }: Evidence): boolean => audio !== undefined && audio.scores === undefined && audio.reason === 'budget';

/** The part of a segment's sound that is missing, 0…1; 1 when there is none. */
export const missingPart = ({ audio, startUs, endUs }: Segment): number =>
  audio === undefined ? 1 : audio.missing.reduce((sum, span) => sum + span.endUs - span.startUs, 0) / (endUs - startUs);

/**
 * Makes the ear of one stream. It keeps the front end's last frames, which overlapping windows share (the front end
 * knows by the samples whether they do); a stream of its own needs an ear of its own, while the net is shared. Nothing is computed before subscription.
 *
 * A window of which more than `maxMissing` is missing gives `no-audio`, at no cost: zeros that were put in for what is
 * missing would be heard as silence. Up to there they are heard as short silences.
 *
 * @param net the audio sense of a pack; undefined when there is none: every reading is `not-installed`
 * @throws Fault `pack-invalid` when the net does not want a log-mel spectrogram
 */
export const createHear = (net: Net | undefined, { maxMissing = 0.5 }: HearOptions = {}): Hear => {
  if (net === undefined) return (segment) => of(withAudio(segment, { sense: 'audio', reason: 'not-installed', cost: NO_COST }));
  const { from } = net.manifest.input;
  if (from.kind !== 'log-mel') {
    throw new Fault('sense', 'pack-invalid', `${net.manifest.file} is an audio net, but its manifest gives it a ${from.kind}.`, {
      remedy: 'Give its input as log-mel.',
    });
  }
  const front = createLogMel(from);
  // One for the stream: a session takes a copy of what it is fed.
  const patch = new Float32Array(from.patchFrames * from.melBins);
  const background: ReadonlySet<string> = new Set(net.manifest.background);
  return (segment) => defer(() => {
    const { audio } = segment;
    if (audio === undefined || missingPart(segment) > maxMissing) {
      return of(withAudio(segment, { sense: 'audio', reason: 'no-audio', cost: NO_COST }));
    }
    const level = levelDbfs(audio.samples, missingPart(segment));
    return runNet(net, () => patchOf(front, audio, patch)).pipe(map(({ scores, features, ms, gmacs }) => withAudio(segment, {
      sense: 'audio', scores, labels: net.labels, background, timeUs: segment.endUs,
      ...(features === undefined ? {} : { features }),
      cost: { ...NO_COST, gmacs, ms },
    }, level)));
  });
};

const withAudio = (segment: Segment, audio: Reading | NoReading, level?: number): Evidence =>
  ({ ...unsensed(segment), readings: { audio }, ...(level === undefined ? {} : { levelDbfs: level }) });

const patchOf = (front: LogMel, { samples }: SegmentAudio, patch: Float32Array): Float32Array => {
  if (samples.length !== front.windowSamples) {
    throw new Fault('sense', 'model-wrong-shape', `A segment has ${samples.length} samples, and the audio net wants ${front.windowSamples}.`, {
      remedy: 'Cut the stream into the segments of this pack.',
    });
  }
  return front.patch(samples, patch);
};

import type { LogMelSpec } from '../inference/manifest.js';

/** How the stream is cut into segments. */
export interface SegmentSpec {
  /** Length of a segment [µs]. */
  readonly windowUs: number;
  /** From the start of one segment to the start of the next [µs]; not more than the window. */
  readonly hopUs: number;
  /** How long one track waits for the other [µs of media time] before a segment goes out without it. */
  readonly latenessUs: number;
}

/**
 * The segments that an audio pack wants: one patch of its log-mel spectrogram each. A patch of P frames of F samples,
 * H apart, is (P − 1)·H + F samples; for YAMNet's 96 frames of 400 every 160 that is 15 600 samples, 0.975 s.
 */
export const segmentSpec = (logMel: LogMelSpec, latenessUs: number): SegmentSpec => {
  const { sampleRateHz, frameSamples, hopSamples, patchFrames, patchHopFrames } = logMel;
  const us = (samples: number): number => Math.round(samples / sampleRateHz * 1e6);
  return {
    windowUs: us((patchFrames - 1) * hopSamples + frameSamples),
    hopUs: us(patchHopFrames * hopSamples),
    latenessUs,
  };
};

import type { LogMelSpec } from '../../src/inference/manifest.js';

/** The front end of the embedded audio net: YAMNet's, so that both can stand in for each other. */
export const FRONT_END: LogMelSpec = {
  kind: 'log-mel', sampleRateHz: 16_000, frameSamples: 400, hopSamples: 160, fftSize: 512, melBins: 64,
  lowHz: 125, highHz: 7500, logOffset: 0.001, patchFrames: 96, patchHopFrames: 48,
};

/** Samples in one window, and from one window to the next. */
export const WINDOW_SAMPLES = FRONT_END.frameSamples + (FRONT_END.patchFrames - 1) * FRONT_END.hopSamples;
/** Samples from one window to the next. */
export const HOP_SAMPLES = FRONT_END.patchHopFrames * FRONT_END.hopSamples;

/** What the net reports: ESC-10's classes, drone, and last the background: none of them is heard. */
export const LABELS = [
  'baby_cry', 'chainsaw', 'clock_tick', 'dog_bark', 'drone', 'fire_crackling', 'helicopter',
  'person_sneeze', 'rain', 'rooster', 'sea_waves', 'background',
] as const;

/** Index of the background label. */
export const BACKGROUND = LABELS.indexOf('background');

/** Index of a data set's label among ours; anything unknown is background. */
export const labelIndex = (label: string): number => {
  const index = (LABELS as readonly string[]).indexOf(label);
  return index < 0 ? BACKGROUND : index;
};

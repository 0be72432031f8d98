import type { LogMelSpec } from '../inference/manifest.js';
import { createSpectrum, type Spectrum } from './spectrum.js';

/** The front end of one stream: it remembers the last patch, so one stream must not feed another's. */
export interface LogMel {
  /** Samples that one patch wants: frameSamples + (patchFrames − 1)·hopSamples. */
  readonly windowSamples: number;
  /**
   * The patch of one window. When the window goes on from the last one by patchHopFrames, the frames
   * they share are copied; that is recognised by comparing the shared samples themselves, bit for bit,
   * so the answer is always the one that a fresh front end would give.
   *
   * @param samples `[windowSamples]`, at the spec's rate, −1…1; NaN or infinite samples count as 0
   * @param into where it goes, `[patchFrames, melBins]`; default a new array
   * @returns `into`
   * @throws RangeError when the number of samples is another
   */
  patch(samples: Float32Array, into?: Float32Array): Float32Array;
  /** STFT frames computed (not copied) by the last `patch`. */
  readonly computedFrames: number;
  /** Forgets the last patch, as after a discontinuity; changes the cost of the next patch, never its values. */
  reset(): void;
}

/** Triangles of the mel filter bank, stored without their zeros. */
interface MelBank {
  readonly firstBin: number;
  readonly lastBin: number;
  /** First FFT bin of each band, `[melBins]`. */
  readonly starts: Uint16Array;
  /** Where each band's weights begin, `[melBins + 1]`. */
  readonly offsets: Uint16Array;
  readonly weights: Float64Array;
}

/** HTK's mel scale (Young et al., The HTK Book, section 5.4), in the form of TensorFlow's `linear_to_mel_weight_matrix`. */
const mel = (hz: number): number => 1127 * Math.log(1 + hz / 700);

/** Triangles that are straight on the mel scale, as YAMNet's; the DC bin takes no part. */
const melBank = ({ fftSize, sampleRateHz, melBins, lowHz, highHz }: LogMelSpec): MelBank => {
  const low = mel(lowHz), width = (mel(highHz) - low) / (melBins + 1);
  const weightOf = (band: number, bin: number): number => {
    const position = (mel((bin * sampleRateHz) / fftSize) - low) / width - band;
    return Math.max(0, Math.min(position, 2 - position));
  };
  const bins = Array.from({ length: fftSize / 2 - 1 }, (_, i) => i + 1);
  const bands = Array.from({ length: melBins }, (_, band) => bins.filter((bin) => weightOf(band, bin) > 0));
  const counts = bands.map((band) => band.length);
  const used = bands.flat();
  return {
    firstBin: Math.min(...used),
    lastBin: Math.max(...used),
    starts: Uint16Array.from(bands, (band) => band[0] ?? 0),
    offsets: Uint16Array.from([0, ...counts.map((_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b, 0))]),
    weights: Float64Array.from(bands.flatMap((band, i) => band.map((bin) => weightOf(i, bin)))),
  };
};

const hann = (length: number): Float64Array =>
  Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length));

/** log(mel + offset) of one frame, written to `patch` at `to`. */
const bands = (bank: MelBank, magnitudes: Float64Array, logOffset: number, patch: Float32Array, to: number): void => {
  for (let band = 0; band < bank.starts.length; band++) {
    const from = bank.offsets[band] ?? 0, until = bank.offsets[band + 1] ?? 0, shift = (bank.starts[band] ?? 0) - from;
    let sum = 0;
    for (let i = from; i < until; i++) sum += (bank.weights[i] ?? 0) * (magnitudes[i + shift] ?? 0);
    patch[to + band] = Math.log(sum + logOffset);
  }
};

const windowed = (frame: Float64Array, hannWindow: Float64Array, samples: Float32Array, from: number): void => {
  for (let n = 0; n < hannWindow.length; n++) frame[n] = (samples[from + n] ?? 0) * (hannWindow[n] ?? 0);
};

/** Magnitudes of one frame. A NaN spreads to every bin, so one bin tells; only then are the samples looked at. */
const magnitudesOf = (spectrum: Spectrum, hannWindow: Float64Array, samples: Float32Array, from: number, aBin: number): Float64Array => {
  windowed(spectrum.frame, hannWindow, samples, from);
  const magnitudes = spectrum.magnitudes();
  if (Number.isFinite(magnitudes[aBin])) return magnitudes;
  for (let n = 0; n < hannWindow.length; n++) if (!Number.isFinite(spectrum.frame[n])) spectrum.frame[n] = 0;
  return spectrum.magnitudes();
};

const sameBytes = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.compare(Buffer.from(a.buffer, a.byteOffset, a.byteLength), Buffer.from(b.buffer, b.byteOffset, b.byteLength)) === 0;

/**
 * YAMNet's front end: STFT magnitudes (periodic Hann), mel bands, logarithm (google-research, AudioSet
 * YAMNet `features.py`). About 6 µs for an STFT frame, and half of the frames of a running stream are copies.
 *
 * ```ts
 * const front = createLogMel(sense.input.from);   // one per stream
 * const patch = front.patch(segment.audio.samples); // [96, 64]
 * ```
 *
 * @param spec the pack's front end
 * @throws Fault `model-unsupported` for an fftSize that is not 2·4ⁿ
 */
export const createLogMel = (spec: LogMelSpec): LogMel => {
  const { hopSamples, frameSamples, patchFrames, patchHopFrames, melBins } = spec;
  const bank = melBank(spec);
  const spectrum = createSpectrum(spec.fftSize, bank.firstBin, bank.lastBin);
  const hannWindow = hann(frameSamples);
  const windowSamples = frameSamples + (patchFrames - 1) * hopSamples;
  const sharedFrames = Math.max(0, patchFrames - patchHopFrames);
  const sharedSamples = sharedFrames === 0 ? 0 : frameSamples + (sharedFrames - 1) * hopSamples;
  const tail = new Float32Array(sharedSamples);
  const tailFrames = new Float32Array(sharedFrames * melBins);
  let known = false;
  let computedFrames = 0;
  return {
    windowSamples,
    get computedFrames() { return computedFrames; },
    patch: (samples, patch = new Float32Array(patchFrames * melBins)) => {
      if (samples.length !== windowSamples) throw new RangeError(`a patch takes ${windowSamples} samples, not ${samples.length}`);
      const copied = known && sameBytes(tail, samples.subarray(0, sharedSamples)) ? sharedFrames : 0;
      if (copied > 0) patch.set(tailFrames);
      for (let frame = copied; frame < patchFrames; frame++) {
        const magnitudes = magnitudesOf(spectrum, hannWindow, samples, frame * hopSamples, bank.firstBin);
        bands(bank, magnitudes, spec.logOffset, patch, frame * melBins);
      }
      computedFrames = patchFrames - copied;
      tail.set(samples.subarray(windowSamples - sharedSamples));
      tailFrames.set(patch.subarray((patchFrames - sharedFrames) * melBins));
      known = sharedFrames > 0;
      return patch;
    },
    reset: () => { known = false; },
  };
};

import { Fault } from '../faults.js';

/**
 * The magnitude spectrum of real sound. A real transform of `size` points is a complex one of half the
 * size plus one pass that untangles it (Press et al., Numerical Recipes, section 12.3); the complex one
 * is radix 4, decimation in time. Twice as fast here as a general complex transform of real input.
 */

/** The spectrum of one frame, computed again and again in the same memory. */
export interface Spectrum {
  /** Where the caller puts the frame, `[size]`: windowed, zeros behind it. Kept between calls. */
  readonly frame: Float64Array;
  /** `|X[k]|` of what is in `frame`, `[size/2]`; only bins `firstBin…lastBin` are written. Valid until the next call. */
  magnitudes(): Float64Array;
}

/** Real and imaginary parts of the transform in progress, and its constants. */
interface Plan {
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Digit reversal in base 4. */
  readonly order: Uint16Array;
  /** Per stage: quarter length, and w, w², w³ of every butterfly as (re, im) pairs. */
  readonly stages: readonly { readonly quarter: number; readonly twiddles: Float64Array }[];
  /** e^(−2πik/size), as two arrays. */
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

// eslint-disable-next-line @typescript-eslint/non-nullable-type-assertion-style -- every index is within bounds by construction, and `?? 0` costs half as much again here
const at = (values: Float64Array, index: number): number => values[index] as number;

const digitsReversed = (index: number, digits: number): number => {
  let reversed = 0;
  for (let digit = 0, rest = index; digit < digits; digit++, rest >>= 2) reversed = (reversed << 2) | (rest & 3);
  return reversed;
};

const stageTwiddles = (quarter: number): Float64Array =>
  Float64Array.from({ length: quarter * 6 }, (_, i) => {
    const angle = (-2 * Math.PI * Math.floor(i / 6) * (Math.floor((i % 6) / 2) + 1)) / (4 * quarter);
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });

const plan = (size: number): Plan => {
  const half = size / 2;
  const digits = Math.round(Math.log2(half) / 2);
  if (half !== 4 ** digits || digits < 1 || digits > 8) {
    throw new Fault('sense', 'model-unsupported', `A log-mel front end with an FFT of ${size} points is not supported.`, {
      remedy: 'Use a pack whose fftSize is 32, 128, 512, 2048 or 8192.',
    });
  }
  const stages: { quarter: number; twiddles: Float64Array }[] = [];
  for (let quarter = 4; quarter < half; quarter *= 4) stages.push({ quarter, twiddles: stageTwiddles(quarter) });
  return {
    re: new Float64Array(half),
    im: new Float64Array(half),
    order: Uint16Array.from({ length: half }, (_, i) => digitsReversed(i, digits)),
    stages,
    cosine: Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / size)),
    sine: Float64Array.from({ length: half }, (_, k) => -Math.sin((2 * Math.PI * k) / size)),
  };
};

/** First stage: even samples are the real part, odd ones the imaginary part, read in reversed order. */
const load = ({ re, im, order }: Plan, frame: Float64Array): void => {
  for (let i = 0; i < re.length; i += 4) {
    const a = (order[i] ?? 0) << 1, b = (order[i + 1] ?? 0) << 1, c = (order[i + 2] ?? 0) << 1, d = (order[i + 3] ?? 0) << 1;
    const ar = at(frame, a), ai = at(frame, a + 1), br = at(frame, b), bi = at(frame, b + 1);
    const cr = at(frame, c), ci = at(frame, c + 1), dr = at(frame, d), di = at(frame, d + 1);
    const s0 = ar + cr, s1 = ai + ci, s2 = ar - cr, s3 = ai - ci, s4 = br + dr, s5 = bi + di, s6 = br - dr, s7 = bi - di;
    re[i] = s0 + s4; im[i] = s1 + s5; re[i + 1] = s2 + s7; im[i + 1] = s3 - s6;
    re[i + 2] = s0 - s4; im[i + 2] = s1 - s5; re[i + 3] = s2 - s7; im[i + 3] = s3 + s6;
  }
};

/** One later stage, in place. */
const butterflies = ({ re, im }: Plan, quarter: number, twiddles: Float64Array): void => {
  for (let j = 0, t = 0; j < quarter; j++, t += 6) {
    const ur = at(twiddles, t), ui = at(twiddles, t + 1), vr = at(twiddles, t + 2), vi = at(twiddles, t + 3), wr = at(twiddles, t + 4), wi = at(twiddles, t + 5);
    for (let a = j; a < re.length; a += 4 * quarter) {
      const b = a + quarter, c = b + quarter, d = c + quarter;
      const ar = at(re, a), ai = at(im, a), xr = at(re, b), xi = at(im, b), yr = at(re, c), yi = at(im, c), zr = at(re, d), zi = at(im, d);
      const br = xr * ur - xi * ui, bi = xr * ui + xi * ur, cr = yr * vr - yi * vi, ci = yr * vi + yi * vr, dr = zr * wr - zi * wi, di = zr * wi + zi * wr;
      const s0 = ar + cr, s1 = ai + ci, s2 = ar - cr, s3 = ai - ci, s4 = br + dr, s5 = bi + di, s6 = br - dr, s7 = bi - di;
      re[a] = s0 + s4; im[a] = s1 + s5; re[b] = s2 + s7; im[b] = s3 - s6;
      re[c] = s0 - s4; im[c] = s1 - s5; re[d] = s2 - s7; im[d] = s3 + s6;
    }
  }
};

/** Untangles bin k of the real transform from bins k and size/2 − k of the complex one, and takes its magnitude. */
const untangle = ({ re, im, cosine, sine }: Plan, magnitudes: Float64Array, firstBin: number, lastBin: number): void => {
  for (let k = firstBin; k <= lastBin; k++) {
    const mirror = re.length - k;
    const ar = at(re, k), ai = at(im, k), br = at(re, mirror), bi = at(im, mirror);
    const oddRe = ai + bi, oddIm = br - ar, c = at(cosine, k), s = at(sine, k);
    const xr = ar + br + oddRe * c - oddIm * s, xi = ai - bi + oddRe * s + oddIm * c;
    magnitudes[k] = 0.5 * Math.sqrt(xr * xr + xi * xi);
  }
};

/**
 * Prepares the magnitude spectrum of frames of `size` samples.
 *
 * @param size of the transform: 2·4ⁿ
 * @param firstBin and
 * @param lastBin that are wanted, within 1…size/2 − 1
 * @throws Fault `model-unsupported` for another size
 */
export const createSpectrum = (size: number, firstBin = 1, lastBin = size / 2 - 1): Spectrum => {
  const transform = plan(size);
  const frame = new Float64Array(size);
  const magnitudes = new Float64Array(size / 2);
  return {
    frame,
    magnitudes: () => {
      load(transform, frame);
      for (const { quarter, twiddles } of transform.stages) butterflies(transform, quarter, twiddles);
      untangle(transform, magnitudes, firstBin, lastBin);
      return magnitudes;
    },
  };
};

import { expect } from 'chai';
import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../src/faults.js';
import type { LogMelSpec } from '../../src/inference/manifest.js';
import { createLogMel } from '../../src/sense/log-mel.js';
import { sharedFolder } from '../../tools/pretrain/places.js';

const YAMNET: LogMelSpec = {
  kind: 'log-mel', sampleRateHz: 16_000, frameSamples: 400, hopSamples: 160, fftSize: 512, melBins: 64,
  lowHz: 125, highHz: 7500, logOffset: 0.001, patchFrames: 96, patchHopFrames: 48,
};
const WINDOW = 15_600;
const HOP = 7680;

const noise = (length: number, seed: number): Float32Array => {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
};

const furthest = (a: Float32Array, b: Float32Array): number => a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
const bytes = (a: Float32Array): Buffer => Buffer.from(a.buffer, a.byteOffset, a.byteLength);

/** The same definition, written as it is read: a discrete Fourier transform by its sum. */
const byDefinition = (samples: Float32Array, frame: number): number[] => {
  const mel = (hz: number): number => 1127 * Math.log(1 + hz / 700);
  const magnitude = Array.from({ length: 257 }, (_, k) => {
    let re = 0, im = 0;
    for (let n = 0; n < 400; n++) {
      const x = samples[frame * 160 + n]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 400));
      re += x * Math.cos((2 * Math.PI * k * n) / 512);
      im -= x * Math.sin((2 * Math.PI * k * n) / 512);
    }
    return Math.hypot(re, im);
  });
  const edges = Array.from({ length: 66 }, (_, i) => mel(125) + (i * (mel(7500) - mel(125))) / 65);
  return Array.from({ length: 64 }, (_, band) => {
    let sum = 0;
    for (let k = 1; k <= 256; k++) {
      const m = mel((k * 16_000) / 512);
      const up = (m - edges[band]!) / (edges[band + 1]! - edges[band]!), down = (edges[band + 2]! - m) / (edges[band + 2]! - edges[band + 1]!);
      sum += Math.max(0, Math.min(up, down)) * magnitude[k]!;
    }
    return Math.log(sum + 0.001);
  });
};

describe('the log-mel front end', () => {
  it('is the definition, to six digits', () => {
    const samples = noise(WINDOW, 1);
    const patch = createLogMel(YAMNET).patch(samples);
    for (const frame of [0, 47, 95]) {
      const expected = Float32Array.from(byDefinition(samples, frame));
      expect(furthest(patch.subarray(frame * 64, frame * 64 + 64), expected)).to.be.below(1e-6);
    }
  });

  it('reproduces the published test spectrogram', function () {
    const weights = join(sharedFolder(), 'weights');
    if (!existsSync(join(weights, 'yamnet_test_spectra.bin'))) {
      process.stdout.write(`    skipped: ${weights} is not here\n`);
      this.skip();
    }
    const audio = readFileSync(join(weights, 'yamnet_test_audio.bin'));
    const pcm = Float32Array.from({ length: WINDOW }, (_, i) => audio.readInt16LE(i * 2));
    const peak = pcm.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const file = readFileSync(join(weights, 'yamnet_test_spectra.bin'));
    const expected = Float32Array.from({ length: 96 * 64 }, (_, i) => file.readFloatLE(i * 4));
    // This spectrogram was made of sound scaled to a peak of 1, with VGGish's offset of 0.01 where YAMNet's own is 0.001.
    const patch = createLogMel({ ...YAMNET, logOffset: 0.01 }).patch(pcm.map((v) => v / peak));
    expect(furthest(patch, expected)).to.be.below(1e-6);
  });

  it('gives log(offset) for silence', () => {
    const patch = createLogMel(YAMNET).patch(new Float32Array(WINDOW));
    expect(new Set(patch)).to.deep.equal(new Set([Math.fround(Math.log(0.001))]));
  });

  it('copies the shared frames of contiguous windows, bit for bit what a fresh front end computes', () => {
    const samples = noise(WINDOW + 5 * HOP, 2);
    const running = createLogMel(YAMNET);
    for (let i = 0; i <= 5; i++) {
      const window = samples.subarray(i * HOP, i * HOP + WINDOW);
      expect(bytes(running.patch(window)).equals(bytes(createLogMel(YAMNET).patch(window)))).to.equal(true);
      expect(running.computedFrames).to.equal(i === 0 ? 96 : 48);
    }
  });

  it('is never fooled by a window that does not go on from the last one', () => {
    const samples = noise(WINDOW * 2, 3);
    fc.assert(fc.property(fc.array(fc.record({ from: fc.constantFrom(0, 1, HOP - 1, HOP, HOP + 1, 2 * HOP), broken: fc.option(fc.nat(WINDOW - 1), { freq: 3 }) }), { minLength: 1, maxLength: 5 }), (steps) => {
      const running = createLogMel(YAMNET);
      for (const { from, broken } of steps) {
        const window = samples.slice(from, from + WINDOW);
        if (broken !== null) window[broken] = 0; // a hole that the segmenter marked
        expect(bytes(running.patch(window)).equals(bytes(createLogMel(YAMNET).patch(window)))).to.equal(true);
      }
    }), { numRuns: 25 });
  });

  it('computes all frames again after a reset, with the same values', () => {
    const samples = noise(WINDOW + HOP, 4);
    const running = createLogMel(YAMNET);
    running.patch(samples.subarray(0, WINDOW));
    running.reset();
    const patch = running.patch(samples.subarray(HOP));
    expect(running.computedFrames).to.equal(96);
    expect(bytes(patch).equals(bytes(createLogMel(YAMNET).patch(samples.subarray(HOP))))).to.equal(true);
  });

  it('gives arrays that the next patch does not touch', () => {
    const front = createLogMel(YAMNET);
    const first = front.patch(noise(WINDOW, 5));
    const copy = first.slice();
    front.patch(noise(WINDOW, 6));
    expect(first).to.deep.equal(copy);
  });

  it('counts a NaN or an infinite sample as silence', () => {
    const broken = noise(WINDOW, 7), mended = noise(WINDOW, 7);
    for (const [at, value] of [[0, Number.NaN], [5000, Infinity], [15_599, -Infinity]] as const) {
      broken[at] = value;
      mended[at] = 0;
    }
    expect(bytes(createLogMel(YAMNET).patch(broken)).equals(bytes(createLogMel(YAMNET).patch(mended)))).to.equal(true);
  });

  it('works where patches share nothing', () => {
    const front = createLogMel({ ...YAMNET, patchHopFrames: 96 });
    const window = noise(WINDOW, 8);
    front.patch(window);
    expect(bytes(front.patch(window)).equals(bytes(createLogMel(YAMNET).patch(window)))).to.equal(true);
    expect(front.computedFrames).to.equal(96);
  });

  it('refuses a window of another length, and a size of transform that it has not', () => {
    expect(() => createLogMel(YAMNET).patch(new Float32Array(10))).to.throw(RangeError, '15600');
    expect(() => createLogMel({ ...YAMNET, fftSize: 1024 })).to.throw(Fault, '1024');
  });
});

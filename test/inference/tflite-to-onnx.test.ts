import { expect } from 'chai';
import fc from 'fast-check';
import { firstValueFrom } from 'rxjs';
import { countMacs } from '../../src/inference/macs.js';
import { decodeOnnx } from '../../src/inference/onnx-schema.js';
import { sha256Of } from '../../src/inference/pack.js';
import { openSession } from '../../src/inference/session.js';
import type { Arithmetic } from '../../src/inference/tflite-lowering.js';
import type { Tensor } from '../../src/inference/types.js';
import { readTflite } from '../../src/inference/tflite-model.js';
import { samePadding } from '../../src/inference/tflite-operators.js';
import { tfliteToOnnx } from '../../src/inference/tflite-to-onnx.js';
import { faultOf, weights } from './shared.js';
import { runReference } from './tflite-reference.js';
import { tfliteFile } from './tflite-writer.js';
import type { ModelParts, OptionField } from './tflite-writer.js';

/** Numbers that look random and are the same each time. */
const numbers = (length: number, seed: number, low = -1, high = 1): number[] =>
  Array.from({ length }, (_, i) => low + (high - low) * (((Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453) % 1 + 1) % 1));
const whole = (length: number, seed: number, low: number, high: number): number[] => numbers(length, seed, low, high + 0.999).map(Math.floor);
const count = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

const run = async (file: Uint8Array, input: ArrayLike<number>, arithmetic: Arithmetic = 'float'): Promise<{ scores: Tensor; features?: Tensor }> => {
  const { onnx, input: { dims } } = tfliteToOnnx(file, 'test', { arithmetic });
  const session = await openSession({ model: onnx, sha256: sha256Of(onnx), file: 'test.onnx', macs: countMacs(decodeOnnx(onnx, 'test')).macs });
  try {
    const { scores, features } = await firstValueFrom(session.run({ input: { data: Float32Array.from(input), dims } })) as { scores: Tensor; features?: Tensor };
    return { scores, ...(features === undefined ? {} : { features }) };
  } finally {
    await session.close();
  }
};

const near = (actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void => {
  expect(actual.length).to.equal(wanted.length);
  for (let i = 0; i < actual.length; i++) expect(actual[i], `value ${i}`).to.be.closeTo(wanted[i]!, tolerance);
};

/** Converts, runs and compares with the plain interpreter. */
const agrees = async (parts: ModelParts, input: readonly number[], tolerance = 1e-4): Promise<ArrayLike<number>> => {
  const file = tfliteFile(parts);
  const reference = runReference(readTflite(file, 'test'), input, false);
  const { scores } = await run(file, input);
  near(scores.data, reference(parts.outputs[0]!), tolerance);
  return scores.data;
};

const SAME: OptionField = [0, 'int8', 0];
const VALID: OptionField = [0, 'int8', 1];
const quantisation = (scale: number, zero: number) => ({ scales: [scale], zeroPoints: [zero], axis: 0 });

const convolution = (dims: number[], out: number[], filter: number[], options: OptionField[], code = 3): ModelParts => ({
  tensors: [{ dims }, { dims: filter, values: numbers(count(filter), 2) }, { dims: [out[3]!], values: numbers(out[3]!, 3) }, { dims: out }],
  operators: [{ code, inputs: [0, 1, 2], outputs: [3], options }], inputs: [0], outputs: [3],
});

describe('samePadding', () => {
  it('makes ceil(size / stride) places, with the odd zero at the end', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }),
      (size, filter, stride, dilation) => {
        const [before, after] = samePadding(size, filter, stride, dilation);
        const reach = (filter - 1) * dilation + 1;
        expect(after - before).to.be.oneOf([0, 1]);
        expect(Math.floor((size + before + after - reach) / stride) + 1).to.satisfy((places: number) =>
          places === Math.ceil(size / stride) || (before === 0 && after === 0 && size - reach >= 0));
        if (stride <= reach) expect(Math.floor((size + before + after - reach) / stride) + 1).to.equal(Math.ceil(size / stride));
      }));
  });

  it('is lopsided for stride 2 on an even size', () => {
    expect(samePadding(96, 3, 2, 1)).to.deep.equal([0, 1]);
    expect(samePadding(97, 3, 2, 1)).to.deep.equal([1, 1]);
  });
});

describe('tfliteToOnnx, one operator at a time', () => {
  const stride = (x: number, y: number): OptionField[] => [[1, 'int32', x], [2, 'int32', y]];

  it('CONV_2D: lopsided padding, unlike strides', () => agrees(convolution([1, 6, 7, 3], [1, 3, 3, 4], [4, 3, 2, 3], [SAME, ...stride(3, 2)]), numbers(126, 1)).then(() => undefined));
  it('CONV_2D: valid padding, dilation', () => agrees(convolution([1, 9, 8, 2], [1, 5, 6, 3], [3, 3, 2, 2], [VALID, ...stride(1, 1), [4, 'int32', 2], [5, 'int32', 2]]), numbers(144, 1)).then(() => undefined));
  it('CONV_2D: fused ReLU6', async () => {
    const scores = await agrees(convolution([1, 4, 4, 1], [1, 4, 4, 2], [2, 3, 3, 1], [SAME, ...stride(1, 1), [3, 'int8', 3]]), numbers(16, 1, -9, 9));
    expect(Math.min(...Array.from(scores))).to.equal(0);
    expect(Math.max(...Array.from(scores))).to.equal(6);
  });
  it('CONV_2D: groups', () => agrees({ ...convolution([1, 3, 3, 4], [1, 3, 3, 4], [4, 1, 1, 4], [SAME, ...stride(1, 1)]) }, numbers(36, 1)).then(() => undefined));
  it('DEPTHWISE_CONV_2D: multiplier 2, stride 2, ReLU', () =>
    agrees(convolution([1, 8, 6, 3], [1, 4, 3, 6], [1, 3, 3, 6], [SAME, ...stride(2, 2), [3, 'int32', 2], [4, 'int8', 1]], 4), numbers(144, 1)).then(() => undefined));

  it('AVERAGE_POOL_2D leaves its padding out of the average', () => agrees({
    tensors: [{ dims: [1, 5, 5, 2] }, { dims: [1, 3, 3, 2] }],
    operators: [{ code: 1, inputs: [0], outputs: [1], options: [SAME, ...stride(2, 2), [3, 'int32', 2], [4, 'int32', 3]] }], inputs: [0], outputs: [1],
  }, numbers(50, 1)).then(() => undefined));

  it('MEAN over height and width, with and without keeping them, and over channels', async () => {
    for (const [out, axes] of [[[1, 1, 1, 3], [1, 2]], [[1, 3], [2, 1]], [[1, 3], [-3, -2]], [[1, 4, 2, 1], [3]]] as const) {
      await agrees({
        tensors: [{ dims: [1, 4, 2, 3] }, { dims: [axes.length], type: 'int32', values: axes }, { dims: out }],
        operators: [{ code: 40, inputs: [0, 1], outputs: [2] }], inputs: [0], outputs: [2],
      }, numbers(24, 1));
    }
  });

  it('FULLY_CONNECTED after a convolution flattens in the order of the file, not of the channels-first form', async () => {
    const parts: ModelParts = {
      tensors: [{ dims: [1, 2, 1, 2] }, { dims: [2, 1, 1, 2], values: [1, 0, 0, 1] }, { dims: [1, 2, 1, 2] }, { dims: [1, 4], values: [1000, 100, 10, 1] }, { dims: [1, 1] }],
      operators: [{ code: 3, inputs: [0, 1, -1], outputs: [2], options: [SAME, ...stride(1, 1)] }, { code: 9, inputs: [2, 3, -1], outputs: [4] }], inputs: [0], outputs: [4],
    };
    expect((await agrees(parts, [1, 2, 3, 4]))[0]).to.equal(1234);
  });

  it('ADD of two convolutions, of a constant, with ReLU', async () => {
    const identity = { dims: [2, 1, 1, 2], values: [1, 0, 0, 1] };
    const conv = (from: number, to: number) => ({ code: 3, inputs: [from, 1, 2], outputs: [to], options: [SAME, ...stride(1, 1)] });
    await agrees({
      tensors: [{ dims: [1, 3, 2, 2] }, identity, { dims: [2], values: [0.5, -0.5] }, { dims: [1, 3, 2, 2] }, { dims: [1, 3, 2, 2] }, { dims: [1, 3, 2, 2] },
        { dims: [2], values: [7, -7] }, { dims: [1, 3, 2, 2] }],
      operators: [conv(0, 3), conv(3, 4), { code: 0, inputs: [3, 4], outputs: [5], options: [[0, 'int8', 1]] }, { code: 0, inputs: [5, 6], outputs: [7] }], inputs: [0], outputs: [7],
    }, numbers(12, 1));
  });

  it('SOFTMAX with a beta, LOGISTIC, RESHAPE', async () => {
    await agrees({
      tensors: [{ dims: [1, 2, 3] }, { dims: [2], type: 'int32', values: [1, 6] }, { dims: [1, 6] }, { dims: [1, 6] }, { dims: [1, 6] }],
      operators: [{ code: 22, inputs: [0, 1], outputs: [2] }, { code: 25, inputs: [2], outputs: [3], options: [[0, 'float32', 2.5]] }, { code: 14, inputs: [3], outputs: [4] }],
      inputs: [0], outputs: [4],
    }, numbers(6, 1));
  });

  it('a range of 0…6 clips although no operator says so', async () => {
    const scores = await agrees({
      tensors: [{ dims: [1, 2, 2, 1], type: 'uint8', quantisation: quantisation(0.1, 100) },
        { dims: [1, 1, 1, 1], type: 'uint8', quantisation: quantisation(1, 0), values: [1] },
        { dims: [1], type: 'int32', quantisation: quantisation(0.1, 0), values: [0] },
        { dims: [1, 2, 2, 1], type: 'uint8', quantisation: quantisation(6 / 255, 0) }],
      operators: [{ code: 3, inputs: [0, 1, 2], outputs: [3], options: [SAME, ...stride(1, 1)] }], inputs: [0], outputs: [3],
    }, [-5, 3, 6.5, 15]);
    expect(Array.from(scores, (v) => Number(v.toFixed(5)))).to.deep.equal([0, 3, 6, 6]);
  });

  it('quantised nets: per-channel weights, in floats and in integers', async () => {
    const scales = [0.01, 0.02, 0.005, 0.03];
    const per = (axis: number) => ({ scales, zeroPoints: [0, 0, 0, 0], axis });
    const file = tfliteFile({
      tensors: [{ dims: [1, 5, 5, 3], type: 'int8', quantisation: quantisation(0.02, -5) },
        { dims: [4, 3, 3, 3], type: 'int8', quantisation: per(0), values: whole(108, 1, -127, 127) },
        { dims: [4], type: 'int32', quantisation: { ...per(0), scales: scales.map((s) => s * 0.02) }, values: whole(4, 2, -900, 900) },
        { dims: [1, 3, 3, 4], type: 'int8', quantisation: quantisation(0.05, -128) },
        { dims: [1, 3, 3, 4], type: 'int8', quantisation: per(3), values: whole(36, 3, -127, 127) },
        { dims: [4], type: 'int32', quantisation: { ...per(0), scales: scales.map((s) => s * 0.05) }, values: whole(4, 4, -900, 900) },
        { dims: [1, 3, 3, 4], type: 'int8', quantisation: quantisation(0.06, 3) }],
      operators: [{ code: 3, inputs: [0, 1, 2], outputs: [3], options: [SAME, ...stride(2, 2)] }, { code: 4, inputs: [3, 4, 5], outputs: [6], options: [SAME, ...stride(1, 1), [3, 'int32', 1]] }],
      inputs: [0], outputs: [6],
    });
    const input = numbers(75, 5, -2, 2);
    for (const arithmetic of ['float', 'qdq'] as const) {
      // In floats the input is what its tensor would hold; the integers round it themselves.
      const grid = input.map((v) => 0.02 * (Math.min(127, Math.max(-128, Math.round(v / 0.02 - 5))) + 5));
      const reference = runReference(readTflite(file, 'q'), grid, arithmetic === 'qdq');
      near((await run(file, grid, arithmetic)).scores.data, reference(6), 1e-4);
    }
  });

  it('refuses an operator it does not know, by name and place', async () => {
    const parts = (code: number, custom?: string): ModelParts => ({
      tensors: [{ dims: [1, 2] }, { dims: [1, 2] }, { dims: [1, 2] }],
      operators: [{ code: 14, inputs: [0], outputs: [1] }, { code, inputs: [1], outputs: [2], ...(custom === undefined ? {} : { custom }) }], inputs: [0], outputs: [2],
    });
    expect((await faultOf('model-unsupported', () => tfliteToOnnx(tfliteFile(parts(28)), 'x'))).message).to.match(/Operator 1 \(TANH\)/);
    expect((await faultOf('model-unsupported', () => tfliteToOnnx(tfliteFile(parts(150)), 'x'))).message).to.match(/Operator 1 \(operator number 150\)/);
    expect((await faultOf('model-unsupported', () => tfliteToOnnx(tfliteFile(parts(32, 'Mine')), 'x'))).message).to.match(/Operator 1 \(custom operator Mine\)/);
  });
});

describe('tfliteToOnnx, whole nets', function whole() {
  this.timeout(120_000);

  it('YAMNet hears speech, and agrees with the plain interpreter in floats and in integers', async function speech() {
    const file = weights(this, 'yamnet_spectra_in.tflite');
    const spectra = new Float32Array(Uint8Array.from(weights(this, 'yamnet_test_spectra.bin')).buffer);
    const model = readTflite(file, 'yamnet');
    for (const arithmetic of ['float', 'qdq'] as const) {
      const { scores, features } = await run(file, spectra, arithmetic);
      const reference = runReference(model, spectra, arithmetic === 'qdq');
      near(scores.data, reference(model.outputs[0]!), 1e-4);
      near(features!.data, reference(90), 1e-4);
      expect(features!.dims).to.deep.equal([1, 1024]);
      expect(scores.data.indexOf(Math.max(...scores.data))).to.equal(0);
      expect(scores.data[0]).to.be.closeTo(0.945, arithmetic === 'float' ? 0.0005 : 0.005);
    }
  });

  it('MobileNetV2 agrees with the plain interpreter in floats and in integers', async function picture() {
    const file = weights(this, 'mobilenet_v2_1.0_224_quant.tflite');
    const model = readTflite(file, 'mobilenet');
    const pixels = Float32Array.from({ length: 224 * 224 * 3 }, (_, i) => {
      const [y, x, c] = [Math.floor(i / 672), Math.floor(i / 3) % 224, i % 3];
      return Math.round(127.5 + 127 * Math.sin(y / 20 + c) * Math.cos(x / (13 + c))) / 128 - 1;
    });
    expect(tfliteToOnnx(file, 'm').pixel).to.deep.equal({ scale: 1 / 128, offset: -1 });
    for (const arithmetic of ['float', 'qdq'] as const) {
      const { scores, features } = await run(file, pixels, arithmetic);
      const reference = runReference(model, pixels, arithmetic === 'qdq');
      // In integers a value that lies on the edge between two steps (6/255) may fall either way.
      near(features!.data, reference(169), arithmetic === 'float' ? 1e-3 : 0.05);
      near(scores.data, reference(173), arithmetic === 'float' ? 1e-4 : 0.01);
      expect(features!.dims).to.deep.equal([1, 1280]);
    }
  });

  it('counts their costs', function costs() {
    const macs = (name: string) => countMacs(decodeOnnx(tfliteToOnnx(weights(this, name), name).onnx, name)).macs;
    expect(macs('yamnet_spectra_in.tflite')).to.equal(69_165_056);
    expect(macs('mobilenet_v2_1.0_224_quant.tflite')).to.equal(300_775_552);
  });

  it('says that a truncated net is not whole', async function truncated() {
    const file = weights(this, 'yamnet_spectra_in.tflite');
    for (const length of [7, 1000, file.length / 2, file.length - 100]) await faultOf('model-unreadable', () => tfliteToOnnx(file.slice(0, length), 'cut'));
  });
});

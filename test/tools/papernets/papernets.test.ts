import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { countMacs } from '../../../src/inference/macs.js';
import { decodeOnnx, type OnnxModel } from '../../../src/inference/onnx-schema.js';
import { inferShapes } from '../../../src/inference/onnx-shapes.js';
import { openSession } from '../../../src/inference/session.js';
import { edgesOf } from '../../../src/inference/write-pack.js';
import { efficientNetB3 } from '../../../tools/papernets/efficientnet-b3.js';
import { heUniform, weightless } from '../../../tools/papernets/layers.js';
import { mobileNetV1 } from '../../../tools/papernets/mobilenet-v1.js';
import { slowFastR50 } from '../../../tools/papernets/slowfast-r50.js';
import { seeded } from '../../../src/learn/random.js';

const model = (bytes: Uint8Array): OnnxModel => decodeOnnx(bytes, 'test.onnx');
const giga = (bytes: Uint8Array): number => {
  const { macs, notCounted } = countMacs(model(bytes));
  expect(notCounted).to.deep.equal([]);
  return macs / 1e9;
};
const parametersM = (bytes: Uint8Array): number => countMacs(model(bytes)).parameters / 1e6;

describe("the papers' own nets", () => {
  it('cost what HMS states for sound and motion, within 1 %', () => {
    expect(giga(mobileNetV1(weightless))).to.be.closeTo(0.0692, 0.0692 * 0.01);
    expect(giga(slowFastR50(weightless))).to.be.closeTo(65.7, 65.7 * 0.01);
  });

  it('cost what EfficientNet-B3 is published with at 300×300, and at 224×224 0.96; the single products make it HMS\'s 0.99', () => {
    expect(giga(efficientNetB3(weightless, 300))).to.be.closeTo(1.83, 0.0183);
    const net = model(efficientNetB3(weightless));
    const shapes = inferShapes(net);
    const values = (opType: string): number => (net.graph?.node ?? []).filter((node) => node.opType === opType)
      .reduce((sum, { output }) => sum + (shapes.of(output?.[0]) ?? []).reduce((a, b) => a * b, 1), 0);
    // One multiply-add per normalised value, one product per value of each Swish and each excitation: we count neither.
    const single = (values('Conv') + values('Mul')) / 1e9;
    expect(giga(efficientNetB3(weightless)) + single).to.be.closeTo(0.99, 0.99 * 0.01);
    expect(single).to.be.below(0.04);
  });

  it('cost less for SlowFast at the 224×224 that HMS names: its 65.7 belong to 256×256', () => {
    // Convolutions scale with the area; 7×7 places at the end instead of 8×8.
    expect(giga(slowFastR50(weightless, 224))).to.be.closeTo(65.7 * (224 / 256) ** 2, 0.6);
  });

  it('have as many parameters as published: 3.7 M with 521 classes, 12 M, 34 M', () => {
    expect(parametersM(mobileNetV1(weightless))).to.be.closeTo(3.73, 0.04);
    expect(parametersM(efficientNetB3(weightless))).to.be.closeTo(12.2, 0.12);
    expect(parametersM(slowFastR50(weightless))).to.be.closeTo(34.6, 0.35);
  });

  it("give HMS's 1024, 1536 and 2304 features", () => {
    const features = (bytes: Uint8Array): unknown => edgesOf(model(bytes)).outputs.find(({ name }) => name === 'features')?.dims;
    expect(features(mobileNetV1(weightless))).to.deep.equal([1, 1024]);
    expect(features(efficientNetB3(weightless))).to.deep.equal([1, 1536]);
    expect(features(slowFastR50(weightless))).to.deep.equal([1, 2304]);
  });

  it('let the slow pathway see 8 frames and the fast one 32', () => {
    const net = model(slowFastR50(weightless));
    const shapes = inferShapes(net);
    const frames = (net.graph?.node ?? []).filter(({ opType }) => opType === 'GlobalAveragePool').map(({ input }) => shapes.of(input?.[0]));
    expect(frames).to.deep.equal([[1, 2048, 8, 8, 8], [1, 256, 32, 8, 8]]);
  });

  it('run with random weights, and stay finite', async () => {
    const session = await openSession({ model: mobileNetV1(heUniform(seeded(5))), sha256: 'papernets', file: 'test.onnx', macs: 1 });
    const data = Float32Array.from({ length: 96 * 64 }, (_, i) => Math.sin(i / 9));
    const { scores, features } = await firstValueFrom(session.run({ input: { data, dims: [1, 96, 64] } }));
    await session.close();
    expect(scores?.data).to.have.length(521);
    expect(features?.data.every(Number.isFinite)).to.equal(true);
    expect(Math.max(...features?.data ?? [])).to.be.above(1e-3).and.below(1e3);
  });

  it('have weights that follow from the seed', () => {
    const weights = (seed: number): Float32Array => heUniform(seeded(seed))(50, 9, 1);
    expect(weights(5)).to.deep.equal(weights(5));
    expect(weights(6)).to.not.deep.equal(weights(5));
  });
});

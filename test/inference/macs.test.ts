import { expect } from 'chai';
import fc from 'fast-check';
import { countMacs } from '../../src/inference/macs.js';
import { onnxBuilder } from '../../src/inference/onnx-builder.js';
import type { AttributeValue, OnnxBuilder } from '../../src/inference/onnx-builder.js';
import { decodeOnnx, encodeOnnx } from '../../src/inference/onnx-schema.js';
import { inferShapes } from '../../src/inference/onnx-shapes.js';
import { sha256Of } from '../../src/inference/pack.js';
import { openSession } from '../../src/inference/session.js';
import { firstValueFrom } from 'rxjs';
import { colourNet, faultOf } from './shared.js';

const floats = (to: OnnxBuilder, ...dims: number[]): string => to.constant(new Float32Array(dims.reduce((a, b) => a * b, 1)), dims);
const integers = (to: OnnxBuilder, ...values: number[]): string => to.constant(BigInt64Array.from(values, BigInt), [values.length]);

/** The inferred dimensions of one operator's output. */
const shapeAfter = (opType: string, input: readonly number[], attributes: Record<string, AttributeValue> = {}, more: (to: OnnxBuilder) => string[] = () => []): readonly number[] | undefined => {
  const graph = onnxBuilder('one');
  graph.input('x', input);
  graph.node(opType, ['x', ...more(graph)], attributes, 'y');
  // The output is declared elsewhere, so that its dimensions are inferred and not read.
  graph.node('Relu', ['y'], {}, 'z');
  graph.output('z', []);
  return inferShapes(decodeOnnx(graph.finish(), 'one')).of('y');
};

/** What ONNX Runtime itself makes of it. */
const actualAfter = async (opType: string, input: readonly number[], attributes: Record<string, AttributeValue> = {}, more: (to: OnnxBuilder) => string[] = () => []): Promise<readonly number[]> => {
  const graph = onnxBuilder('one');
  graph.input('x', input);
  graph.node(opType, ['x', ...more(graph)], attributes, 'y');
  graph.output('y', []);
  // Declared without dimensions: ONNX Runtime finds them itself.
  const model = decodeOnnx(graph.finish(), 'one');
  const bytes = encodeOnnx({ ...model, graph: { ...model.graph!, output: [{ name: 'y', type: { tensorType: { elemType: 1 } } }] } });
  const session = await openSession({ model: bytes, sha256: sha256Of(bytes), file: 'one.onnx', macs: 0 });
  try {
    return (await firstValueFrom(session.run({ x: { data: new Float32Array(input.reduce((a, b) => a * b, 1)), dims: input } })))['y']!.dims;
  } finally {
    await session.close();
  }
};

describe('inferShapes agrees with ONNX Runtime', () => {
  const cases: readonly (readonly [string, readonly number[], Record<string, AttributeValue>?, ((to: OnnxBuilder) => string[])?])[] = [
    ['Conv', [1, 4, 9, 8], { strides: [2, 3], pads: [1, 0, 2, 1], dilations: [2, 1], group: 2, kernel_shape: [3, 2] }, (to) => [floats(to, 6, 2, 3, 2)]],
    ['Conv', [1, 2, 5, 9, 8], { strides: [1, 2, 2], pads: [1, 1, 1, 1, 1, 1] }, (to) => [floats(to, 3, 2, 3, 3, 3)]],
    ['Conv', [1, 3, 10], { auto_pad: 'SAME_UPPER', strides: [3] }, (to) => [floats(to, 2, 3, 4)]],
    ['MaxPool', [1, 2, 7, 7], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }],
    ['AveragePool', [1, 2, 7, 7], { kernel_shape: [2, 2], strides: [2, 2] }],
    ['GlobalAveragePool', [1, 2, 7, 7]],
    ['ReduceMean', [2, 3, 4], { axes: [-1, 1], keepdims: 0 }],
    ['ReduceMean', [2, 3, 4], { axes: [1] }],
    ['Flatten', [2, 3, 4, 5], { axis: 2 }],
    ['Reshape', [2, 3, 4], {}, (to) => [integers(to, 0, -1, 2)]],
    ['Transpose', [2, 3, 4], { perm: [2, 0, 1] }],
    ['Transpose', [2, 3, 4]],
    ['Gemm', [5, 2], { transA: 1, transB: 1 }, (to) => [floats(to, 7, 5)]],
    ['MatMul', [2, 1, 3, 4], {}, (to) => [floats(to, 5, 4, 6)]],
    ['MatMul', [3, 4], {}, (to) => [floats(to, 4)]],
    ['Concat', [1, 2, 3], { axis: -1 }, (to) => [floats(to, 1, 2, 5)]],
    ['Pad', [1, 2, 3], {}, (to) => [integers(to, 0, 1, 2, 0, 3, 4)]],
    ['Squeeze', [1, 2, 1, 3], {}, (to) => [integers(to, -2)]],
    ['Squeeze', [1, 2, 1, 3]],
    ['Unsqueeze', [2, 3], {}, (to) => [integers(to, 0, -1)]],
    ['Slice', [10, 9, 8], {}, (to) => [integers(to, 2, -1), integers(to, 9, -100), integers(to, 0, 2), integers(to, 3, -2)]],
    ['Add', [1, 4, 1], {}, (to) => [floats(to, 3, 1, 5)]],
    ['HardSigmoid', [2, 3]],
    ['Softmax', [2, 3], { axis: -1 }],
  ];
  for (const [opType, input, attributes, more] of cases) {
    it(`${opType} [${input.join(', ')}] ${JSON.stringify(attributes ?? {})}`, async () => {
      expect(shapeAfter(opType, input, attributes, more)).to.deep.equal(await actualAfter(opType, input, attributes, more));
    });
  }

  it('Conv, over many sizes', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 5, max: 12 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 2 }),
      async (size, taps, stride, pad) => {
        const attributes = { strides: [stride, 1], pads: [pad, 0, 0, pad] };
        const more = (to: OnnxBuilder): string[] => [floats(to, 2, 1, taps, taps)];
        expect(shapeAfter('Conv', [1, 1, size, size], attributes, more)).to.deep.equal(await actualAfter('Conv', [1, 1, size, size], attributes, more));
      }), { numRuns: 30 });
  });
});

const macsOf = (build: (to: OnnxBuilder) => void) => {
  const graph = onnxBuilder('net');
  build(graph);
  graph.output('y', []);
  return countMacs(decodeOnnx(graph.finish(), 'net'));
};

describe('countMacs', () => {
  it('counts a convolution once per output, input channel of its group and tap', () => {
    const { macs, parameters, notCounted } = macsOf((to) => {
      to.input('x', [1, 4, 8, 8]);
      to.node('Relu', [to.node('Conv', ['x', floats(to, 6, 2, 3, 3), floats(to, 6)], { group: 2, pads: [1, 1, 1, 1], strides: [2, 2] })], {}, 'y');
    });
    expect(macs).to.equal(6 * 4 * 4 * 2 * 9);
    expect(parameters).to.equal(6 * 2 * 9 + 6);
    expect(notCounted).to.deep.equal([]);
  });

  it('counts convolutions in three axes, matrices and recurrent cells', () => {
    expect(macsOf((to) => {
      to.input('x', [1, 3, 4, 8, 8]);
      to.node('Conv', ['x', floats(to, 5, 3, 3, 1, 1)], {}, 'y');
    }).macs).to.equal(5 * 2 * 8 * 8 * 9);
    expect(macsOf((to) => {
      to.input('x', [7, 10]);
      to.node('Gemm', [to.node('MatMul', ['x', floats(to, 10, 4)]), floats(to, 3, 4)], { transB: 1 }, 'y');
    }).macs).to.equal(7 * 10 * 4 + 7 * 4 * 3);
    for (const [cell, gates] of [['LSTM', 4], ['GRU', 3]] as const) {
      expect(macsOf((to) => {
        to.input('x', [6, 1, 10]);
        to.node(cell, ['x', floats(to, 1, gates * 8, 10), floats(to, 1, gates * 8, 8)], { hidden_size: 8 }, 'y');
      }).macs, cell).to.equal(6 * gates * 8 * (10 + 8));
    }
  });

  it('follows the operators that exporters put between', () => {
    // [1, 8, 4, 4] → split in two halves → gate by the mean → joined → flattened → product.
    const { macs, notCounted } = macsOf((to) => {
      to.input('x', [1, 8, 4, 4]);
      const half = to.node('Slice', ['x', integers(to, 0), integers(to, 4), integers(to, 1)]);
      const gate = to.node('HardSigmoid', [to.node('ReduceMean', [half], { axes: [2, 3], keepdims: 1 })]);
      const both = to.node('Concat', [to.node('Mul', [half, gate]), to.node('HardSwish', [half])], { axis: 1 });
      const pooled = to.node('MaxPool', [to.node('Pad', [both, integers(to, 0, 0, 1, 1, 0, 0, 1, 1)])], { kernel_shape: [2, 2], strides: [2, 2] });
      to.node('Gemm', [to.node('Flatten', [pooled]), floats(to, 8 * 3 * 3, 5)], {}, 'y');
    });
    expect(macs).to.equal(72 * 5);
    expect(notCounted).to.deep.equal([]);
  });

  it('says which operators it did not count, and refuses only when a product hangs on them', async () => {
    const after = (to: OnnxBuilder): void => {
      to.input('x', [1, 4]);
      to.node('Strange', [to.node('Gemm', ['x', floats(to, 4, 3)])], {}, 'y');
    };
    expect(macsOf(after)).to.include({ macs: 12 }).and.deep.include({ notCounted: ['Strange'] });
    const fault = await faultOf('model-unsupported', () => macsOf((to) => {
      to.input('x', [1, 4]);
      to.node('Gemm', [to.node('Strange', ['x']), floats(to, 4, 3)], {}, 'y');
    }));
    expect(fault.message).to.match(/Gemm.*Strange/);
  });

  it('reads constants that are nodes, and attributes that writers of proto3 cut down to their names', () => {
    const written = decodeOnnx(colourNet(), 'colour');
    expect(countMacs(written).macs).to.equal(9);
    const [reduce, ...rest] = written.graph!.node!;
    const [shape] = [{ opType: 'Constant', output: ['shape'], attribute: [{ name: 'value_ints', type: 7, ints: [1, 3] }] }];
    const cut = { ...reduce!, output: ['flat'], attribute: reduce!.attribute!.map(({ name, type, ints }) => ({ name, type, ...(ints === undefined ? {} : { ints }) })) };
    const reshape = { opType: 'Reshape', input: ['flat', 'shape'], output: ['features'] };
    expect(countMacs({ ...written, graph: { ...written.graph!, node: [shape, cut, reshape, ...rest] } }).macs).to.equal(9);
  });
});

describe('decodeOnnx', () => {
  it('gives back what was written', () => {
    const model = decodeOnnx(colourNet(), 'colour');
    expect(decodeOnnx(encodeOnnx(model), 'colour')).to.deep.equal(model);
    expect(model.graph!.node!.map(({ opType }) => opType)).to.deep.equal(['ReduceMean', 'Gemm', 'Softmax']);
    expect(model.opsetImport).to.deep.equal([{ domain: '', version: 17 }]);
  });

  it('says in one sentence that a file is none', async () => {
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode('<html>404</html>'), colourNet().slice(0, 60)]) {
      await faultOf('model-unreadable', () => decodeOnnx(bytes, 'net.onnx'));
    }
  });
});

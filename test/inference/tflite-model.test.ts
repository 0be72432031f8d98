import { expect } from 'chai';
import fc from 'fast-check';
import { Fault } from '../../src/faults.js';
import { readTflite } from '../../src/inference/tflite-model.js';
import { tfliteToOnnx } from '../../src/inference/tflite-to-onnx.js';
import { faultOf } from './shared.js';
import { tfliteFile } from './tflite-writer.js';

const small = (): Uint8Array => tfliteFile({
  tensors: [
    { dims: [1, 4, 4, 1] },
    { dims: [2, 3, 3, 1], values: Array.from({ length: 18 }, (_, i) => i - 9) },
    { dims: [1, 2, 2, 2] },
  ],
  operators: [{ code: 3, inputs: [0, 1], outputs: [2], options: [[0, 'int8', 0], [1, 'int32', 2], [2, 'int32', 2]] }],
  inputs: [0], outputs: [2],
});

describe('readTflite', () => {
  it('reads tensors, constants, operators and options', () => {
    const model = readTflite(small(), 'small.tflite');
    expect(model.tensors.map(({ dims }) => dims)).to.deep.equal([[1, 4, 4, 1], [2, 3, 3, 1], [1, 2, 2, 2]]);
    expect(model.tensors.map(({ data }) => data?.length)).to.deep.equal([undefined, 72, undefined]);
    const [operator] = model.operators;
    expect(operator!.name).to.equal('CONV_2D');
    expect(operator!.options!.int32(1)).to.equal(2);
    expect(operator!.options!.int32(4, 1), 'dilation, left out').to.equal(1);
  });

  it('reads scales and zero points', () => {
    const quantisation = { scales: [0.5, 0.25], zeroPoints: [3, -4], axis: 0 };
    const file = tfliteFile({
      tensors: [{ dims: [1, 1] }, { dims: [2, 1], type: 'int8', quantisation, values: [1, -2] }, { dims: [1, 2] }],
      operators: [{ code: 9, inputs: [0, 1], outputs: [2] }], inputs: [0], outputs: [2],
    });
    expect(readTflite(file, 'q').tensors[1]).to.deep.include({ type: 'int8', quantisation });
  });

  it('says in one sentence that a file is none', async () => {
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode('<html>404 Not Found</html>'), new Uint8Array(100)]) {
      const fault = await faultOf('model-unreadable', () => readTflite(bytes, 'net.tflite'));
      expect(fault.message).to.include('net.tflite');
    }
  });

  it('refuses weights that claim a size and hold nothing, and takes no memory for them', async () => {
    const file = tfliteFile({
      tensors: [{ dims: [1, 4, 4, 1] }, { dims: [2, 0x4000_0000, 1, 1] }, { dims: [1, 2, 2, 2] }],
      operators: [{ code: 3, inputs: [0, 1], outputs: [2] }], inputs: [0], outputs: [2],
    });
    await faultOf('model-unsupported', () => tfliteToOnnx(file, 'hollow.tflite'));
  });

  it('refuses a tensor of more values than any file or memory holds', async () => {
    const file = tfliteFile({
      tensors: [{ dims: [1, 4] }, { dims: Array.from({ length: 40 }, () => 0x7fff_ffff) }],
      operators: [{ code: 14, inputs: [0], outputs: [1] }], inputs: [0], outputs: [1],
    });
    const fault = await faultOf('model-unreadable', () => tfliteToOnnx(file, 'endless.tflite'));
    expect(fault.message).to.include('endless.tflite');
  });

  it('never does anything but convert or refuse, however the file is cut or damaged', () => {
    const whole = small();
    const survives = (bytes: Uint8Array): void => {
      try {
        tfliteToOnnx(bytes, 'damaged');
      } catch (error) {
        expect(error, String((error as Error).stack)).to.be.instanceOf(Fault);
        expect((error as Fault).kind).to.be.oneOf(['model-unreadable', 'model-unsupported']);
      }
    };
    for (let length = 0; length < whole.length; length++) survives(whole.slice(0, length));
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (damage) => {
      const bytes = whole.slice();
      for (const [at, value] of damage) bytes[at] = value;
      survives(bytes);
    }), { numRuns: 3000 });
  });
});

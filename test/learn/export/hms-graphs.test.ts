import { expect } from 'chai';
import { hmsStages, HMS_STAGES } from '../../../src/inference/hms-stages.js';
import { countMacs } from '../../../src/inference/macs.js';
import { decodeOnnx } from '../../../src/inference/onnx-schema.js';
import { edgesOf } from '../../../src/inference/write-pack.js';
import { exportHms } from '../../../src/learn/export/hms-graphs.js';
import { onnxLstm } from '../../../src/learn/export/lstm-weights.js';
import { faultOf } from '../../inference/shared.js';
import { randomModel, SMALL } from '../../policy/hms/models.js';

describe('an HMS model as ONNX graphs', () => {
  for (const unseen of ['zero', 'last', 'nested'] as const) {
    const model = randomModel(1, { unseen });
    const macs = Object.fromEntries(HMS_STAGES.map((stage) => [stage, countMacs(decodeOnnx(exportHms(model)[stage], stage))]));
    const { dims: d, projected: p, hidden: h, classes } = SMALL;

    it(`has the edges that its sizes say (unseen: ${unseen})`, () => {
      const graphs = exportHms(model);
      for (const stage of HMS_STAGES) expect(edgesOf(decodeOnnx(graphs[stage], stage))).to.deep.equal(hmsStages(model.shape)[stage]);
    });

    it(`has every multiply-accumulate of the equations once, and all of them are counted (unseen: ${unseen})`, () => {
      const projections = { a: d.audio * p.audio, i: d.appearance * p.appearance, m: d.motion * p.motion };
      const lstms = {
        a: 4 * h.audio * (p.audio + h.audio),
        i: 4 * h.appearance * (p.audio + p.appearance + h.appearance),
        m: 4 * h.motion * (p.audio + p.appearance + p.motion + h.motion),
      };
      const gateI = 2 * (p.audio + 2 * h.appearance);
      const [gateOfRest, gateOfPicture] = [2 * (p.audio + 2 * h.motion), 2 * p.appearance];
      const nested = unseen === 'nested';
      expect(HMS_STAGES.map((stage) => macs[stage]!.macs)).to.deep.equal([
        projections.a + lstms.a + gateI + (nested ? 0 : gateOfRest),
        projections.i + lstms.i + gateOfPicture + (nested ? gateOfRest : 0),
        projections.m + lstms.m + h.motion * classes,
        h.motion * classes,
      ]);
      expect(HMS_STAGES.flatMap((stage) => macs[stage]!.notCounted)).to.deep.equal([]);
    });
  }

  it('says which weight is missing or has other dimensions', async () => {
    const model = randomModel(1);
    const weights = Object.fromEntries(Object.entries(model.weights).filter(([name]) => name !== 'motion.gate.bias'));
    expect((await faultOf('model-wrong-shape', () => exportHms({ ...model, weights }))).message).to.include('motion.gate.bias [2]').and.include('none');
    const wrong = { ...model.weights, 'classify.kernel': { data: new Float32Array(8), dims: [8, 1] } };
    expect((await faultOf('model-wrong-shape', () => exportHms({ ...model, weights: wrong }))).message).to.include('classify.kernel [8, 4]').and.include('[8, 1]');
  });

  it('refuses a model that copies nothing upwards', async () => {
    await faultOf('model-unsupported', () => exportHms(randomModel(1, { copy: 'none' })));
  });

  it('puts each weight of an LSTM where ONNX looks for it', () => {
    // One unit, one input: kernel rows input and hidden, columns i f c o.
    const { w, r, b } = onnxLstm(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), Float32Array.of(10, 20, 30, 40), 1);
    expect([...w]).to.deep.equal([1, 4, 2, 3]);
    expect([...r]).to.deep.equal([5, 8, 6, 7]);
    expect([...b]).to.deep.equal([10, 40, 20, 30, 0, 0, 0, 0]);
  });
});

import { expect } from 'chai';
import { calibrationByStep, calibrationByUsage, expectedCalibrationError, reliability } from '../../src/evaluate/calibration.js';
import { runOf } from './made-runs.js';

const sure = (score: number, hits: number): { score: number; right: boolean }[] => Array.from({ length: 10 }, (_, i) => ({ score, right: i < hits }));

describe('calibration', () => {
  it('finds no error where scores are frequencies, and all of it where they are opposite', () => {
    expect(expectedCalibrationError([...sure(0.3, 3), ...sure(0.7, 7), ...sure(1, 10)])).to.be.closeTo(0, 1e-12);
    expect(expectedCalibrationError(sure(1, 0))).to.equal(1);
    expect(expectedCalibrationError([...sure(0.9, 5), ...sure(0.1, 1)])).to.be.closeTo(0.2, 1e-12);
    expect(expectedCalibrationError([])).to.equal(0);
  });

  it('keeps every answer in a bin', () => {
    const bins = reliability([...sure(0, 0), ...sure(0.5, 4), ...sure(1, 9)]);
    expect(bins.map(({ n }) => n)).to.deep.equal([10, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 10]);
    expect(bins[7]?.claimed).to.be.closeTo(0.5, 1e-12);
    expect(bins[7]?.right).to.equal(0.4);
  });

  it('is told apart by what was read and by when', () => {
    const run = runOf([{ target: 0, p: [0.9, 0.1] }, { target: 1, p: [0.8, 0.2], i: 1 }, { target: 0, p: [0.6, 0.4], i: 1, m: 1 }]);
    const byUsage = calibrationByUsage([run, run], 'every');
    expect([...byUsage.keys()]).to.deep.equal(['a', 'ai', 'aim']);
    expect(byUsage.get('a')?.error).to.be.closeTo(0.1, 1e-6);
    expect(byUsage.get('ai')).to.deep.include({ n: 2 });
    expect(byUsage.get('ai')?.error).to.be.closeTo(0.8, 1e-6);
    expect([...calibrationByUsage([run]).keys()]).to.deep.equal(['aim']);
    expect(calibrationByStep([run]).get(2)?.error).to.be.closeTo(0.4, 1e-6);
  });
});

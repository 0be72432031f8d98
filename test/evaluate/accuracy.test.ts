import { expect } from 'chai';
import fc from 'fast-check';
import { accuracyByStep, accuracyByTenth, balancedAccuracy, confusionMatrix, eventsOf, recalls, top1 } from '../../src/evaluate/accuracy.js';
import { answersOf, answersOfAllSteps } from '../../src/evaluate/runs.js';
import { anyRuns, runOf } from './made-runs.js';

const sure = (answer: number, target: number): { target: number; p: number[] } => ({ target, p: [0, 1, 2].map((k) => (k === answer ? 0.8 : 0.1)) });

describe('accuracy', () => {
  const late = runOf([sure(2, 0), sure(0, 0), sure(0, 0)]);
  const wrong = runOf([sure(1, 1), sure(1, 1), sure(0, 1)]);
  const brief = runOf([sure(0, 0)]);

  it('is judged on the last step, on each step among those that last so long, or on a chosen one', () => {
    expect(top1([late, wrong, brief])).to.be.closeTo(2 / 3, 1e-12);
    expect(accuracyByStep([late, wrong, brief])).to.deep.equal([2 / 3, 1, 0.5]);
    expect(top1([late, wrong, brief], () => 0)).to.be.closeTo(2 / 3, 1e-12);
    expect(top1([late], () => -1), 'no answer is a wrong one').to.equal(0);
    expect(top1([])).to.be.NaN;
  });

  it('weighs classes alike when balanced', () => {
    expect(balancedAccuracy([late, brief, brief, wrong])).to.equal(0.5);
    expect(recalls(answersOf([late, brief, wrong]), 3)).to.deep.equal([1, 0, NaN]);
  });

  it('counts truths by row and answers by column', () => {
    expect(confusionMatrix(answersOf([late, wrong, brief]), 3)).to.deep.equal([[2, 0, 0], [1, 0, 0], [0, 0, 0]]);
    expect(confusionMatrix(answersOf([late], () => -1), 3).flat(), 'no answer is in no column').to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    fc.assert(fc.property(anyRuns(), (runs) => {
      const answers = answersOfAllSteps(runs), matrix = confusionMatrix(answers, 4);
      expect(matrix.flat().reduce((a, b) => a + b, 0)).to.equal(answers.length);
      expect([0, 1, 2, 3].reduce((sum, k) => sum + (matrix[k]?.[k] ?? 0), 0)).to.equal(answers.filter(({ right }) => right).length);
    }));
  });

  it('cuts targets into stretches that tile the sequence', () => {
    expect(eventsOf(Int32Array.of(0, 0, 2, 2, 1, 0), new Set([0]))).to.deep.equal([{ target: 2, start: 2, end: 4 }, { target: 1, start: 4, end: 5 }]);
    expect(eventsOf(new Int32Array(0))).to.deep.equal([]);
    fc.assert(fc.property(fc.array(fc.nat(2), { minLength: 1 }), (targets) => {
      const back = eventsOf(Int32Array.from(targets)).flatMap(({ target, start, end }) => Array.from({ length: end - start }, () => target));
      expect(back).to.deep.equal(targets);
    }));
  });

  it('reads an event at each tenth of its own length', () => {
    const clip = runOf(Array.from({ length: 10 }, (_, t) => sure(t < 6 ? 0 : 1, 1)));
    expect(accuracyByTenth([clip])).to.deep.equal([0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    const stream = runOf([sure(0, 0), sure(0, 2), sure(2, 2), sure(2, 0)]); // an event of two steps: the first covers five tenths
    expect(accuracyByTenth([stream], new Set([0]))).to.deep.equal([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { asHeard, detections, followEvents } from '../../src/evaluate/streaming.js';
import { top1 } from '../../src/evaluate/accuracy.js';
import { answerAt } from '../../src/evaluate/runs.js';
import { anyRun, runOf } from './made-runs.js';

const STEP_US = 480_000;
const background = new Set([0]);
const said = (answers: string, truth: string, sureness = 0.8): ReturnType<typeof runOf> => runOf(answers.split('').map((answer, t) => ({
  target: Number(truth[t]), p: [0, 1, 2].map((k) => (k === Number(answer) ? sureness : (1 - sureness) / 2)),
})));

describe('following streams', () => {
  it('says what it answers, once it is sure enough and has held long enough', () => {
    const run = said('0112200', '0000000');
    expect(detections(run, { background })).to.deep.equal([{ target: 1, said: 1, end: 3 }, { target: 2, said: 3, end: 5 }]);
    expect(detections(run, { background, hold: 2 })).to.deep.equal([{ target: 1, said: 2, end: 3 }, { target: 2, said: 4, end: 5 }]);
    expect(detections(run, { background, hold: 3 })).to.deep.equal([]);
    expect(detections(run, { background, threshold: 0.9 })).to.deep.equal([]);
  });

  it('counts hits, delays and false alarms', () => {
    const report = followEvents([
      said('0002211000', '0022210000'), // 2 is said one step late, 1 one step late, when it is over
      said('0100002220', '0000000222'), // 1 is false, 2 comes one step early
    ], STEP_US, { background });
    expect(report).to.deep.equal({
      events: 3, hits: 3, firstCorrectUs: (1 + 0 + 0) / 3 * STEP_US, onsetErrorUs: (1 + 0 + 1) / 3 * STEP_US,
      falseAlarms: 1, falseAlarmsPerHour: 1 / (20 * STEP_US / 3.6e9),
    });
    expect(followEvents([said('0000', '0220')], STEP_US, { background })).to.deep.include({ events: 1, hits: 0, falseAlarms: 0 });
    expect(followEvents([said('0001', '0110')], STEP_US, { background }), 'what is said after the end is no hit').to.deep.include({ hits: 0, falseAlarms: 1 });
  });

  it('finds every event at once, and nothing else, when the answers are the truth', () => {
    fc.assert(fc.property(fc.array(fc.nat(2), { minLength: 1, maxLength: 40 }), (truth) => {
      const text = truth.join('');
      const { events, hits, falseAlarms, firstCorrectUs } = followEvents([said(text, text)], STEP_US, { background });
      expect([hits, falseAlarms]).to.deep.equal([events, 0]);
      if (events > 0) expect(firstCorrectUs).to.equal(0);
    }));
  });

  it('has the latest answer that has arrived, when the time to compute is charged', () => {
    const run = said('1212', '1212');
    const heard = (latencyUs: (step: number) => number): number[] => {
      const late = asHeard(run, STEP_US, latencyUs);
      return [0, 1, 2, 3].map((step) => answerAt(late, step));
    };
    expect(heard(() => 0)).to.deep.equal([1, 2, 1, 2]);
    expect(heard(() => STEP_US), 'before the first answer, the first class of equals').to.deep.equal([0, 1, 2, 1]);
    expect(heard((step) => (step === 1 ? 2 * STEP_US : 0))).to.deep.equal([1, 1, 1, 2]);
    fc.assert(fc.property(anyRun(), (any) => {
      expect(asHeard(any, STEP_US, () => 0)).to.deep.equal(any);
      expect(top1([asHeard(any, STEP_US, () => 0)])).to.equal(top1([any]));
    }));
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { applyTemperatures, fitTemperatures, patternAt } from '../../src/learn/calibrate.js';
import { seeded } from '../../src/learn/random.js';
import type { SequenceRun } from '../../src/learn/types.js';
import { anyRuns } from '../evaluate/made-runs.js';

/** Runs of one step whose truth is drawn from softmax(logits / temperature): exactly what calibration has to find. */
const drawnAt = (temperature: number, n: number, seed: number, opened: { i: 0 | 1; m: 0 | 1 } = { i: 0, m: 0 }): SequenceRun[] => {
  const random = seeded(seed);
  return Array.from({ length: n }, (_, at) => {
    const logits = Float32Array.from({ length: 5 }, () => random.normal() * 3);
    const powers = logits.map((logit) => Math.exp(logit / temperature));
    let left = random.uniform(0, powers.reduce((a, b) => a + b, 0)), target = 0;
    while (target < 4 && left > (powers[target] ?? 0)) { left -= powers[target] ?? 0; target += 1; }
    return { id: `${at}`, targets: Int32Array.of(target), logits, opened: { appearance: Uint8Array.of(opened.i), motion: Uint8Array.of(opened.m) } };
  });
};

const loss = (runs: readonly SequenceRun[]): number => runs.reduce((sum, { targets, logits }) => {
  const classes = logits.length / targets.length;
  return sum + targets.reduce((inner, target, t) => {
    const row = [...logits.subarray(t * classes, (t + 1) * classes)], top = Math.max(...row);
    return inner + Math.log(row.reduce((mass, z) => mass + Math.exp(z - top), 0)) - ((row[target] ?? 0) - top);
  }, 0);
}, 0);

describe('calibration of what was learned', () => {
  it('finds the temperature that the truth was drawn at, for each usage pattern', () => {
    const runs = [...drawnAt(2, 4000, 1), ...drawnAt(0.5, 4000, 2, { i: 1, m: 0 }), ...drawnAt(4, 20, 3, { i: 1, m: 1 })];
    const { common, a, ai, am, aim } = fitTemperatures(runs, { on: 'last' });
    expect(a).to.be.closeTo(2, 0.1);
    expect(ai).to.be.closeTo(0.5, 0.03);
    expect(am).to.equal(undefined);
    expect(aim, 'twenty are too few: the common one stands for them').to.equal(undefined);
    expect(common).to.be.within(0.5, 2);
    expect(fitTemperatures(runs, { on: 'last', least: 20 }).aim).to.be.above(1.5);
  });

  it('never makes the likelihood worse, and no other common temperature makes it better', () => {
    fc.assert(fc.property(anyRuns(), fc.double({ min: 0.06, max: 18, noNaN: true }), (runs, other) => {
      const fitted = fitTemperatures(runs, { on: 'every', least: Infinity, doubt: 0 });
      const best = loss(runs.map((run) => applyTemperatures(run, fitted)));
      expect(best).to.be.at.most(loss(runs) + 1e-3);
      expect(best).to.be.at.most(loss(runs.map((run) => applyTemperatures(run, { common: other }))) + 1e-3);
    }));
  });

  it('keeps within bounds where the data have no best: all right, or all wrong; and is 1 without data', () => {
    const one = (target: number): SequenceRun => ({
      id: 'one', targets: Int32Array.of(target), logits: Float32Array.of(3, 0, -1), opened: { appearance: new Uint8Array(1), motion: new Uint8Array(1) },
    });
    expect(fitTemperatures([one(0)], { on: 'last', doubt: 0 }).common).to.equal(1 / 20);
    expect(fitTemperatures([one(2)], { on: 'last', doubt: 0 }).common).to.equal(20);
    expect(fitTemperatures([], { on: 'last' })).to.deep.equal({ common: 1 });
    const impossible = { ...one(0), logits: Float32Array.of(1, -Infinity, Number.NaN) };
    expect(fitTemperatures([impossible], { on: 'last' }).common).to.be.within(1 / 20, 20);
  });

  it('is not certain for ever because a hundred answers were right', () => {
    const hundred = Array.from({ length: 100 }, (): SequenceRun => ({
      id: 'one', targets: Int32Array.of(0), logits: Float32Array.of(3, 0), opened: { appearance: new Uint8Array(1), motion: new Uint8Array(1) },
    }));
    const claimed = (doubt: number): number => 1 / (1 + Math.exp(-3 / fitTemperatures(hundred, { on: 'last', doubt }).common));
    // As if one answer more had been a guess between two.
    expect(claimed(1)).to.be.closeTo(100.5 / 101, 1e-4);
    expect(claimed(0)).to.be.above(0.9999);
  });

  it('divides each step by the temperature of what was read on it', () => {
    const run: SequenceRun = {
      id: 'two', targets: Int32Array.of(0, 0, 0), logits: Float32Array.of(4, 2, 4, 2, 4, 2),
      opened: { appearance: Uint8Array.of(0, 1, 0), motion: Uint8Array.of(0, 0, 1) },
    };
    expect([0, 1, 2].map((step) => patternAt(run.opened, step))).to.deep.equal(['a', 'ai', 'am']);
    expect([...applyTemperatures(run, { common: 4, a: 2, ai: 0.5 }).logits]).to.deep.equal([2, 1, 8, 4, 1, 0.5]);
    expect([...run.logits], 'the run itself stays as it was').to.deep.equal([4, 2, 4, 2, 4, 2]);
  });
});

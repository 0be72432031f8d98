import { expect } from 'chai';
import fc from 'fast-check';
import { branchesOf, isEnding, type Ending, type Question } from '../../../src/learn/worth/branches.js';
import { fitLookWorth, tryLooks } from '../../../src/learn/worth/estimate.js';
import { fitWorth } from '../../../src/learn/worth/fit.js';
import { byPrice, ending, worthsOf } from '../../../src/learn/worth/follow.js';
import { fitPrice } from '../../../src/learn/worth/price.js';
import { seeded } from '../../../src/learn/random.js';
import { entropyOf } from '../../../src/policy/hms/known.js';
import { worthFrom, worthOf, worthTerms } from '../../../src/policy/hms/worth.js';
import { randomModel } from '../../policy/hms/models.js';
import { asSequence, reference, sequence, softmax, type Moment } from '../../policy/hms/moments.js';
import type { HmsNet } from '../../../src/policy/hms/net.js';
import { worldOf } from './worlds.js';

const COSTS = { appearance: 0.03, motion: 0.1 };
const logit = fc.double({ min: -20, max: 20, noNaN: true });
const estimate = fc.record({
  bias: fc.double({ min: -4, max: 4, noNaN: true }), odds: fc.double({ min: 0, max: 2, noNaN: true }), open: fc.double({ min: 0, max: 2, noNaN: true }),
  doubt: fc.double({ min: 0, max: 3, noNaN: true }), damp: fc.double({ min: 0, max: 2, noNaN: true }),
});
const SILENCE = { silence: new Float32Array(5) } as HmsNet;

/** The question or ending that forced looks lead to. */
const along = (from: Question | Ending, moments: readonly Moment[]): Question | Ending => {
  let at = from;
  while (!isEnding(at)) at = at.answer(moments[at.step]!.forced![at.sense]);
  return at;
};

describe('every way that a recording can be looked at', () => {
  for (const unseen of ['zero', 'last', 'nested'] as const) {
    it(`ends as the training's own step does, whatever is looked at (unseen: ${unseen})`, () => {
      const model = randomModel(21, { unseen }), temperatures = { common: 1.5, a: 0.8, aim: 2 };
      fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 8 }), (seed, length) => {
        const moments = sequence(model, seed, length, true).map((moment) => ({ ...moment, audio: moment.audio ?? SILENCE.silence }));
        const recording = asSequence(model, SILENCE, moments, 'one');
        const last = reference(model, SILENCE, moments).at(-1)!;
        const { appearance, motion } = last.opened;
        const scale = appearance && motion ? 2 : appearance || motion ? 1.5 : 0.8;
        const p = softmax(last.logits.map((value) => value / scale));
        const end = along(branchesOf({ model, temperatures, background: new Set() }, recording), moments);
        const target = recording.targets.at(-1)!;
        expect(isEnding(end) && end.loss).to.be.closeTo(-Math.log2(Math.max(2 ** -10, p[target]!)), 1e-3);
        expect(isEnding(end) && end.right).to.equal(p.indexOf(Math.max(...p)) === target);
      }), { numRuns: 60 });
    });
  }

  it('asks each gate what the live gate is asked: its logits, and the doubt without a look', () => {
    const model = randomModel(22), temperatures = { common: 1.3 };
    const moments = sequence(model, 5, 4, true).map((moment) => ({ ...moment, appearance: moment.appearance ?? new Float32Array(6), motion: moment.motion ?? new Float32Array(7), audio: moment.audio ?? SILENCE.silence }));
    const first = branchesOf({ model, temperatures, background: new Set() }, asSequence(model, SILENCE, moments, 'one')) as Question;
    const [shut] = reference(model, SILENCE, [{ ...moments[0]!, forced: { appearance: false, motion: false } }]);
    expect(first).to.include({ sense: 'appearance', step: 0 });
    expect(first.logits[1] - first.logits[0]).to.be.closeTo(shut!.lean.appearance, 1e-4);
    expect(first.doubt).to.be.closeTo(entropyOf({ temperatures }, shut!.logits, 'a'), 1e-4);
    const motion = first.answer(true) as Question;
    const [looked] = reference(model, SILENCE, [{ ...moments[0]!, forced: { appearance: true, motion: false } }]);
    expect(motion).to.include({ sense: 'motion', step: 0 });
    expect(motion.logits[1] - motion.logits[0]).to.be.closeTo(looked!.lean.motion, 1e-4);
    expect(motion.doubt).to.be.closeTo(entropyOf({ temperatures }, looked!.logits, 'ai'), 1e-4);
    expect(first.answer(true)).to.equal(motion);
  });

  it('asks nothing of a sense that is not there', () => {
    const model = randomModel(23);
    const moments = sequence(model, 6, 5, true).map((moment) => ({ ...moment, appearance: undefined, motion: undefined }));
    expect(isEnding(branchesOf({ model, temperatures: { common: 1 }, background: new Set() }, asSequence(model, SILENCE, moments, 'blind')))).to.equal(true);
  });
});

describe('what a look is worth', () => {
  it('is never negative nor boundless, and rises with p(open)', () => {
    fc.assert(fc.property(estimate, logit, logit, logit, fc.double({ min: 0, max: 12, noNaN: true }), (one, shut, open, more, doubt) => {
      const worth = worthOf(one, [shut, open], doubt);
      expect(worth).to.be.above(0).and.at.most(Math.exp(3));
      expect(worthOf(one, [shut, open + Math.abs(more)], doubt)).to.be.at.least(worth * (1 - 1e-12));
    }));
  });

  it('is found from looks that were tried, through noise', () => {
    const random = seeded(3), truth = [-0.5, 0.2, 0.5, 1, 0.3];
    const trials = Array.from({ length: 20_000 }, () => {
      const terms = worthTerms([0, random.uniform(-4, 4)], random.uniform(0, 4));
      return { terms, drop: worthFrom(truth, terms) + 0.5 * random.normal() };
    });
    const found = fitLookWorth(trials);
    for (const [p, doubt] of [[-2, 1], [0, 0.5], [0, 3], [3, 2]] as const) expect(worthOf(found, [0, p], doubt)).to.be.closeTo(worthFrom(truth, worthTerms([0, p], doubt)), 0.05);
  });

  it('leaves out what would have doubt or an open gate lower it', () => {
    const random = seeded(4);
    const found = fitLookWorth(Array.from({ length: 2000 }, () => {
      const odds = random.uniform(-3, 3);
      return { terms: worthTerms([0, odds], 1), drop: Math.exp(-odds) };
    }));
    expect(found).to.include({ odds: 0, open: 0 });
    expect(() => fitLookWorth([])).to.throw(RangeError);
  });

  it('is the drop of the last answer, all else being equal', () => {
    const first = worldOf({ steps: 3, gate: () => [0, -1], doubt: 2, tells: (step) => step === 1 });
    const { appearance, motion } = tryLooks([{ first, steps: 3 }], { costs: COSTS, rounds: 1, seed: 1 });
    expect(appearance.map(({ drop }) => drop)).to.deep.equal([0, 2, 0]);
    expect(motion).to.deep.equal([]);
  });
});

describe('what looks must be worth', () => {
  const STEPS = 6;
  const LATE = { bias: 0, odds: 0, open: 0, doubt: 1, damp: 0 };

  it('keeps a small budget for the steps on which there is something to be seen, in a world where that is known', () => {
    // Nothing is to be seen before the last step; a budget pays for one look in six.
    const recordings = Array.from({ length: 30 }, () => ({ steps: STEPS, first: worldOf({ steps: STEPS, gate: () => [0, 1], doubt: 2, tells: (step) => step === STEPS - 1 }) }));
    const costs = { appearance: 0.03, motion: 0 };
    const price = fitPrice(recordings, { estimates: { appearance: LATE }, costs, horizonSteps: STEPS, rounds: 2, seed: 1 });
    const decide = byPrice(worthsOf({ appearance: LATE }), price, STEPS, costs);
    for (const looks of [1, 2, 4]) expect(recordings.every(({ first }) => ending(first, looks * costs.appearance, costs, decide).right), `${looks} looks`).to.equal(true);
  });

  it('does not wait where what is to be seen is seen early', () => {
    const recordings = Array.from({ length: 30 }, () => ({ steps: STEPS, first: worldOf({ steps: STEPS, gate: () => [0, 1], doubt: 2, tells: (step) => step === 0 }) }));
    const costs = { appearance: 0.03, motion: 0 };
    const price = fitPrice(recordings, { estimates: { appearance: LATE }, costs, horizonSteps: STEPS, rounds: 2, seed: 1 });
    const decide = byPrice(worthsOf({ appearance: LATE }), price, STEPS, costs);
    expect(recordings.every(({ first }) => ending(first, costs.appearance, costs, decide).right)).to.equal(true);
  });

  it('never rises with what is left, and is the same each time', async () => {
    const model = randomModel(31), random = seeded(2);
    const recordings = Array.from({ length: 400 }, (_, i) => asSequence(model, SILENCE, sequence(model, i + 1, 1 + random.below(3), true), `made-${i}`));
    const options = { model, temperatures: { common: 1 }, background: new Set<number>(), costs: COSTS, horizonSteps: 3 };
    const worth = await fitWorth(recordings, options);
    for (const row of worth!.recording.price) row.forEach((price, i) => { expect(price).to.be.at.most(row[i - 1] ?? Infinity).and.above(0); });
    expect(worth!.recording.stepsLeft).to.deep.equal([1, 2, 3]);
    expect(worth!.recordings).to.equal(400);
    expect(await fitWorth(recordings, options)).to.deep.equal(worth);
    expect(await fitWorth(recordings.slice(1), options)).to.equal(undefined);
  });
});

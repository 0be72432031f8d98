import { expect } from 'chai';
import fc from 'fast-check';
import { RecordingBudget } from '../../src/budget/recording-budget.js';
import type { SenseName } from '../../src/inference/manifest.js';
import { belief, cost, reading } from './beliefs.js';
import { faultOf } from '../inference/shared.js';

const MMACS = { audio: 4, appearance: 30, motion: 100 };
const graphOf = (mmacs: Readonly<Record<SenseName, number>>) => ({
  hopUs: 480_000, gmacs: { audio: mmacs.audio / 1e3, appearance: mmacs.appearance / 1e3, motion: mmacs.motion / 1e3 }, policyGmacs: { audio: 0, appearance: 0, motion: 0 },
});
const GRAPH = graphOf(MMACS);
const budgetOf = (mmacs: number, horizonSteps?: number): RecordingBudget => new RecordingBudget({ gmacs: mmacs / 1e3, graph: GRAPH, horizonSteps });

interface Wish {
  readonly looks: readonly ('appearance' | 'motion')[];
  /** What an action really costs, as a part of its worst case: sound may be missing, a picture the same again. */
  readonly part: number;
  /** The step is cut off before it is settled. */
  readonly cutOff: boolean;
}

/** One step: heard, looked at where that is granted, settled. Says what was really computed, in 10⁶; undefined when it was not heard. */
const step = (budget: RecordingBudget, { looks, part, cutOff }: Wish, mmacs: Readonly<Record<SenseName, number>> = MMACS): { readonly done: readonly SenseName[]; readonly mmacs: number } | undefined => {
  if (!budget.hear()) return undefined;
  const done: SenseName[] = ['audio', ...looks.filter((sense) => budget.look(sense) === undefined)];
  const spent = done.map((sense) => Math.round(mmacs[sense] * part * 1e6) / 1e6);
  if (!cutOff) budget.settle(belief(0, { readings: Object.fromEntries(done.map((sense, i) => [sense, reading(sense, cost((spent[i] ?? 0) / 1e3))])) }));
  return { done, mmacs: spent.reduce((sum, one) => sum + one, 0) };
};

const HEARD: Wish = { looks: [], part: 1, cutOff: false };
const LOOKING: Wish = { looks: ['appearance', 'motion'], part: 1, cutOff: false };
const until = (budget: RecordingBudget, wish: Wish): string[] => {
  const steps: string[] = [];
  for (let done = step(budget, wish); done !== undefined; done = step(budget, wish)) steps.push(done.done.map(([letter]) => letter).join(''));
  return steps;
};

describe('budget/recording-budget', () => {
  it('looks as long as what is left pays for it, hears on, and says when not even one more step can be heard', () => {
    const budget = budgetOf(150);
    // 134 of 150, then 4 each: nothing else fits.
    expect(until(budget, LOOKING)).to.deep.equal(['aam', 'a', 'a', 'a', 'a']);
    expect(budget.figures.recording).to.deep.equal({ gmacs: 0.15, spentGmacs: 0.15, spent: true });
    expect(budget.figures.own.gmacs).to.equal(1);
  });

  it('says that it is spent right after the last step that it paid for', () => {
    const budget = budgetOf(11);
    step(budget, HEARD);
    expect(budget.figures.recording?.spent).to.equal(false);
    step(budget, HEARD);
    expect(budget.figures.recording).to.include({ spentGmacs: 0.008, spent: true });
  });

  it('keeps what listening needs up to the horizon, and says why it refuses', () => {
    const kept = budgetOf(60, 10);
    kept.hear();
    expect(kept.look('appearance')).to.equal('what is left for this recording is kept for listening');
    expect(kept.look('motion')).to.equal('not enough is left for this recording');
    expect(kept.figures.refusals).to.deep.equal({ cap: 2 });
  });

  it('gives looks their part step by step, so that what comes late can still be seen', () => {
    // Ten steps of hearing take 40 of it; of the other 90, three pictures, a third is there after each third of the steps.
    expect(until(budgetOf(130, 10), { ...LOOKING, looks: ['appearance'] })).to.deep.equal(['a', 'a', 'a', 'aa', 'a', 'a', 'aa', 'a', 'a', 'aa']);
    // Who wished for none has them all left; and at the last step nothing is kept for later.
    const late = budgetOf(200, 10);
    for (let steps = 0; steps < 9; steps += 1) step(late, HEARD);
    expect(step(late, LOOKING)?.done).to.deep.equal(['audio', 'appearance', 'motion']);
    const early = budgetOf(130, 10);
    early.hear();
    expect(early.look('appearance')).to.equal('what is left for this recording is kept for later looks');
  });

  it('is not felt where it pays for everything at every step', () => {
    expect(until(budgetOf(1340, 10), LOOKING)).to.deep.equal(Array.from({ length: 10 }, () => 'aam'));
  });

  it('gives back what a step did not need', () => {
    const budget = budgetOf(40);
    step(budget, { ...LOOKING, looks: ['appearance'], part: 0 });
    expect(budget.figures.recording).to.include({ spentGmacs: 0, spent: false });
    expect(until(budget, { ...LOOKING, looks: ['appearance'] })).to.deep.equal(['aa', 'a']);
  });

  it('refuses to begin with less than one step of hearing, and says what that costs', async () => {
    const fault = await faultOf('settings-invalid', () => budgetOf(3));
    expect(fault.message).to.include('0.003 GMAC').and.include('0.004 GMAC');
    expect(fault.remedy).to.include('0.004 GMAC');
    expect(until(budgetOf(4), LOOKING)).to.deep.equal(['a']);
  });

  const mmacs = fc.record({ audio: fc.double({ min: 0.001, max: 10, noNaN: true }), appearance: fc.double({ min: 0, max: 50, noNaN: true }), motion: fc.double({ min: 0, max: 200, noNaN: true }) })
    .map((all) => ({ audio: Math.ceil(all.audio * 1e6) / 1e6, appearance: Math.ceil(all.appearance * 1e6) / 1e6, motion: Math.ceil(all.motion * 1e6) / 1e6 }));
  const wish: fc.Arbitrary<Wish> = fc.record({
    looks: fc.constantFrom([], ['appearance'], ['motion'], ['appearance', 'motion']),
    part: fc.constantFrom(0, 0.3, 1, 1, 1), cutOff: fc.constantFrom(false, false, false, true),
  });

  it('whatever is wished for: never more is computed than the budget, and it is spent exactly when no step can be heard any more', () => {
    fc.assert(fc.property(mmacs, fc.double({ min: 0, max: 500, noNaN: true }), fc.option(fc.integer({ min: 1, max: 40 })), fc.array(wish, { maxLength: 80 }), (costs, more, horizonSteps, wishes) => {
      const [perStep, all] = [Math.round(costs.audio * 1e6), Math.round((costs.audio + more) * 1e6)];
      const budget = new RecordingBudget({ gmacs: all / 1e9, graph: graphOf(costs), horizonSteps: horizonSteps ?? undefined });
      let macs = 0;
      for (const one of wishes) {
        const before = budget.figures.recording;
        const done = step(budget, one, costs);
        expect(done === undefined).to.equal(before?.spent);
        macs += Math.round((done?.mmacs ?? 0) * 1e6);
        expect(macs).to.be.at.most(all);
        expect(Math.round((budget.figures.recording?.spentGmacs ?? 0) * 1e9)).to.be.at.least(macs).and.at.most(all);
      }
      if (!wishes.some(({ cutOff }) => cutOff)) expect(budget.figures.recording?.spent).to.equal(all - macs < perStep);
    }), { numRuns: 500 });
  });

  it('whatever is looked at: each step up to the horizon is heard, where the budget pays for hearing them at all', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(300), fc.array(wish, { minLength: 30, maxLength: 30 }), (horizonSteps, beside, wishes) => {
      const budget = budgetOf(horizonSteps * MMACS.audio + beside, horizonSteps);
      expect(wishes.slice(0, horizonSteps).every((one) => step(budget, one) !== undefined)).to.equal(true);
    }));
  });

  const PRICE = { stepsLeft: [1, 10], leftGmacs: [0.03, 1.3], price: [[10, 1], [100, 10]] };
  const priced = (mmacs: number, horizonSteps?: number): RecordingBudget => new RecordingBudget({ gmacs: mmacs / 1e3, graph: GRAPH, horizonSteps, price: PRICE });

  it('has looks made that are worth their price, whether the gate opens or not, and says what the others lack', () => {
    // 40 of 240 are for hearing ten steps. A picture must be worth 0.03 GMAC at some 50 bit each.
    const budget = priced(240, 10);
    budget.hear();
    expect(budget.look('appearance', 0.5)).to.match(/^worth 0.50 bit of 0\.9\d$/);
    expect(budget.offer('appearance', 0.5)).to.equal(false);
    expect(budget.offer('appearance', 3)).to.equal(true);
    expect(budget.look('motion', 99)).to.equal(undefined);
    expect(budget.look('motion', 99)).to.equal('what is left for this recording is kept for listening');
    expect(budget.offer('motion', 99)).to.equal(false);
    expect(budget.figures.refusals).to.deep.equal({ price: 1, cap: 1 });
    expect(budget.figures.recording?.spentGmacs).to.be.closeTo(0.134, 1e-9);
  });

  it('asks no price of what the user asked for, nor where the last step is not known', () => {
    const asked = priced(240, 10);
    asked.hear();
    expect(asked.look('motion', Infinity)).to.equal(undefined);
    const endless = priced(240);
    endless.hear();
    expect(endless.look('motion', 0.001)).to.equal(undefined);
    expect(endless.offer('appearance', 99)).to.equal(false);
    const unpriced = budgetOf(240, 10);
    unpriced.hear();
    expect(unpriced.offer('appearance', 99)).to.equal(false);
  });

  const worthy = fc.array(fc.record({ sense: fc.constantFrom('appearance' as const, 'motion' as const), worth: fc.double({ min: 0, max: 20, noNaN: true }), open: fc.boolean() }), { maxLength: 4 });

  it('whatever looks are worth: never overspent, and every step up to the horizon is heard', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(1500), fc.array(worthy, { minLength: 12, maxLength: 12 }), (horizonSteps, beside, steps) => {
      const budget = priced(horizonSteps * MMACS.audio + beside, horizonSteps);
      let mmacs = 0;
      for (const wishes of steps.slice(0, horizonSteps)) {
        expect(budget.hear()).to.equal(true);
        const done = wishes.filter(({ sense, worth, open }) => (open ? budget.look(sense, worth) === undefined : budget.offer(sense, worth)));
        const spent = MMACS.audio + done.reduce((sum, { sense }) => sum + MMACS[sense], 0);
        budget.settle({ cost: cost(spent / 1e3) });
        mmacs += spent;
      }
      expect(mmacs).to.be.at.most(horizonSteps * MMACS.audio + beside);
    }));
  });

  it('grants with more left what it grants with less', () => {
    fc.assert(fc.property(fc.nat(1300), fc.nat(1300), fc.nat(9), fc.constantFrom('appearance' as const, 'motion' as const), fc.double({ min: 0, max: 20, noNaN: true }), (some, more, heard, sense, worth) => {
      const grants = (mmacs: number): boolean => {
        const budget = priced(10 * MMACS.audio + mmacs, 10);
        for (let i = 0; i < heard; i += 1) step(budget, HEARD);
        budget.hear();
        return budget.offer(sense, worth);
      };
      expect(grants(some + more)).to.satisfy((granted: boolean) => granted || !grants(some));
    }));
  });
});

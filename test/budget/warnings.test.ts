import { expect } from 'chai';
import { budgetWarnings, type BudgetedCamera } from '../../src/budget/warnings.js';
import { cameraBudgetSchema, siteBudgetSchema } from '../../src/settings/budget.js';

const graph = { hopUs: 500_000, gmacs: { audio: 0.01, appearance: 0.1, motion: 0.5 }, policyGmacs: { audio: 0, appearance: 0, motion: 0 } };
const camera = (name: string, budget: object = {}): BudgetedCamera => ({ name, budget: cameraBudgetSchema.parse(budget), graph, senses: ['appearance', 'motion'] });
const told = (site: object, ...cameras: readonly BudgetedCamera[]): string[] => budgetWarnings(siteBudgetSchema.parse(site), cameras).map(({ camera: name = 'all', key, message }) => `${name} ${key}: ${message}`);

describe('budget/warnings', () => {
  it('has nothing to say of a budget with room, or of none', () => {
    expect(told({}, camera('dock'))).to.deep.equal([]);
    expect(told({ gmacsPerS: 1, msPerS: 100 }, camera('dock', { gmacsPerS: 0.5 }), camera('yard', { minimumShare: 0.5 }))).to.deep.equal([]);
  });

  it('says that nothing is not enough to listen', () => {
    expect(told({ msPerS: 0 }, camera('dock'))).to.deep.equal(['all msPerS: a budget of nothing: the cameras will neither look nor listen']);
    expect(told({}, camera('dock', { gmacsPerS: 0 }))).to.deep.equal(['dock gmacsPerS: a budget of nothing: the camera dock will neither look nor listen']);
  });

  it('says what part can be heard under a cap below what listening costs', () => {
    expect(told({ gmacsPerS: 0.01 }, camera('dock'))).to.deep.equal(['all gmacsPerS: listening alone costs 20.0 MMAC a second, so that only 50 % of the segments will be heard, and nothing looked at']);
  });

  it('says that a clip never runs where the cap is smaller than one', () => {
    expect(told({ gmacsPerS: 0.06 }, camera('dock'), camera('yard'))).to.deep.equal([
      'all gmacsPerS: a look at a clip costs 500.0 MMAC, and beside listening the site never has more than 200.0 MMAC at once (burst_s is 10): it never runs',
    ]);
  });

  it('says what contradicts', () => {
    expect(told({ msPerS: 100 }, camera('dock', { msPerS: 200 }))).to.deep.equal(['dock msPerS: 200 is more than all cameras may spend together, which is 100']);
    expect(told({ msPerS: 100 }, camera('a', { minimumShare: 0.7 }), camera('b', { minimumShare: 0.7 }))).to.deep.equal(['all minimumShare: the minimum shares of the cameras add up to 1.40: not all can be kept']);
    expect(told({ msPerS: 100 }, camera('a', { minimumShare: 0.7, msPerS: 50 }))).to.deep.equal(['a minimumShare: promises more than the camera’s own cap allows']);
    expect(told({}, camera('a', { minimumShare: 0.7 }))).to.deep.equal(['a minimumShare: is a share of nothing: there is no budget of all cameras']);
  });
});

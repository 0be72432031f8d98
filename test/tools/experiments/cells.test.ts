import { expect } from 'chai';
import { cellsOf, jobsOf, sensesName, subsetsOf, sweepName } from '../../../tools/experiments/cells.js';
import { s1Settings } from '../../../tools/experiments/s1.js';

const settings = s1Settings({ train: 10, val: 5, test: 5 });

describe('the matrix of an experiment', () => {
  it('has every subset of the senses, small ones first', () => {
    expect(subsetsOf(['audio', 'appearance', 'motion']).map(sensesName)).to.deep.equal(['A', 'I', 'M', 'A+I', 'A+M', 'I+M', 'A+I+M']);
  });

  it('names each job once, and each cell once', () => {
    const names = jobsOf(settings).map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    const keys = cellsOf(settings).map(({ key }) => key);
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('trains HMS and its baselines with the same schedule', () => {
    const schedules = new Set(jobsOf(settings).map(({ spec: { epochs, batch, learningRate, decay, dropout, jitter, weightDecay } }) => JSON.stringify([epochs, batch, learningRate, decay, dropout, jitter, weightDecay])));
    expect([...schedules]).to.have.length(1);
  });

  it('computes what is claimed before what explains it', () => {
    const tiers = cellsOf(settings).map(({ job }) => job.tier);
    expect(tiers).to.deep.equal([...tiers].sort((a, b) => a - b));
    expect(cellsOf(settings).filter(({ job }) => job.name === sweepName(settings.middle)).map(({ seed }) => seed)).to.deep.equal(settings.seeds);
  });

  it('gives a cell another key when anything that its result depends on changes', () => {
    const keyOf = (changed: typeof settings): string => cellsOf(changed)[0]?.key ?? '';
    const key = keyOf(settings);
    expect(keyOf(s1Settings({ train: 10, val: 5, test: 5 }))).to.equal(key);
    expect(keyOf({ ...settings, hms: { ...settings.hms, lambda: 3 } })).not.to.equal(key);
    expect(keyOf({ ...settings, data: 'another' })).not.to.equal(key);
  });

  it('does not repeat the default as an ablation of itself', () => {
    const names = jobsOf(settings).map(({ name }) => name);
    expect(names).to.include.members(['ablation-unseen-last', 'ablation-unseen-nested', 'ablation-copy-none', 'shuffled-audio-fusion-A']);
    expect(names).not.to.include('ablation-unseen-zero');
  });
});

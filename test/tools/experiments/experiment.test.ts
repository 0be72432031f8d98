import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../../../src/learn/model/run.js';
import { computeCell, type CellResult } from '../../../tools/experiments/cell.js';
import { cellsOf, sweepName, type MatrixSettings } from '../../../tools/experiments/cells.js';
import { choose } from '../../../tools/experiments/choose.js';
import { clipGmacs, hit, rowOf, wayToOracle, type Facts } from '../../../tools/experiments/numbers.js';
import { outcomeOf, runOf, type ClipOutcome } from '../../../tools/experiments/outcome.js';
import { computeAll, type Done } from '../../../tools/experiments/pool.js';
import { factsOf, pageOf } from '../../../tools/experiments/report.js';
import { drawS1, s1Settings } from '../../../tools/experiments/s1.js';
import { openStore, packModel, unpackModel } from '../../../tools/experiments/store.js';
import { summarise } from '../../../tools/experiments/summary.js';
import { aimsOf } from '../../../tools/experiments/tables.js';
import { needsOf } from '../../../tools/experiments/world.js';

const facts: Facts = { labels: ['a', 'b'], groups: ['heard', 'seen'], pictureAt: (step) => step, stepS: 0.5, steps: 2, sourceOf: (id) => id };

/** Ten clips of two steps, the first so many of them right in the end. */
const clips = (right: number, looked: string): ClipOutcome[] => Array.from({ length: 10 }, (_, i) => ({
  id: `clip ${i}`, targets: [1, 1], answers: [0, i < right ? 1 : 0], scores: [0.6, 0.9], looked, watched: '00',
}));

const result = (name: string, own: number, open = 9, random = 4, oracle = 8, looked = '01'): CellResult => {
  const policies = { own: clips(own, looked), open: clips(open, '11'), oracle: clips(oracle, '01'), 'random-1': clips(random, looked), 'random-2': clips(random, looked), 'random-3': clips(random, looked) };
  return {
    name, seed: 1, trainS: 1, every: 1, map: 0.5, temperatures: { common: 1 }, prices: { gmacs: { audio: 1, appearance: 10, motion: 100 }, headGmacs: 0.5 },
    val: { own: policies.own, open: policies.open }, test: policies,
  };
};

describe('the figures of a report', () => {
  it('count the last answer, and the cost of what was open', () => {
    const one = result('x', 7);
    expect(one.test.own?.map(hit).reduce((a, b) => a + b)).to.equal(7);
    expect(clipGmacs(clips(1, '01')[0]!, one, facts)).to.equal(2 * 1.5 + 10);
    const row = rowOf({ results: [one, one], policy: 'own' }, facts);
    expect(row.accuracy.value).to.be.closeTo(0.7, 1e-12);
    expect(row.accuracy.low).to.be.below(0.7);
    expect(row).to.include({ appearance: 0.5, motion: 0, gmacsPerS: 13 });
  });

  it('are of one source together, so that its clips do not count as independent', () => {
    const one = result('x', 5);
    const apart = rowOf({ results: [one], policy: 'own' }, facts).accuracy;
    const together = rowOf({ results: [one], policy: 'own' }, { ...facts, sourceOf: (id) => (Number(id.slice(5)) < 5 ? 'first' : 'second') }).accuracy;
    expect(together.high - together.low).to.be.greaterThan(apart.high - apart.low);
  });

  it('say how far it is from random to the oracle', () => {
    expect(wayToOracle([result('x', 7)], facts).value).to.be.closeTo((0.7 - 0.4) / (0.8 - 0.4), 1e-9);
  });

  it('choose by the validation part: the cheapest that is good enough, else the best', () => {
    const [dear, cheap, poor] = [result('dear', 9, 9, 4, 8, '11'), result('cheap', 9, 9, 4, 8, '01'), result('poor', 5, 9, 4, 8, '00')];
    const picked = choose([[dear], [cheap], [poor]], [result('fusion', 9)], facts);
    expect(picked.candidate.name).to.equal('cheap');
    // What the test part says must not matter.
    const lucky = { ...poor, test: { ...poor.test, own: clips(10, '00') } };
    expect(choose([[dear], [cheap], [lucky]], [result('fusion', 9)], facts).candidate.name).to.equal('cheap');
    expect(choose([[poor]], [result('fusion', 9)], facts)).to.nested.include({ 'candidate.name': 'poor' });
  });

  it('keep answers and scores when outcomes are cut down', () => {
    const whole = { id: 'x', targets: Int32Array.of(2, 2), logits: Float32Array.of(0, 1, 3, 2, 0, 1), opened: { appearance: Uint8Array.of(1, 0), motion: Uint8Array.of(0, 1) } };
    const outcome = outcomeOf(whole);
    expect(outcome).to.deep.include({ answers: [2, 0], looked: '10', watched: '01' });
    expect(outcomeOf(runOf(outcome, 3))).to.deep.equal(outcome);
  });
});

describe('cells', () => {
  let folder = '';
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'hearken-cells-')); });
  afterEach(() => { rmSync(folder, { recursive: true }); });

  it('are there whole or not at all', () => {
    const store = openStore(folder);
    expect(store.has('seed-1/x')).to.equal(false);
    expect(store.get('seed-1/x')).to.equal(undefined);
    store.put('seed-1/x', { a: 1 });
    expect(store.get('seed-1/x')).to.deep.equal({ a: 1 });
  });

  it('go on after a child has died, and say which cell it cost', async () => {
    const child = join(folder, 'child.mjs');
    writeFileSync(child, "process.on('message', (key) => { if (key === 'deadly') process.exit(3); process.send({ key, seconds: 0 }); });");
    const done: Done[] = [];
    await computeAll(['a', 'deadly', 'b', 'c'], { module: child, args: [], jobs: 1, onDone: (one) => done.push(one) });
    expect(done.map(({ key }) => key)).to.deep.equal(['a', 'deadly', 'b', 'c']);
    expect(done.filter(({ error }) => error !== undefined).map(({ key, error }) => [key, error])).to.deep.equal([['deadly', 'its process ended with code 3']]);
  });
});

describe('an experiment in S1, small', function () {
  this.timeout(120_000);
  const counts = { train: 60, val: 30, test: 40 };
  const small = { epochs: 3, batch: 16, warmUp: 1 };
  const settings: MatrixSettings = {
    ...s1Settings(counts), seeds: [1], ablationSeeds: [], sweep: [{ appearance: 0.5, motion: 0.5 }], middle: { appearance: 0.5, motion: 0.5 }, every: [10],
    hms: { ...s1Settings(counts).hms, ...small }, fusion: { ...s1Settings(counts).fusion, epochs: 3, batch: 16 },
  };

  it('trains its cells, measures every policy on them, and reports', async () => {
    const data = drawS1(counts);
    const results = new Map<string, CellResult[]>();
    for (const cell of cellsOf(settings)) results.set(cell.job.name, [await computeCell(cell, data)]);
    const [hms] = results.get(sweepName(settings.middle)) ?? [];
    expect(hms?.test).to.include.all.keys('own', 'open', 'shut', 'oracle', 'random-1', 'uniform', 'budget-0.1');
    // Forced gates are as they were forced, and random ones open as often as the model's own.
    const count = (policy: 'own' | 'random-1' | 'shut', key: 'looked' | 'watched'): number => (hms?.test[policy] ?? []).reduce((sum, clip) => sum + clip[key].replaceAll('0', '').length, 0);
    expect(count('shut', 'looked') + count('shut', 'watched')).to.equal(0);
    expect(count('random-1', 'looked')).to.equal(count('own', 'looked'));
    expect(count('random-1', 'watched')).to.equal(count('own', 'watched'));
    // The model that is kept is the model that was measured.
    const model = unpackModel(JSON.parse(JSON.stringify(packModel(unpackModel(hms?.model)))));
    const again = await run(model, data.test.sequences);
    expect(again.map((one) => outcomeOf(one).answers)).to.deep.equal(hms?.test.own?.map(({ answers }) => answers));

    const summary = summarise(results, needsOf(data), factsOf(data), { allSenses: 'fusion-A+I+M', middle: sweepName(settings.middle) });
    expect(summary.subsets.map(({ name }) => name)).to.have.members(['A', 'I', 'M', 'A+I', 'A+M', 'I+M', 'A+I+M']);
    expect(summary.confusion.flat().reduce((a, b) => a + b)).to.equal(counts.test);
    expect(aimsOf(summary)).to.have.length(7);
    const page = pageOf(summary, { about: 'small' }, undefined);
    expect(page).to.contain('| **HMS** |').and.contain('A+I+M').and.not.contain('NaN');
  });
});

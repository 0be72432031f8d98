import { expect } from 'chai';
import { seeded } from '../../../src/learn/random.js';
import { countHeadMacs } from '../../../src/learn/model/macs.js';
import { hmsParameters, toWeights } from '../../../src/learn/model/parameters.js';
import { run } from '../../../src/learn/model/run.js';
import { restingStep, stepHms, type StepState } from '../../../src/learn/model/step.js';
import { memory } from '../../../src/learn/tensor/tf.js';
import { openEngine } from '../../../src/learn/tensor/engine.js';
import { drawWeights } from '../../../src/learn/train/start.js';
import type { FeatureSequence, FusionModel, HmsModel, HmsShape, Openings, SequenceRun, Weight } from '../../../src/learn/types.js';
import { fusionParameters } from '../../../src/learn/model/parameters.js';
import { tinyWorld } from '../tiny-world.js';

const SHAPE: HmsShape = { dims: { audio: 12, appearance: 12, motion: 12 }, projected: { audio: 5, appearance: 6, motion: 7 }, hidden: { audio: 4, appearance: 6, motion: 9 }, classes: 6, unseen: 'zero' };

const vector = (n: number, draw: () => number): Weight => ({ data: Float32Array.from({ length: n }, draw), dims: [n] });

/** A model with weights large enough that its gates open and shut. */
const someModel = (changes: Partial<HmsShape> = {}): HmsModel => {
  const shape = { ...SHAPE, ...changes };
  const random = seeded(3);
  const flat = drawWeights(hmsParameters(shape), random, 0).map((value) => 2 * value + 0.1 * random.normal());
  const weights: Record<string, Weight> = { ...toWeights(flat, hmsParameters(shape)) };
  for (const sense of ['audio', 'appearance', 'motion'] as const) {
    weights[`${sense}.mean`] = vector(shape.dims[sense], () => random.normal());
    weights[`${sense}.deviation`] = vector(shape.dims[sense], () => random.uniform(0.5, 2));
    const kernel = weights[`${sense}.gate.kernel`];
    if (kernel !== undefined) weights[`${sense}.gate.kernel`] = { ...kernel, data: kernel.data.map((value) => 20 * value) };
  }
  return { kind: 'hms', shape, weights };
};

const row = (table: Float32Array, t: number, d: number): Float32Array => table.subarray(t * d, (t + 1) * d);

const stepByStep = (model: HmsModel, sequence: FeatureSequence, openings?: Openings): Pick<SequenceRun, 'logits' | 'opened'> & { readonly closest: number } => {
  const logits: number[] = [];
  const opened = { appearance: new Uint8Array(sequence.steps), motion: new Uint8Array(sequence.steps) };
  let state: StepState = restingStep(model);
  let closest = Infinity;
  for (let t = 0; t < sequence.steps; t += 1) {
    const read = (sense: 'appearance' | 'motion'): Float32Array | undefined =>
      sequence.present[sense][t] === 1 ? row(sequence.features[sense], t, model.shape.dims[sense]) : undefined;
    const forced = openings === undefined ? {} : { appearance: openings.appearance[t] === 1, motion: openings.motion[t] === 1 };
    const result = stepHms(model, state, { audio: row(sequence.features.audio, t, model.shape.dims.audio), appearance: read('appearance'), motion: read('motion') }, forced);
    ({ state } = result);
    logits.push(...result.logits);
    opened.appearance[t] = Number(result.opened.appearance);
    opened.motion[t] = Number(result.opened.motion);
    closest = Math.min(closest, Math.abs(result.lean.appearance), Math.abs(result.lean.motion));
  }
  return { logits: Float32Array.from(logits), opened, closest };
};

const agree = (run: SequenceRun, expected: ReturnType<typeof stepByStep>): void => {
  // Where a gate hangs by a hair, rounding may turn it; no such case is wanted here.
  expect(expected.closest).to.be.greaterThan(1e-5);
  expect([...run.opened.appearance]).to.deep.equal([...expected.opened.appearance]);
  expect([...run.opened.motion]).to.deep.equal([...expected.opened.motion]);
  run.logits.forEach((value, i) => {
    expect(value).to.be.closeTo(expected.logits[i]!, 1e-4);
  });
};

/** Some sequences of different lengths, one without pictures at some steps. */
const sequences = (): FeatureSequence[] => {
  const { set } = tinyWorld({ sequences: 6, seed: 1, steps: 7 });
  const shorter = tinyWorld({ sequences: 2, seed: 2, steps: 5 }).set;
  const [first] = set.sequences;
  const blind: FeatureSequence = { ...first!, id: 'blind', present: { ...first!.present, appearance: Uint8Array.of(0, 1, 0, 1, 1, 0, 1), motion: Uint8Array.of(1, 1, 1, 0, 0, 1, 1) } };
  return [...set.sequences, ...shorter.sequences, blind];
};

describe('learning: HMS over a batch', () => {
  before(async () => openEngine('wasm'));

  for (const unseen of ['zero', 'last', 'nested'] as const) {
    for (const copy of ['first', 'none'] as const) {
      it(`is the step in plain loops, to 1e-4 (unseen ${unseen}, copy ${copy})`, async () => {
        const model = someModel({ unseen, copy });
        const all = sequences();
        const runs = await run(model, all, { batch: 4 });
        const opened = runs.flatMap((one) => [...one.opened.appearance, ...one.opened.motion]);
        expect(opened).to.include(0).and.to.include(1);
        runs.forEach((one, i) => {
          agree(one, stepByStep(model, all[i]!));
        });
      });
    }
  }

  it('is the same under forced openings, and in chunks of three steps', async () => {
    const model = someModel({ unseen: 'last' });
    const all = sequences();
    const random = seeded(5);
    const openings = all.map(({ steps }): Openings => ({ appearance: Uint8Array.from({ length: steps }, () => random.below(2)), motion: Uint8Array.from({ length: steps }, () => random.below(2)) }));
    const runs = await run(model, all, { openings, chunk: 3 });
    runs.forEach((one, i) => {
      agree(one, stepByStep(model, all[i]!, openings[i]));
    });
  });

  it('never opens a gate onto nothing', async () => {
    const all = sequences();
    const runs = await run(someModel(), all, { openings: all.map(({ steps }) => ({ appearance: new Uint8Array(steps).fill(1), motion: new Uint8Array(steps).fill(1) })) });
    runs.forEach((one, i) => {
      expect([...one.opened.appearance]).to.deep.equal([...all[i]!.present.appearance]);
      expect([...one.opened.motion]).to.deep.equal([...all[i]!.present.motion]);
    });
  });

  it('is causal: what comes after a step changes nothing before it', async () => {
    const model = someModel();
    const [one] = sequences();
    const noise = seeded(9);
    const from = 4;
    const changed = (sense: 'audio' | 'appearance' | 'motion'): Float32Array => one!.features[sense].map((value, i) => (i < from * SHAPE.dims[sense] ? value : noise.normal()));
    const [before, after] = await run(model, [one!, { ...one!, features: { audio: changed('audio'), appearance: changed('appearance'), motion: changed('motion') } }]);
    expect([...after!.logits.subarray(0, from * 6)]).to.deep.equal([...before!.logits.subarray(0, from * 6)]);
    expect([...after!.logits]).not.to.deep.equal([...before!.logits]);
  });

  it('what lies behind a shut gate changes nothing', async () => {
    const model = someModel();
    const all = sequences();
    const runs = await run(model, all);
    const noise = seeded(11);
    const unseen = all.map((one, i): FeatureSequence => {
      const hidden = (sense: 'appearance' | 'motion'): Float32Array =>
        one.features[sense].map((value, k) => (runs[i]!.opened[sense][Math.floor(k / SHAPE.dims[sense])] === 1 ? value : noise.normal()));
      return { ...one, features: { ...one.features, appearance: hidden('appearance'), motion: hidden('motion') } };
    });
    (await run(model, unseen)).forEach((one, i) => {
      expect([...one.logits]).to.deep.equal([...runs[i]!.logits]);
    });
  });

  it('spends no more than its budget', async () => {
    const all = sequences();
    const costs = { audio: 0.01, appearance: 0.1, motion: 0.5 };
    for (const gmacs of [0.3, 0.8, 1.7]) {
      const openings = all.map(({ steps }) => ({ appearance: new Uint8Array(steps).fill(1), motion: new Uint8Array(steps).fill(1) }));
      for (const one of await run(someModel(), all, { openings, budget: { gmacs, costs }, chunk: 3 })) {
        const opened = (sense: 'appearance' | 'motion'): number => one.opened[sense].reduce((a, b) => a + b, 0);
        expect(opened('appearance') * 0.1 + opened('motion') * 0.5 + one.targets.length * 0.01).to.be.at.most(gmacs + 1e-5);
        expect(opened('appearance')).to.be.greaterThan(0);
      }
    }
  });

  it('leaves no tensor behind', async () => {
    await run(someModel(), sequences(), { chunk: 3 });
    const before = memory().numTensors;
    await run(someModel({ unseen: 'last' }), sequences(), { chunk: 3 });
    expect(memory().numTensors).to.equal(before);
  });

  it('a fusion baseline opens what it reads, and goes on from its state', async () => {
    const shape = { senses: ['audio', 'motion'] as const, dims: SHAPE.dims, projected: SHAPE.projected, hidden: 5, classes: 6 };
    const random = seeded(1);
    const weights: Record<string, Weight> = { ...toWeights(drawWeights(fusionParameters(shape), random, 0), fusionParameters(shape)) };
    for (const sense of shape.senses) {
      weights[`${sense}.mean`] = vector(12, () => 0);
      weights[`${sense}.deviation`] = vector(12, () => 1);
    }
    const model: FusionModel = { kind: 'fusion', ...shape, weights };
    const [whole, parts] = [await run(model, sequences()), await run(model, sequences(), { chunk: 2 })];
    whole.forEach((one, i) => {
      expect([...one.opened.appearance]).not.to.include(1);
      expect([...one.opened.motion]).not.to.include(0);
      one.logits.forEach((value, k) => {
        expect(parts[i]!.logits[k]).to.be.closeTo(value, 1e-5);
      });
    });
  });

  it('counts the heads’ multiply-accumulates by stage', () => {
    const { audio, appearance, motion, decide } = countHeadMacs({ shape: SHAPE });
    expect(audio).to.equal(12 * 5 + (5 + 4) * 16 + (5 + 12) * 2);
    expect(appearance).to.equal(12 * 6 + (11 + 6) * 24);
    expect(motion).to.equal(12 * 7 + (18 + 9) * 36);
    expect(decide).to.equal((11 + 18) * 2 + 9 * 6);
  });
});

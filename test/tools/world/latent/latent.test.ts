import { expect } from 'chai';
import { top1 } from '../../../../src/evaluate/accuracy.js';
import { expectedCalibrationError } from '../../../../src/evaluate/calibration.js';
import { meanGmacs } from '../../../../src/evaluate/cost.js';
import { answersOfAllSteps, probabilitiesAt } from '../../../../src/evaluate/runs.js';
import { constant, randomLike } from '../../../../src/evaluate/schedules.js';
import { usage } from '../../../../src/evaluate/usage.js';
import { fitTemperatures } from '../../../../src/learn/calibrate.js';
import { seeded } from '../../../../src/learn/random.js';
import type { FeatureSequence, Openings, SequenceRun } from '../../../../src/learn/types.js';
import { observer } from '../../../../tools/world/latent/bayes.js';
import { chainOf } from '../../../../tools/world/latent/chain.js';
import { componentOf, draw } from '../../../../tools/world/latent/draw.js';
import { accuracyIn, adaptiveMargin, knowledgeOf, oracleOpenings } from '../../../../tools/world/latent/oracle.js';
import { informativeness, latentWorld, needs, type LatentWorld } from '../../../../tools/world/latent/world.js';

const STREAMS = { kind: 'streams', steps: 40, background: 0.7, meanSteps: 12 } as const;
const tiny = (seed: number, streams: boolean): LatentWorld => latentWorld({
  seed, classes: { audio: 1, appearance: 0, motion: 0, redundant: 1, synergy: 2 }, otherSounds: 1,
  dims: { audio: 2, appearance: 2, motion: 3 }, distance: { audio: 1.5, appearance: 1.5, motion: 1.5 }, cue: 1,
  course: streams ? { ...STREAMS, steps: 3 } : { kind: 'clips', steps: 3, background: 0.2 },
});

/** exp(−½‖x − mean‖²), for one sense at one step in one state. */
const density = (world: LatentWorld, sequence: FeatureSequence, sense: 'audio' | 'appearance' | 'motion', step: number, state: ReturnType<typeof chainOf>['states'][number]): number => {
  const dims = world.options.dims[sense], row = sequence.features[sense].subarray(step * dims, (step + 1) * dims);
  const of = (mean: Float64Array): number => Math.exp(-0.5 * mean.reduce((sum, value, d) => sum + (row[d]! - value) ** 2, 0));
  const component = componentOf(world, state, sense), means = world.means[sense];
  return component === undefined ? means.reduce((sum, mean) => sum + of(mean), 0) / means.length : of(means[component]!);
};

/** P(class at the last step | what the openings show), by the sum over every path of hidden states. */
const byEnumeration = (world: LatentWorld, sequence: FeatureSequence, opened: Openings): number[] => {
  const { states, initial, into } = chainOf(world), weights = world.classes.map(() => 0);
  const seen = (state: number, step: number): number => density(world, sequence, 'audio', step, states[state]!)
    * (opened.appearance[step] === 1 ? density(world, sequence, 'appearance', step, states[state]!) : 1)
    * (opened.motion[step] === 1 ? density(world, sequence, 'motion', step, states[state]!) : 1);
  const follow = (state: number, step: number, weight: number): void => {
    const here = weight * seen(state, step);
    if (step === sequence.steps - 1) { weights[states[state]!.target]! += here; return; }
    const { from, to, chance } = into(step + 1);
    from.forEach((origin, i) => { if (origin === state) follow(to[i]!, step + 1, here * chance[i]!); });
  };
  initial.forEach((chance, state) => { if (chance > 0) follow(state, 0, chance); });
  const mass = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / mass);
};

const mixed: Openings = { appearance: Uint8Array.of(0, 1, 1), motion: Uint8Array.of(1, 0, 1) };

describe('S1: latent-Gaussian hidden Markov sequences', function () {
  this.timeout(60_000);
  const world = latentWorld({ seed: 1 }), set = draw(world, 'test', 250), observe = observer(world);
  const observers = set.sequences.map((sequence) => observe(sequence));
  const always = (appearance: boolean, motion: boolean): SequenceRun[] => observers.map(({ run }) => run(constant(10, { appearance, motion })));
  const groupOf = (target: number): string => world.classes[target]!.group;

  it('is the same for the same seed, number by number; a longer draw begins with a shorter one; parts and seeds differ', () => {
    const again = draw(latentWorld({ seed: 1 }), 'test', 3);
    expect(again.sequences).to.deep.equal(set.sequences.slice(0, 3));
    expect(again.sequences.map(({ id }) => again.hidden.get(id))).to.deep.equal(set.sequences.slice(0, 3).map(({ id }) => set.hidden.get(id)));
    expect(draw(world, 'train', 1).sequences[0]!.features).to.not.deep.equal(set.sequences[0]!.features);
    expect(latentWorld({ seed: 2 }).classes.map(({ group }) => group)).to.not.deep.equal(world.classes.map(({ group }) => group));
  });

  it('moves by chances that sum to one, in clips and in streams', () => {
    for (const [some, step] of [[world, 1], [world, 9], [latentWorld({ seed: 1, course: STREAMS }), 1]] as const) {
      const { states, initial, into } = chainOf(some), { from, chance } = into(step), sums = states.map(() => 0);
      from.forEach((state, i) => { sums[state]! += chance[i]!; });
      for (const sum of sums) expect(sum).to.be.closeTo(1, 1e-12);
      expect(initial.reduce((a, b) => a + b, 0)).to.be.closeTo(1, 1e-12);
    }
  });

  it('has 3 in 10 clips tell at once and 2 in 10 on their last step only, one class a clip; swapped sound knows no class', () => {
    const many = [...draw(latentWorld({ seed: 3, dims: { audio: 1, appearance: 1, motion: 1 } }), 'train', 1500).hidden.values()];
    const first = many.map((hidden) => hidden.findIndex(({ phase }) => phase === 'telling'));
    expect(first.filter((step) => step === 0).length / many.length).to.be.closeTo(0.3, 0.04);
    expect(first.filter((step) => step === 9).length / many.length).to.be.closeTo(0.2, 0.04);
    expect(first).to.not.include(-1);
    expect(many.every((hidden) => new Set(hidden.map(({ target }) => target)).size === 1)).to.equal(true);
    const swappedIn = (background: boolean): number => {
      const steps = many.flat().filter(({ target }) => (target === 0) === background);
      return steps.filter(({ swapped }) => swapped).length / steps.length;
    };
    expect(swappedIn(true)).to.be.closeTo(0.3, 0.05);
    expect(swappedIn(false)).to.be.closeTo(0.3, 0.03);
  });

  it('has streams with the share of background that was asked for', () => {
    const targets = draw(latentWorld({ seed: 4, course: { ...STREAMS, steps: 1000 } }), 'train', 10).sequences.flatMap((one) => [...one.targets]);
    expect(targets.filter((target) => target === 0).length / targets.length).to.be.closeTo(0.7, 0.05);
  });

  for (const streams of [false, true]) {
    it(`knows the exact posterior of ${streams ? 'streams' : 'clips'}: the sum over every path of hidden states, for any openings`, () => {
      const small = tiny(7, streams), see = observer(small);
      for (const sequence of draw(small, 'test', 3).sequences) {
        for (const opened of [mixed, constant(3, { appearance: false, motion: false }), constant(3, { appearance: true, motion: true })]) {
          const exact = byEnumeration(small, sequence, opened), filtered = probabilitiesAt(see(sequence).run(opened), 2);
          exact.forEach((chance, k) => { expect(filtered[k]).to.be.closeTo(chance, 1e-6); });
        }
      }
    });
  }

  it('does not know what it did not look at, nor what comes later', () => {
    const sequence = set.sequences[0]!, opened = constant(10, { appearance: true, motion: false }), random = seeded(1);
    const noise = (row: Float32Array, from: number): Float32Array => row.map((value, i) => (i >= from ? random.normal() : value));
    const other = { ...sequence, features: { audio: noise(sequence.features.audio, 5 * 12), appearance: noise(sequence.features.appearance, 5 * 8), motion: noise(sequence.features.motion, 0) } };
    const classes = world.classes.length, before = (one: FeatureSequence): Float32Array => observe(one).run(opened).logits.subarray(0, 5 * classes);
    expect(before(other)).to.deep.equal(before(sequence));
    expect(observe(other).run(opened).logits).to.not.deep.equal(observe(sequence).run(opened).logits);
  });

  it('is calibrated: what it believes is how often it is so, whatever it looked at', () => {
    for (const runs of [always(false, false), always(true, false), always(true, true), observers.map((one) => one.greedy({ pricePerGmac: 0.5 }))]) {
      expect(expectedCalibrationError(answersOfAllSteps(runs))).to.be.below(0.06);
      expect(fitTemperatures(runs, { on: 'every', least: Infinity }).common).to.be.closeTo(1, 0.15);
    }
  });

  it('holds to its matrix: a group is told by its senses, and synergy by neither alone', () => {
    const recall = (runs: readonly SequenceRun[], group: string): number => top1(runs.filter(({ targets }) => groupOf(targets[0]!) === group));
    const [heard, looked, watched] = [always(false, false), always(true, false), always(false, true)] as const;
    expect(recall(looked, 'appearance') - recall(heard, 'appearance')).to.be.above(0.5);
    expect(recall(watched, 'motion') - recall(looked, 'motion')).to.be.above(0.5);
    expect(recall(looked, 'synergy'), 'by chance within its pair').to.be.below(0.75);
    expect(recall(watched, 'synergy') - recall(looked, 'synergy')).to.be.above(0.2);
    expect(informativeness(world).map(({ audio, appearance, motion }) => audio + appearance + motion)).to.have.members([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3]);
    expect(needs(world).filter(({ appearance }) => appearance === 1)).to.have.length(3);
    expect(needs(world).filter(({ motion }) => motion === 1)).to.have.length(5);
  });

  it('has an oracle that looks only where it tells, and only with what is needed', () => {
    for (const [id, { appearance, motion }] of oracleOpenings(world, set, 2)) {
      const hidden = set.hidden.get(id)!, { telling } = knowledgeOf(world, hidden), group = groupOf(hidden[0]!.target);
      const looks = appearance.reduce((a, b) => a + b, 0), clips = motion.reduce((a, b) => a + b, 0);
      expect(looks > 0 && !['appearance', 'redundant'].includes(group)).to.equal(false);
      expect(clips > 0).to.equal(['motion', 'synergy'].includes(group));
      expect(Math.max(looks, clips)).to.be.at.most(2);
      appearance.forEach((open, step) => { expect(open).to.be.at.most(telling.appearance[step]!); });
      motion.forEach((open, step) => { expect(open).to.be.at.most(telling.motion[step]!); });
    }
  });

  it('can show a gain: its oracle beats the best fixed subset by 5 points or more at equal cost', () => {
    const { oracle, fixedAtCost, margin, fixed } = adaptiveMargin(world, { ...set, sequences: set.sequences.slice(0, 100) });
    expect(margin).to.be.closeTo(oracle.accuracy - fixedAtCost, 1e-12).and.at.least(0.05);
    expect(oracle.gmacs).to.be.above(0.038).and.below(0.25);
    expect(Math.max(...fixed.map(({ gmacs }) => gmacs))).to.be.closeTo(1.238, 1e-9);
  });

  it('can show none where one sense tells everything', () => {
    const plain = latentWorld({ seed: 1, classes: { audio: 6, appearance: 0, motion: 0, redundant: 0, synergy: 0 }, swapped: 0 });
    expect(adaptiveMargin(plain, draw(plain, 'test', 40)).margin).to.be.closeTo(0, 0.02);
  });

  it('lets a greedy observer do better than chance openings at the same rates, and look less at a higher price', () => {
    const greedy = (pricePerGmac: number): SequenceRun[] => observers.map((one) => one.greedy({ pricePerGmac }));
    const runs = greedy(1), random = randomLike(runs, 1);
    const blind = set.sequences.map((sequence, i) => observers[i]!.run(random.get(sequence.id)!));
    expect(meanGmacs(blind, world.options)).to.be.closeTo(meanGmacs(runs, world.options), 1e-9);
    expect(accuracyIn(world, runs) - accuracyIn(world, blind)).to.be.above(0.05);
    expect(usage(greedy(3)).motion).to.be.below(usage(runs).motion);
  });

  it('refuses what it cannot be', () => {
    expect(() => latentWorld({ seed: 1, classes: { audio: 1, appearance: 1, motion: 1, redundant: 1, synergy: 3 } })).to.throw(RangeError, 'pairs');
    expect(() => latentWorld({ seed: 1, course: { kind: 'clips', steps: 2, background: 0.2 } })).to.throw(RangeError, '3 steps');
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { wilson } from '../../../../src/evaluate/intervals.js';
import { bayesAccuracy, manyLatents, oracleAccuracy, recallByLabel } from '../../../../tools/world/scenes/informativeness.js';
import { drawLatents, informative, type Latents } from '../../../../tools/world/scenes/latents.js';
import { costOf, oracleOpenings } from '../../../../tools/world/scenes/oracle.js';
import { keyFrameS, STEPS, stepEndS } from '../../../../tools/world/scenes/steps.js';
import { createWorld, GROUP_SIZES, SWAP, type Group } from '../../../../tools/world/scenes/world.js';

const world = createWorld(1), clips = manyLatents(world, 14_400);
const of = (group: Group): Latents[] => clips.filter((clip) => clip.group === group);
const share = (list: readonly Latents[], when: (clip: Latents) => boolean): ReturnType<typeof wilson> => wilson(list.filter(when).length, list.length);
const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;

describe('a world', () => {
  it('has its groups in their sizes and one background, whatever the seed, and nothing looks or sounds like two classes', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const { classes, strangers } = createWorld(seed);
      for (const [group, size] of Object.entries(GROUP_SIZES)) expect(classes.filter((one) => one.group === group)).to.have.length(size);
      expect(classes.filter(({ group }) => group === 'background').map(({ label }) => label)).to.deep.equal(['background']);
      const said = classes.filter(({ group }) => group === 'audio' || group === 'either').flatMap(({ signs }) => signs.map(({ timbre }) => timbre));
      expect(new Set(said)).to.have.property('size', said.length);
      const known = new Set(classes.flatMap(({ signs }) => signs.flatMap(({ look }) => (look === undefined ? [] : [JSON.stringify(look)]))));
      expect(known).to.have.property('size', GROUP_SIZES.appearance + GROUP_SIZES.either + GROUP_SIZES.motion / 2 + 2 + 1);
      for (const look of strangers) expect(known.has(JSON.stringify(look))).to.equal(false);
    }), { numRuns: 30 });
  });

  it('puts classes into groups by its seed', () => {
    const groupsOf = (seed: number): string => createWorld(seed).classes.map(({ group }) => group).join();
    expect(groupsOf(1)).to.equal(groupsOf(1));
    expect(new Set([1, 2, 3, 4, 5].map(groupsOf))).to.have.property('size', 5);
  });

  it('shares its clips out evenly: a sixth is background', () => {
    expect(of('background').length).to.equal(2400);
    for (const { label, group } of world.classes) if (group !== 'background') expect(clips.filter((clip) => clip.label === label)).to.have.length(500);
  });

  it('has 30 % of its events told at once and 20 % only at the end', () => {
    const events = clips.filter(({ onsetS }) => onsetS !== undefined);
    expect(share(events, ({ onsetS }) => onsetS! < 0.528).value).to.be.closeTo(0.3, 0.02);
    const late = share(events, (clip) => oracleOpenings(clip).motion.indexOf(1) === STEPS - 1 || informative(clip).appearance.indexOf(1) === STEPS - 1 || clip.onsetS! > 4);
    expect(late.value).to.be.closeTo(0.2, 0.02);
  });

  it('swaps irrelevant sound in as often as the class says, 0.3 to 0.7, and redundant sound out at 0.3', () => {
    for (const { label, distraction } of world.classes.filter(({ group }) => group === 'appearance' || group === 'motion')) {
      expect(distraction).to.be.within(0.3, 0.7);
      const { low, high } = share(clips.filter((clip) => clip.label === label), ({ heard }) => heard !== undefined);
      expect(distraction).to.be.within(low - 0.03, high + 0.03);
    }
    expect(share(of('either'), ({ heard }) => heard?.kind !== 'own').value).to.be.closeTo(SWAP, 0.04);
  });
});

describe('what the senses tell of a world', () => {
  it('is everything together, and each group needs what it says', () => {
    expect(bayesAccuracy(clips, ['audio', 'appearance', 'motion'])).to.equal(1);
    const recall = (group: Group, senses: Parameters<typeof recallByLabel>[1]): number => {
      const all = recallByLabel(clips, senses);
      return mean(world.classes.filter((one) => one.group === group).map(({ label }) => all.get(label) ?? 0));
    };
    expect(recall('audio', ['audio'])).to.be.above(0.99);
    expect(recall('appearance', ['appearance'])).to.equal(1);
    expect(recall('either', ['appearance'])).to.equal(1);
    expect(recall('motion', ['motion'])).to.equal(1);
    expect(recall('motion', ['appearance'])).to.be.closeTo(0.5, 0.05);
    for (const alone of ['audio', 'appearance'] as const) expect(recall('sound-and-look', [alone])).to.be.closeTo(0.5, 0.1);
    for (const alone of ['audio', 'motion'] as const) expect(recall('sound-and-motion', [alone])).to.be.closeTo(0.5, 0.1);
    expect(recall('sound-and-look', ['audio', 'appearance'])).to.equal(1);
    expect(recall('sound-and-motion', ['audio', 'motion'])).to.equal(1);
  });

  it('lets an oracle beat the best fixed senses of the same cost by more than five points', () => {
    const each = { audio: 4, appearance: 20, motion: 100 };
    const cost = mean(clips.map((clip) => costOf(oracleOpenings(clip), each)));
    const always = new Uint8Array(STEPS).fill(1), never = new Uint8Array(STEPS);
    const fixed = [
      { senses: ['audio'] as const, cost: costOf({ appearance: never, motion: never }, each) },
      { senses: ['audio', 'appearance'] as const, cost: costOf({ appearance: always, motion: never }, each) },
      { senses: ['audio', 'motion'] as const, cost: costOf({ appearance: never, motion: always }, each) },
    ];
    // Twice the oracle's cost is granted, and it is still not enough.
    const best = Math.max(...fixed.filter((one) => one.cost <= 2 * cost).map(({ senses }) => bayesAccuracy(clips, senses)));
    expect(oracleAccuracy(clips) - best).to.be.above(0.05);
    expect(cost / (10 * 4 + 6 * 20 + 10 * 100)).to.be.below(0.1);
  });

  it('is seen by the oracle where it says so, at the first step that tells', () => {
    for (const clip of clips.slice(0, 1000)) {
      const { appearance, motion } = oracleOpenings(clip), told = informative(clip);
      expect(appearance.reduce((a, b) => a + b) + motion.reduce((a, b) => a + b)).to.be.at.most(1);
      const looked = appearance.indexOf(1), watched = motion.indexOf(1);
      if (clip.group !== 'background' && looked >= 0) expect(looked).to.equal(told.appearance.indexOf(1));
      if (clip.group !== 'background' && watched >= 0) expect(watched).to.equal(told.motion.indexOf(1));
    }
  });

  it('is read from key frames that lie before the end of each window', () => {
    expect(Array.from({ length: STEPS }, (_, step) => keyFrameS(step))).to.deep.equal([0, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
    for (let step = 0; step < STEPS; step++) expect(keyFrameS(step)).to.be.at.most(stepEndS(step));
  });

  it('depends on nothing but seed, part and index', () => {
    expect(drawLatents(world, 'test', 17)).to.deep.equal(drawLatents(createWorld(1), 'test', 17));
    expect(drawLatents(createWorld(2), 'test', 17)).not.to.deep.equal(drawLatents(world, 'test', 17));
  });
});

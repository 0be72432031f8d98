import { expect } from 'chai';
import { RecordingBudget } from '../../src/budget/recording-budget.js';
import type { GraphCosts } from '../../src/budget/action-costs.js';
import { measureBudgets } from '../../src/evaluate/budgets.js';
import { createFollow, type Followed } from '../../src/evaluate/follow.js';
import { constant } from '../../src/evaluate/schedules.js';
import { probabilitiesAt } from '../../src/evaluate/runs.js';
import { run } from '../../src/learn/model/run.js';
import { branchesOf } from '../../src/learn/worth/branches.js';
import { byPrice, ending, worthsOf } from '../../src/learn/worth/follow.js';
import { seeded } from '../../src/learn/random.js';
import type { FeatureSequence } from '../../src/learn/types.js';
import type { HmsNet } from '../../src/policy/hms/net.js';
import { faultOf } from '../inference/shared.js';
import { netOf, randomModel, SMALL } from '../policy/hms/models.js';

const GMACS = { audio: 0.004, appearance: 0.02, motion: 0.1 };
const STEP_US = 480_000;

const sequences = (count: number, steps = 6): FeatureSequence[] => {
  const random = seeded(5);
  const table = (width: number): Float32Array => Float32Array.from({ length: steps * width }, () => random.uniform(-2, 2));
  return Array.from({ length: count }, (_, i) => ({
    id: `made-${i}`, steps, features: { audio: table(SMALL.dims.audio), appearance: table(SMALL.dims.appearance), motion: table(SMALL.dims.motion) },
    present: { audio: new Uint8Array(steps).fill(1), appearance: new Uint8Array(steps).fill(1), motion: new Uint8Array(steps).fill(1) },
    targets: new Int32Array(steps).fill(i % SMALL.classes),
  }));
};

const graphOf = ({ stages }: HmsNet): GraphCosts => {
  const believe = stages.believe.macs;
  const policyGmacs = { audio: (stages.listen.macs + believe) / 1e9, appearance: (stages.look.macs + believe) / 1e9, motion: (stages.watch.macs + believe) / 1e9 };
  return { hopUs: STEP_US, policyGmacs, gmacs: { audio: GMACS.audio + policyGmacs.audio, appearance: GMACS.appearance + policyGmacs.appearance, motion: GMACS.motion + policyGmacs.motion } };
};

const sum = ({ stepGmacs }: Followed): number => stepGmacs.reduce((a, b) => a + b, 0);

describe('a policy that follows known features', () => {
  const model = randomModel(13);
  let net: HmsNet & { close(): Promise<void> };
  before(async () => { net = await netOf(model); });
  after(async () => { await net.close(); });
  const how = { stepUs: STEP_US, gmacs: GMACS };

  it('believes what the trained model believes, step by step, under its own gates and under forced ones', async () => {
    const follow = createFollow(net);
    const some = sequences(6);
    for (const openings of [undefined, { appearance: true, motion: false }, { appearance: true, motion: true }] as const) {
      const forced = openings === undefined ? undefined : some.map(({ steps }) => constant(steps, openings));
      const theirs = await run(model, some, forced === undefined ? {} : { openings: forced });
      for (const [i, sequence] of some.entries()) {
        const ours = await follow(sequence, { ...how, ...(forced === undefined ? {} : { openings: forced[i]! }) });
        expect(ours.opened).to.deep.equal(theirs[i]!.opened);
        for (let step = 0; step < sequence.steps; step += 1) {
          const [p, q] = [probabilitiesAt(ours, step), probabilitiesAt(theirs[i]!, step)];
          p.forEach((value, k) => { expect(value).to.be.closeTo(q[k]!, 1e-4); });
        }
      }
    }
  });

  it('pays for what it reads, with the stages that run', async () => {
    const [one] = sequences(1);
    const everything = await createFollow(net)(one!, { ...how, openings: constant(6, { appearance: true, motion: true }) });
    const { listen, look, watch } = net.stages;
    expect(everything.stepGmacs[0]).to.be.closeTo(GMACS.audio + GMACS.appearance + GMACS.motion + (listen.macs + look.macs + watch.macs) / 1e9, 1e-9);
  });

  it('ends where the budget ends, and never spends more', async () => {
    const follow = createFollow(net);
    const graph = graphOf(net);
    for (const gmacs of [graph.gmacs.audio, 0.02, 0.05, 0.2]) {
      for (const sequence of sequences(4)) {
        const followed = await follow(sequence, { ...how, budget: new RecordingBudget({ gmacs, graph, horizonSteps: 6 }), openings: constant(6, { appearance: true, motion: true }) });
        expect(sum(followed)).to.be.at.most(gmacs + 1e-12);
        expect(followed.heard).to.equal(followed.targets.length);
        expect(followed.heard).to.equal(Math.min(6, Math.floor(gmacs / graph.gmacs.audio + 1e-9)));
      }
    }
  });

  it('is measured under budgets: more buys no less, nothing is overspent, and hindsight is never worse', async () => {
    const graph = graphOf(net);
    const all = sequences(40);
    const { own, always, rows } = await measureBudgets({ follow: createFollow(net), sequences: all, background: new Set([0]), ...how, graph, budgets: [0.03, 0.1, 1] });
    expect([own.length, always.length]).to.deep.equal([40, 40]);
    for (const row of rows) {
      expect(row.violations).to.equal(0);
      expect(row.spent).to.be.at.most(row.budget);
      expect(row.hindsight.value).to.be.at.least(row.granting.value);
      expect(row.regret.value).to.be.closeTo(row.hindsight.value - row.granting.value, 1e-9);
    }
    const rich = rows[2]!;
    const right = own.filter(({ logits, targets }) => {
      const last = logits.subarray(-SMALL.classes);
      return last.indexOf(Math.max(...last)) === targets.at(-1);
    }).length;
    expect(rich.granting.value, 'a budget that is never felt changes nothing').to.be.closeTo(right / 40, 1e-9);
    expect(rich.ending.value).to.equal(rich.granting.value);
  });

  it('looks under a budget exactly where the fit of its price had it look', async () => {
    const graph = graphOf(net), some = sequences(25), estimate = { bias: 0, odds: 0.3, open: 0.5, doubt: 1, damp: 0.1 };
    const worth = { appearance: estimate, motion: estimate, recording: { stepsLeft: [1, 6], leftGmacs: [0.02, 0.7], price: [[20, 2], [60, 5]] }, recordings: 100 };
    const knowing = await netOf(model, { worth });
    const follow = createFollow(knowing), costs = { appearance: graph.gmacs.appearance, motion: graph.gmacs.motion };
    const [made, unasked] = [{ appearance: 0, motion: 0 }, { appearance: 0, motion: 0 }];
    for (const forLooks of [0.03, 0.1, 0.3, 0.8]) {
      for (const sequence of some) {
        const budget = new RecordingBudget({ gmacs: forLooks + 6 * graph.gmacs.audio, graph, horizonSteps: 6, price: worth.recording });
        const ours = await follow(sequence, { ...how, budget });
        const own = await follow(sequence, { ...how, openings: ours.opened });
        // The product gives back the belief that a look made anew, 16 multiply-accumulates for each look: too little to be told apart here.
        const decide = byPrice(worthsOf(worth), worth.recording, 6, costs);
        const opened = constant(6, { appearance: false, motion: false });
        const end = ending(branchesOf({ model, temperatures: knowing.temperatures, background: new Set() }, sequence), forLooks, costs, (question, left) => {
          const look = decide(question, left);
          if (look) opened[question.sense][question.step] = 1;
          return look;
        });
        expect(ours.opened).to.deep.equal(opened);
        expect(end.loss).to.be.closeTo(-Math.log2(Math.max(2 ** -10, probabilitiesAt(own, 5)[sequence.targets[5]!]!)), 1e-3);
        for (const sense of ['appearance', 'motion'] as const) made[sense] += ours.opened[sense].reduce((a, b) => a + b, 0);
        const alone = await follow(sequence, how);
        for (const sense of ['appearance', 'motion'] as const) unasked[sense] += ours.opened[sense].filter((open, i) => open === 1 && alone.opened[sense][i] === 0).length;
      }
    }
    await knowing.close();
    // The test says nothing of looks that were never made, nor of gates that were never opened for them.
    for (const count of [...Object.values(made), ...Object.values(unasked)]) expect(count).to.be.above(20);
  });

  it('refuses a budget that does not pay for a step', async () => {
    const fault = await faultOf('settings-invalid', async () => measureBudgets({ follow: createFollow(net), sequences: sequences(1), background: new Set(), ...how, graph: graphOf(net), budgets: [0.001] }));
    expect(fault.message).to.contain('0.001 GMAC');
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { concatMap, lastValueFrom, of, tap, type Observable } from 'rxjs';
import type { HmsStage } from '../../../src/inference/manifest.js';
import type { Session } from '../../../src/inference/types.js';
import { run as runBatched } from '../../../src/learn/model/run.js';
import { createHms, type Hms } from '../../../src/policy/hms/hms.js';
import type { HmsNet } from '../../../src/policy/hms/net.js';
import { through } from '../../../src/policy/through.js';
import type { Belief, Gate, Memory, Step } from '../../../src/policy/types.js';
import { NO_COST, type NoReading, type Reading } from '../../../src/sense/types.js';
import { readProfile } from '../../../src/settings/profile.js';
import { evidence } from '../evidence.js';
import { netOf, randomModel } from './models.js';
import { asSequence, forcedGate, hmsOf, opened, reading, reference, run, sequence, softmax, step, told, valuesOf, type Moment } from './moments.js';

for (const unseen of ['zero', 'last', 'nested'] as const) {
  describe(`HMS live (unseen: ${unseen})`, () => {
    const model = randomModel(11, { unseen });
    let net: Awaited<ReturnType<typeof netOf>>;
    before(async () => { net = await netOf(model); });
    after(async () => { await net.close(); });

    for (const forced of [false, true]) {
      it(`is the step of training, to 1e-4, with gates ${forced ? 'forced' : 'free'}`, async () => {
        const usage = { appearance: 0, motion: 0, all: 0 };
        await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 30 }), async (seed, length) => {
          const moments = sequence(model, seed, length, forced);
          const wanted = reference(model, net, moments);
          // Two logits nearer than rounding may be told apart either way.
          fc.pre(forced || wanted.every(({ lean }) => Math.min(Math.abs(lean.appearance), Math.abs(lean.motion)) > 1e-4));
          const steps = await run(hmsOf(net), moments);
          steps.forEach((done, t) => {
            const { logits, state, opened: shouldOpen } = wanted[t]!;
            expect(opened(done)).to.deep.equal(shouldOpen);
            usage.all += 1;
            usage.appearance += shouldOpen.appearance ? 1 : 0;
            usage.motion += shouldOpen.motion ? 1 : 0;
            const probabilities = softmax(logits);
            const { labels, background } = done.output.known!;
            const distances = [
              Math.abs(background - probabilities[0]!),
              ...labels.map(({ label, score }) => Math.abs(score - probabilities[net.labels.indexOf(label)]!)),
              ...(['audio', 'appearance', 'motion'] as const).flatMap((sense) => (['h', 'c'] as const).flatMap((part) =>
                valuesOf(done.memory.hms![sense][part]).map((value, i) => Math.abs(value - state[sense][part][i]!)))),
            ];
            expect(Math.max(...distances)).to.be.below(1e-4);
          });
        }), { numRuns: 25, seed: 5 });
        // The test says nothing of a path that was never taken.
        for (const sense of ['appearance', 'motion'] as const) expect(usage[sense] / usage.all).to.be.within(0.05, 0.95);
      });
    }

    it('is the batched run of training, to 1e-4, with gates free and forced', async () => {
      const [free, forced] = [sequence(model, 30, 25, false), sequence(model, 31, 25, true)];
      const openings = { appearance: Uint8Array.from(forced, (moment) => Number(moment.forced!.appearance)), motion: Uint8Array.from(forced, (moment) => Number(moment.forced!.motion)) };
      const batched = await runBatched(model, [asSequence(model, net, free, 'free'), asSequence(model, net, forced, 'forced')], { openings: [undefined, openings] });
      for (const [k, moments] of [free, forced].entries()) {
        const { logits, opened: wanted } = batched[k]!;
        (await run(hmsOf(net), moments)).forEach((done, t) => {
          expect(opened(done)).to.deep.equal({ appearance: wanted.appearance[t] === 1, motion: wanted.motion[t] === 1 });
          const probabilities = softmax(logits.subarray(t * model.shape.classes, (t + 1) * model.shape.classes));
          for (const { label, score } of done.output.known!.labels) expect(score).to.be.closeTo(probabilities[net.labels.indexOf(label)]!, 1e-4);
        });
      }
    });

    it('goes on bit for bit the same from a memory that was saved and restored', async () => {
      const hms = hmsOf(net);
      const moments = sequence(model, 7, 24, false);
      const whole = await run(hms, moments);
      const saved = JSON.stringify(whole[9]!.memory);
      const rest = await run(hmsOf(net), moments.slice(10), JSON.parse(saved) as Memory, 10);
      expect(told(rest)).to.equal(told(whole.slice(10)));
    });

    it('is causal: what it said does not change when all that follows is noise', async () => {
      const moments = sequence(model, 8, 20, false);
      const noise = [...moments.slice(0, 10), ...sequence(model, 9, 10, false)];
      const [mine, theirs] = [await run(hmsOf(net), moments), await run(hmsOf(net), noise)];
      expect(told(theirs.slice(0, 10))).to.equal(told(mine.slice(0, 10)));
      expect(told(theirs)).to.not.equal(told(mine));
    });

    it('is deterministic, bit for bit', async () => {
      const moments = sequence(model, 10, 30, false);
      expect(told(await run(hmsOf(net), moments))).to.equal(told(await run(hmsOf(net), moments)));
    });

    it('forgets with the era: a new one is like a beginning', async () => {
      const hms = hmsOf(net);
      const [before, after] = [sequence(model, 12, 6, false), sequence(model, 13, 6, false)];
      const jumped = await run(hms, [...before, ...after.map((moment) => ({ ...moment, era: 1 }))]);
      const fresh = await run(hms, after.map((moment) => ({ ...moment, era: 1 })), undefined, 6);
      expect(told(jumped.slice(6))).to.equal(told(fresh));
    });
  });
}

/** A net whose runs are written down. */
const spied = (net: HmsNet): { readonly net: HmsNet; readonly runs: HmsStage[] } => {
  const runs: HmsStage[] = [];
  const spy = ([stage, session]: [string, Session]): [string, Session] => [stage, {
    ...session,
    run: (feeds) => {
      runs.push(stage as HmsStage);
      return session.run(feeds);
    },
  }];
  return { runs, net: { ...net, stages: Object.fromEntries(Object.entries(net.stages).map(spy)) as HmsNet['stages'] } };
};

const ONE_BIT = { bias: 0, odds: 0, open: 0, doubt: 0, damp: 0 };

describe('what HMS asks for', () => {
  const model = randomModel(21);
  let net: Awaited<ReturnType<typeof netOf>>;
  before(async () => { net = await netOf(model); });
  after(async () => { await net.close(); });
  const all = sequence(model, 1, 1, false)[0]!;
  const moment = { audio: Float32Array.from(all.audio!), appearance: new Float32Array(6).fill(1), motion: new Float32Array(7).fill(-1) };

  const runsWith = async (forced: { appearance: boolean; motion: boolean }, more: Partial<Moment> = {}): Promise<{ runs: string; asked: string; done: Step<Memory, Belief> }> => {
    const { net: watched, runs } = spied(net);
    const asked: string[] = [];
    const hms = hmsOf(watched);
    const done = await step(hms, hms.policy.rest, 0, { ...moment, ...more, forced }, (sense) => { asked.push(sense); });
    return { runs: runs.join(), asked: asked.join(), done };
  };

  it('runs a stage only when something depends on it, and asks a sense only behind an open gate', async () => {
    const table = [
      [false, false, 'listen,believe', ''], [true, false, 'listen,look,believe', 'appearance'],
      [false, true, 'listen,watch', 'motion'], [true, true, 'listen,look,watch', 'appearance,motion'],
    ] as const;
    for (const [appearance, motion, stages, senses] of table) {
      const { runs, asked, done } = await runsWith({ appearance, motion });
      expect([runs, asked]).to.deep.equal([stages, senses]);
      const policyMacs = runs.split(',').reduce((sum, stage) => sum + net.stages[stage as HmsStage].macs, 0);
      expect(done.output.policyCost!.gmacs).to.be.closeTo(policyMacs / 1e9, 1e-15);
      expect(done.output.cost.gmacs).to.be.closeTo(policyMacs / 1e9 + 0.001 * (1 + Number(appearance) + Number(motion)), 1e-12);
    }
  });

  it('asks its own gates with no stage run twice', async () => {
    const { net: watched, runs } = spied(net);
    const hms = hmsOf(watched);
    await step(hms, hms.policy.rest, 0, moment);
    expect(new Set(runs).size).to.equal(runs.length);
  });

  it('says what a look is worth without a stage more where none is made: what is believed without it is believed in the end', async () => {
    const never = randomModel(21);
    for (const name of ['appearance.gate.bias', 'motion.gate.bias']) (never.weights[name] as { data: Float32Array }).data.set([50, -50]);
    const shut = await netOf(never, { worth: { appearance: ONE_BIT, motion: ONE_BIT, recording: { stepsLeft: [1], leftGmacs: [1], price: [[1]] }, recordings: 100 } });
    const { net: watched, runs } = spied(shut);
    const worths: (number | undefined)[] = [];
    const listening = (gate: Gate): Gate => ({ ...gate, decide: (memory, heard) => gate.decide(memory, heard).pipe(tap(({ worth }) => worths.push(worth))) });
    const on = { enabled: true, heartbeatS: null, cooldownS: 0 };
    for (const [weighed, expected] of [['recording', [1, 1]], ['rate', [0, 0]], [undefined, [undefined, undefined]]] as const) {
      [runs.length, worths.length] = [0, 0];
      const hms = createHms({ net: watched, gates: { appearance: on, motion: on }, settings: readProfile().believe, listen: [], weighed: () => weighed });
      await step({ ...hms, gates: { appearance: listening(hms.gates.appearance), motion: listening(hms.gates.motion) } }, hms.policy.rest, 0, moment);
      // Where nothing was measured, p(open) of gates that are sure times the entropy.
      expect(worths.map((worth) => (worth === undefined ? worth : Math.round(worth * 1e6) / 1e6))).to.deep.equal(expected);
      expect(runs.join()).to.equal('listen,believe');
    }
    await shut.close();
  });

  it('takes a gate that opened in vain for one that stayed shut', async () => {
    const vain = await runsWith({ appearance: true, motion: true }, { appearance: undefined, motion: undefined });
    const shut = await runsWith({ appearance: false, motion: false });
    expect(vain.runs).to.equal('listen,believe');
    expect(vain.done.memory.hms).to.deep.equal(shut.done.memory.hms);
    expect(vain.done.output.known).to.deep.equal(shut.done.output.known);
  });

  it('counts a reading that was used before', async () => {
    const hms = hmsOf(net);
    const sense = (): Observable<Reading> => of({ ...reading('appearance', moment.appearance), reused: true });
    const done = await lastValueFrom(of(evidence(0, reading('audio', moment.audio))).pipe(
      through(forcedGate(hms.gates.appearance, true), hms.policy.rest, sense),
      concatMap((complete) => hms.policy.remember(hms.policy.rest, complete)),
    ));
    expect(done.output.known!.pattern).to.equal('ai');
  });

  it('takes missing sound for digital silence', async () => {
    const hms = hmsOf(net);
    const [missing, silent] = [await run(hms, [{ ...moment, audio: undefined }]), await run(hms, [{ ...moment, audio: net.silence }])];
    expect(missing[0]!.memory.hms).to.deep.equal(silent[0]!.memory.hms);
  });

  it('makes no step of a segment that the budget did not let be heard: no net runs, no sense is asked, and what was known stays known', async () => {
    const { net: watched, runs } = spied(net);
    const hms = hmsOf(watched, { appearance: { enabled: true, heartbeatS: 0.1, cooldownS: 0 } });
    const refused: NoReading = { sense: 'audio', reason: 'budget', cost: NO_COST };
    const unheard = (memory: Memory, index: number, era = 0): Promise<Step<Memory, Belief>> => lastValueFrom(of(evidence(index, refused, era)).pipe(
      through(hms.gates.appearance, memory, () => { throw new Error('asked to look'); }),
      through(hms.gates.motion, memory, () => { throw new Error('asked to watch'); }),
      concatMap((complete) => hms.policy.remember(memory, complete)),
    ));
    const heard = await step(hms, hms.policy.rest, 0, moment);
    runs.length = 0;
    const then = await unheard(heard.memory, 1);
    expect(runs).to.deep.equal([]);
    expect(then.memory.hms).to.deep.equal(heard.memory.hms);
    expect(then.output.known).to.deep.equal(heard.output.known);
    expect(then.output.policyCost).to.equal(undefined);
    expect(then.output.cost.gmacs).to.equal(0);
    expect(then.output.gates.appearance?.reason).to.equal('budget');
    // Of another stretch of the stream nothing is known.
    const fresh = await unheard(heard.memory, 2, 1);
    expect(fresh.memory.hms).to.equal(undefined);
    expect(fresh.output.known).to.deep.equal({ labels: [], background: 1, pattern: 'a' });
  });

  it('says in figures why a gate decided', async () => {
    const { gates } = (await step(hmsOf(net), hmsOf(net).policy.rest, 0, moment)).output;
    expect(gates.appearance!.reason).to.equal('learned');
    const p = Number(/^p\(open\) (\d\.\d\d)$/.exec(gates.appearance!.detail!)![1]);
    expect(gates.appearance!.open ? p >= 0.5 : p <= 0.5).to.equal(true);
  });

  it('keeps no thoughts in what it believes', async () => {
    const done = await step(hmsOf(net), hmsOf(net).policy.rest, 0, moment);
    expect(done.output.evidence).to.not.have.property('thoughts');
  });

  it('heeds what forbids a sense, and its heartbeat where the net leaves it shut', async () => {
    // A bias that no state outweighs.
    const never = randomModel(21);
    const weights = { ...never.weights, 'appearance.gate.bias': { dims: [2], data: Float32Array.of(1e3, -1e3) }, 'motion.gate.bias': { dims: [2], data: Float32Array.of(1e3, -1e3) } };
    const deaf = await netOf({ ...never, weights });
    const off = { enabled: false, heartbeatS: 1, cooldownS: 0 };
    const beat = { enabled: true, heartbeatS: 1, cooldownS: 0 };
    const reasons = async (hms: Hms): Promise<string[]> => (await run(hms, new Array<Moment>(5).fill(moment))).map(({ output }) => output.gates.appearance!.reason);
    expect(await reasons(hmsOf(deaf, { appearance: off }))).to.deep.equal(new Array(5).fill('off'));
    expect(await reasons(hmsOf({ ...deaf, senses: new Set(['audio']) }))).to.deep.equal(new Array(5).fill('no-pack'));
    expect(await reasons(hmsOf(deaf))).to.deep.equal(new Array(5).fill('learned'));
    expect(await reasons(hmsOf(deaf, { appearance: beat }))).to.deep.equal(['heartbeat', 'learned', 'learned', 'heartbeat', 'learned']);
    await deaf.close();
  });

  it('asks for a clip only behind a picture where it is nested, also by the clock', async () => {
    const nested = await netOf(randomModel(21, { unseen: 'nested' }));
    const beat = { enabled: true, heartbeatS: 0.1, cooldownS: 0 };
    const hms = hmsOf(nested, { motion: beat });
    const [first] = await run(hms, [{ ...moment, appearance: undefined }]);
    expect(first!.output.gates.motion).to.include({ open: false, reason: 'nested' });
    await nested.close();
  });
});

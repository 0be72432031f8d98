import { expect } from 'chai';
import fc from 'fast-check';
import { answerEnds, answerStep, UNANSWERED, type AnswerSpec } from '../../src/emit/answer.js';
import type { AnswerMessage, Output } from '../../src/emit/types.js';
import { faultOf } from '../inference/shared.js';
import { known, recordingOf, type StepParts } from './answers.js';
import { settled } from './settled.js';
import { cost, HOP_US, ORIGIN_EPOCH_MS, reading } from '../budget/beliefs.js';

/** All outputs of a recording with these steps, and of its end. */
const outputsOf = (spec: AnswerSpec, steps: readonly StepParts[], thenEnd = true): Output[] => {
  let memory = UNANSWERED;
  const outputs: Output[] = [];
  for (const belief of recordingOf(steps)) {
    const step = answerStep(spec, memory, belief);
    memory = step.memory;
    outputs.push(...step.outputs);
  }
  return thenEnd ? [...outputs, ...answerEnds(spec, memory).outputs] : outputs;
};
const answersOf = (outputs: readonly Output[]): AnswerMessage[] => outputs.flatMap((output) => (output.kind === 'answer' ? [output.answer] : []));
const answer = (spec: AnswerSpec, steps: readonly StepParts[]): AnswerMessage => answersOf(outputsOf(spec, steps))[0]!;

const RULE = { boundary: [null, 0.9, 0.8, 0.7] };
const CLIP: AnswerSpec = { camera: 'clip', rule: RULE };
const rising: StepParts[] = [0.3, 0.6, 0.85, 0.95, 0.99].map((birch) => ({ birch }));

describe('emit/answer', () => {
  it('answers at the first step at which it is sure, with all that it cost until then', () => {
    const message = answer(CLIP, rising);
    expect(message).to.deep.equal({
      schema: 'hearken.answer.v1', camera: 'clip', label: 'birch', score: 0.85, top_k: [{ label: 'birch', score: 0.85 }, { label: 'oak', score: 0.05 }],
      start_time: ORIGIN_EPOCH_MS / 1000, observed_s: 1.92, steps: 3, horizon_steps: 4, reason: 'confident',
      modalities: { audio: 3, appearance: 0, motion: 0 }, cost: { gmacs: 0.3, ms: 12, decode_ms: 0 },
      // 1.92 s of media and 4 ms in the net
      emit_latency_ms: 1924,
    });
  });

  it('answers at the horizon, at the end, or when the budget is spent, and says which', () => {
    expect(answer(CLIP, Array<StepParts>(6).fill({ birch: 0.5 }))).to.include({ reason: 'horizon', steps: 4 });
    expect(answer(CLIP, Array<StepParts>(2).fill({ birch: 0.5 }))).to.include({ reason: 'ended', steps: 2 });
    expect(answer({ camera: 'clip' }, Array<StepParts>(6).fill({ birch: 1 }))).to.include({ reason: 'ended', steps: 6, horizon_steps: null });
    const spent = answer(CLIP, [{ birch: 0.5, leftSteps: 2 }, { birch: 0.5, leftSteps: 0 }, { birch: 0.9 }]);
    expect(spent).to.include({ reason: 'budget', steps: 2 });
    expect(spent.budget).to.deep.equal({ gmacs: 1, spent_gmacs: 1, refusals: { cap: 2 } });
  });

  it('says that it was sure where the budget was spent on the very step', () => {
    expect(answer(CLIP, [{ birch: 0.5, leftSteps: 1 }, { birch: 0.95, leftSteps: 0 }])).to.include({ reason: 'confident', steps: 2 });
  });

  it('takes a recording for nothing that it knows where the background is likelier', () => {
    expect(answer(CLIP, [{ birch: 0.02, background: 0.1 }, { birch: 0.02, background: 0.93 }])).to.include({ label: null, score: 0.93, reason: 'confident', steps: 2 });
  });

  it('counts fresh readings of each sense, and media time across a jump once', () => {
    const looked = { appearance: reading('appearance', cost(0.2, 3, 5, 1)) };
    const reused = { appearance: reading('appearance', cost(0), { reused: true }) };
    expect(answer({ camera: 'clip' }, [{ birch: 0.5, readings: looked }, { birch: 0.5, readings: reused }, { birch: 0.5, era: 1, startUs: 60e6 }]))
      .to.deep.include({ modalities: { audio: 3, appearance: 1, motion: 0 }, observed_s: 2.4 });
  });

  it('tells segments and gates as always, and no events', () => {
    const gates = { appearance: { open: true, reason: 'learned' } } as const;
    expect(outputsOf(CLIP, [{ birch: 0.5 }, { birch: 0.5, gates }, { birch: 0.95 }, { birch: 0.99 }]).map(({ kind }) => kind))
      .to.deep.equal(['segment', 'gate', 'segment', 'segment', 'answer']);
  });

  it('makes no answer up where there was not one step', () => {
    expect(answerEnds(CLIP, UNANSWERED).outputs).to.deep.equal([]);
  });

  it('refuses a belief without a learned policy', async () => {
    const fault = await faultOf('usage', () => answerStep(CLIP, UNANSWERED, settled(0)));
    expect(fault.remedy).to.include('--policy');
  });
});

describe('emit/answer, whatever comes', () => {
  const share = fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
  const anySteps = fc.array(fc.record({ birch: share, background: share, leftSteps: fc.option(fc.nat(20), { nil: undefined }) }), { maxLength: 20 });
  const anySpec: fc.Arbitrary<AnswerSpec> = fc.option(fc.array(fc.option(share), { minLength: 1, maxLength: 12 })).map((boundary) => ({ camera: 'clip', ...(boundary === null ? {} : { rule: { boundary } }) }));

  it('there is exactly one answer for a recording of at least one step, it is the last word, and its score is in bounds', () => {
    fc.assert(fc.property(anySpec, anySteps, (spec, steps) => {
      const outputs = outputsOf(spec, steps);
      expect(answersOf(outputs)).to.have.length(steps.length === 0 ? 0 : 1);
      if (steps.length === 0) return;
      const last = outputs.at(-1)!;
      expect(last.kind).to.equal('answer');
      const [{ score, steps: counted }] = answersOf(outputs) as [AnswerMessage];
      expect(score).to.be.within(0, 1);
      expect(counted).to.equal(outputs.filter(({ kind }) => kind === 'segment').length).and.at.most(spec.rule?.boundary.length ?? Infinity);
    }));
  });

  it('each reason is true', () => {
    fc.assert(fc.property(anySpec, anySteps.filter((steps) => steps.length > 0), (spec, steps) => {
      const { reason, steps: counted } = answer(spec, steps);
      const at = steps[counted - 1]!;
      const boundary = spec.rule?.boundary[counted - 1];
      const sure = boundary !== undefined && boundary !== null && known(at).best >= boundary;
      expect(reason === 'confident').to.equal(sure);
      if (reason === 'horizon') expect(counted).to.equal(spec.rule?.boundary.length);
      if (reason === 'budget') expect(at.leftSteps).to.equal(0);
      if (reason === 'ended') expect(counted).to.equal(steps.length);
    }));
  });

  it('is causal: the answer depends on nothing behind it, and nothing before it on what comes', () => {
    fc.assert(fc.property(anySpec, anySteps, anySteps, (spec, steps, others) => {
      const before = outputsOf(spec, steps, false);
      expect(outputsOf(spec, [...steps, ...others], false).slice(0, before.length)).to.deep.equal(before);
      expect(outputsOf(spec, steps)).to.deep.equal(outputsOf(spec, steps));
    }));
  });

  it('times are those of the steps', () => {
    fc.assert(fc.property(anySpec, anySteps.filter((steps) => steps.length > 0), (spec, steps) => {
      const { observed_s: observedS, steps: counted, emit_latency_ms: latencyMs } = answer(spec, steps);
      expect(observedS).to.be.closeTo((counted + 1) * HOP_US / 1e6, 1e-6);
      expect(latencyMs).to.be.at.least(observedS * 1000);
    }));
  });
});

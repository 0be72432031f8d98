import { expect } from 'chai';
import { gateChanges, type GateStates } from '../../src/emit/gate-changes.js';
import type { GateDecision } from '../../src/sense/types.js';
import { ORIGIN_EPOCH_MS } from '../budget/beliefs.js';
import { settled } from './settled.js';

const shut: GateDecision = { open: false, reason: 'quiet' };
const unsure: GateDecision = { open: true, reason: 'uncertain' };
const beat: GateDecision = { open: true, reason: 'heartbeat' };

const reasons = (decisions: readonly (GateDecision | undefined)[]): string[] => {
  let states: GateStates = {};
  return decisions.map((decision, i) => {
    const step = gateChanges('dock', states, settled(i, { gates: decision === undefined ? {} : { appearance: decision } }));
    states = step.states;
    return step.messages.map(({ open, reason }) => `${open ? 'open' : 'shut'} ${reason}`).join();
  });
};

describe('emit/gate-changes', () => {
  it('speaks when a gate opens and when it shuts, not while it stays', () => {
    expect(reasons([shut, shut, unsure, unsure, shut, shut])).to.deep.equal(['', '', 'open uncertain', '', 'shut quiet', '']);
  });

  it('speaks when it is open for a new reason, but not when it is shut for a new one', () => {
    expect(reasons([unsure, beat, shut, { open: false, reason: 'sure' }])).to.deep.equal(['open uncertain', 'open heartbeat', 'shut quiet', '']);
  });

  it('takes a gate that was not asked for unchanged', () => {
    expect(reasons([unsure, undefined, unsure, shut])).to.deep.equal(['open uncertain', '', '', 'shut quiet']);
  });

  it('says which gate, when, and why in words', () => {
    const { messages } = gateChanges('dock', {}, settled(2, { gates: { motion: { open: true, reason: 'listed', detail: 'helicopter 0.82' }, appearance: shut } }));
    expect(messages).to.deep.equal([{
      schema: 'hearken.gate.v1', camera: 'dock', gate: 'motion', open: true, reason: 'listed', detail: 'helicopter 0.82', index: 2, time: ORIGIN_EPOCH_MS / 1000 + 1.92,
    }]);
  });
});

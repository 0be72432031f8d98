import { expect } from 'chai';
import { segmentMessage } from '../../src/emit/segment-message.js';
import { stateMessage } from '../../src/emit/state-message.js';
import { Fault } from '../../src/faults.js';
import { NO_COST } from '../../src/sense/types.js';
import { cost, noReading, ORIGIN_EPOCH_MS, ranked, reading } from '../budget/beliefs.js';
import { settled } from './settled.js';

describe('emit/segment-message', () => {
  it('says what was heard and seen, how old the look is, whether it looked and why, and the cost', () => {
    const message = segmentMessage('dock', settled(1, {
      heard: { siren: 0.91234567, speech: 0.2, wind: 0.1 },
      seen: { labels: ranked({ truck: 0.6 }), timeUs: 480_000, ageUs: 960_000 },
      readings: { audio: reading('audio', cost(0.07, 5)), appearance: reading('appearance', cost(0.3, 20, 8.5, 1)), motion: noReading('motion', 'not-installed') },
      gates: { appearance: { open: true, reason: 'uncertain', detail: 'siren 0.91' } },
    }), 2);
    expect(message).to.deep.equal({
      schema: 'hearken.segment.v1', camera: 'dock', index: 1,
      start_time: ORIGIN_EPOCH_MS / 1000 + 0.48, end_time: ORIGIN_EPOCH_MS / 1000 + 1.44,
      heard: [{ label: 'siren', score: 0.9123 }, { label: 'speech', score: 0.2 }],
      seen: { labels: [{ label: 'truck', score: 0.6 }], time: ORIGIN_EPOCH_MS / 1000 + 0.48, age_s: 0.96 },
      watched: null, looked: true,
      gate: { appearance: { open: true, reason: 'uncertain', detail: 'siren 0.91' } },
      unanswered: { motion: 'not-installed' },
      cost: { gmacs: 0.37, ms: 25, decode_ms: 8.5 },
      stages: {
        audio: { gmacs: 0.07, ms: 5, decode_ms: 0, frames: 0 },
        appearance: { gmacs: 0.3, ms: 20, decode_ms: 8.5, frames: 1 },
        motion: { gmacs: 0, ms: 0, decode_ms: 0, frames: 0 },
      },
      so_far: {
        segments: 1, looked_share: 1, media_s: 0.96,
        cost: { gmacs: 0.37, ms: 25, decode_ms: 8.5 },
        cost_per_minute: { gmacs: 23.125, ms: 1562.5, decode_ms: 531.25 },
      },
    });
  });

  it('says what a learned policy knows, and nothing of it where there is none', () => {
    const known = { labels: ranked({ fire: 0.912345, flood: 0.05, fog: 0.01 }), background: 0.03, pattern: 'a' as const };
    expect(segmentMessage('dock', settled(0, { known }), 2).known).to.deep.equal([{ label: 'fire', score: 0.9123 }, { label: 'flood', score: 0.05 }]);
    expect(segmentMessage('dock', settled(0), 2)).to.not.have.property('known');
  });

  it('says how loud it was, where there was sound, and what the policy cost', () => {
    const plain = settled(0);
    const loud = segmentMessage('dock', { ...plain, evidence: { ...plain.evidence, levelDbfs: -20.4449 }, policyCost: cost(0.01, 2) }, 5);
    expect(loud.level_dbfs).to.equal(-20.4);
    expect(loud.stages.policy).to.deep.equal({ gmacs: 0.01, ms: 2, decode_ms: 0, frames: 0 });
    expect(segmentMessage('dock', plain, 5)).to.not.have.any.keys('level_dbfs');
  });

  it('has not looked when the same frame was taken over, or when there was no picture', () => {
    const looked = [reading('appearance', NO_COST, { reused: true }), noReading('appearance', 'no-video')]
      .map((appearance) => segmentMessage('dock', settled(0, { readings: { appearance } }), 5).looked);
    expect(looked).to.deep.equal([false, false]);
  });
});

describe('emit/state-message', () => {
  it('carries the cause and the remedy, never the error underneath', () => {
    const fault = new Fault('ingest', 'source-refused', 'The camera refused.', { remedy: 'Is it on?', cause: new Error('rtsp://user:secret@host') });
    const message = stateMessage('dock', { kind: 'state', state: 'stalled', fault, retryInMs: 1500 }, ORIGIN_EPOCH_MS);
    expect(message).to.deep.equal({
      schema: 'hearken.state.v1', camera: 'dock', state: 'stalled', time: ORIGIN_EPOCH_MS / 1000,
      fault: { kind: 'source-refused', message: 'The camera refused.', remedy: 'Is it on?' }, retry_in_s: 1.5,
    });
    expect(JSON.stringify(message)).not.to.contain('secret');
  });

  it('says null where there is nothing to say', () => {
    expect(stateMessage('dock', { kind: 'state', state: 'running' }, 0)).to.include({ fault: null, retry_in_s: null });
  });
});

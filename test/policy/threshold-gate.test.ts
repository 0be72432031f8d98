import { expect } from 'chai';
import fc from 'fast-check';
import { Fault } from '../../src/faults.js';
import { thresholdGate } from '../../src/policy/threshold-gate.js';
import { readProfile } from '../../src/settings/profile.js';
import { decisions, gateOf, LABELS, type Scores } from './evidence.js';

const reasons = (...args: Parameters<typeof decisions>): string[] =>
  decisions(...args).map(({ open, reason }) => (open ? reason.toUpperCase() : reason));

const SILENT: Scores = { Silence: 0.98 };
const TALK: Scores = { Speech: 0.95 };
const UNSURE: Scores = { Bark: 0.5 };

describe('thresholdGate', () => {
  it('stays shut for background and for a sound that is surely known, and says which', () => {
    expect(decisions(gateOf(), [SILENT, TALK])).to.deep.equal([
      { open: false, reason: 'quiet', detail: '0.98 background' },
      { open: false, reason: 'sure', detail: 'Speech 0.95' },
    ]);
  });

  it('opens for a listed sound and names it', () => {
    expect(decisions(gateOf(), [SILENT, { Helicopter: 0.82, Speech: 0.9 }])[1])
      .to.deep.equal({ open: true, reason: 'listed', detail: 'Helicopter 0.82' });
  });

  it('opens for an uncertain sound and says how uncertain', () => {
    expect(decisions(gateOf(), [UNSURE])[0]).to.deep.equal({ open: true, reason: 'uncertain', detail: 'Bark 0.50, 1.00 bit' });
  });

  it('is not uncertain about faint sounds over a known background', () => {
    expect(reasons(gateOf(), [{ Silence: 0.7, Inside: 0.6, Bark: 0.4 }])).to.deep.equal(['quiet']);
  });

  it('holds down to the closing threshold, and not below it', () => {
    const gate = gateOf({ holdS: 0, cooldownS: 0, uncertain: { open: 1, close: 1 } });
    expect(reasons(gate, [{ Helicopter: 0.25 }, { Helicopter: 0.31 }, { Helicopter: 0.25 }, { Helicopter: 0.15 }, { Helicopter: 0.25 }]))
      .to.deep.equal(['quiet', 'LISTED', 'HELD', 'quiet', 'quiet']);
  });

  it('holds for the time it is told after the cause is gone', () => {
    expect(reasons(gateOf({ holdS: 1 }), [{ Helicopter: 0.9 }, SILENT, SILENT, SILENT])).to.deep.equal(['LISTED', 'HELD', 'HELD', 'quiet']);
  });

  it('lets no cause open it during the cooldown', () => {
    const row = [{ Helicopter: 0.9 }, SILENT, { Helicopter: 0.9 }, { Helicopter: 0.9 }, { Helicopter: 0.9 }];
    expect(reasons(gateOf({ holdS: 0, cooldownS: 1.9 }), row)).to.deep.equal(['LISTED', 'quiet', 'cooldown', 'cooldown', 'LISTED']);
  });

  it('looks at the first segment, and then as often as the heartbeat says', () => {
    expect(reasons(gateOf({ heartbeatS: 1.44 }), Array.from({ length: 8 }, () => SILENT)))
      .to.deep.equal(['HEARTBEAT', 'quiet', 'quiet', 'HEARTBEAT', 'quiet', 'quiet', 'HEARTBEAT', 'quiet']);
  });

  it('counts the heartbeat from the last opening, whatever its cause', () => {
    expect(reasons(gateOf({ heartbeatS: 1.44, holdS: 0, cooldownS: 0 }), [SILENT, SILENT, { Helicopter: 0.9 }, SILENT, SILENT, SILENT]))
      .to.deep.equal(['HEARTBEAT', 'quiet', 'LISTED', 'quiet', 'quiet', 'HEARTBEAT']);
  });

  it('lets the heartbeat through during the cooldown, and that does not prolong it', () => {
    const row = [{ Helicopter: 0.9 }, SILENT, { Helicopter: 0.9 }, { Helicopter: 0.9 }, { Helicopter: 0.9 }];
    expect(reasons(gateOf({ holdS: 0, cooldownS: 1.9, heartbeatS: 0.9 }), row))
      .to.deep.equal(['LISTED', 'quiet', 'HEARTBEAT', 'cooldown', 'LISTED']);
  });

  it('has only its heartbeat when there is no sound', () => {
    expect(reasons(gateOf({ heartbeatS: 0.96 }), [undefined, undefined, undefined, undefined]))
      .to.deep.equal(['HEARTBEAT', 'no-audio', 'HEARTBEAT', 'no-audio']);
    expect(reasons(gateOf(), [undefined, undefined])).to.deep.equal(['no-audio', 'no-audio']);
  });

  it('repeats a heartbeat that had no answer after the cooldown', () => {
    const answers = (index: number): boolean => index >= 2;
    expect(reasons(gateOf({ heartbeatS: 30, cooldownS: 0.9 }), Array.from({ length: 6 }, () => SILENT), { answers }))
      .to.deep.equal(['HEARTBEAT', 'quiet', 'HEARTBEAT', 'quiet', 'quiet', 'quiet']);
  });

  it('forgets across eras: no hold is carried over, and a new scene is looked at', () => {
    expect(reasons(gateOf({ heartbeatS: 30, holdS: 10 }), [{ Helicopter: 0.9 }, SILENT, SILENT, SILENT], { eras: [0, 0, 1, 1] }))
      .to.deep.equal(['LISTED', 'HELD', 'HEARTBEAT', 'quiet']);
  });

  it('does not count an opening that was refused', () => {
    const gate = gateOf({ heartbeatS: 30 });
    const past = { era: 0, endUs: null, heard: null, looks: {}, gates: {} };
    const refused = gate.remember(past, {
      index: 0, startUs: 0, endUs: 975_000, startEpochMs: 0, discontinuity: false, era: 0, readings: {},
      gates: { appearance: { open: false, reason: 'budget' } },
    });
    expect(refused.openedUs).to.equal(null);
  });

  it('is shut for good when it is disabled or has no net, whatever is heard', () => {
    const settings = readProfile().gate;
    const off = thresholdGate({ sense: 'motion', settings: settings.motion, listen: [], installed: true });
    const bare = thresholdGate({ sense: 'appearance', settings: settings.appearance, listen: [], installed: false });
    expect(reasons(off, [UNSURE, undefined])).to.deep.equal(['off', 'off']);
    expect(reasons(bare, [UNSURE, undefined])).to.deep.equal(['no-pack', 'no-pack']);
  });

  it('refuses a listed sound that the pack does not know, and proposes those that come near', () => {
    expect(() => gateOf({}, ['helicopter'])).to.throw(Fault, 'The audio pack knows no sound called "helicopter".')
      .with.property('remedy', 'Did you mean "Helicopter"?');
    expect(() => gateOf({}, ['Tuba'])).to.throw(Fault).with.property('remedy', 'Take a label that the audio pack lists.');
  });

  it('decides the same again, and on any row keeps its rules', () => {
    const scores = fc.record(Object.fromEntries(LABELS.map((label) => [label, fc.double({ min: 0, max: 1, noNaN: true })])));
    fc.assert(fc.property(fc.array(fc.option(scores, { nil: undefined }), { maxLength: 40 }), (row) => {
      const gate = gateOf({ heartbeatS: 5 });
      const made = decisions(gate, row);
      expect(decisions(gate, row)).to.deep.equal(made);
      made.forEach(({ open, reason }, i) => {
        expect(open).to.equal(['listed', 'uncertain', 'heartbeat', 'held'].includes(reason));
        if (reason === 'listed') expect(row[i]?.['Helicopter']).to.be.at.least(0.3 - 1e-6);
        if (reason === 'held') expect(made[i - 1]?.open).to.equal(true);
        if (reason === 'no-audio') expect(row[i]).to.equal(undefined);
      });
      const opened = made.flatMap(({ open }, i) => (open ? [i] : []));
      opened.forEach((at, i) => { expect((opened[i + 1] ?? row.length) - at, 'never shut for longer than the heartbeat').to.be.at.most(11); });
    }));
  });
});

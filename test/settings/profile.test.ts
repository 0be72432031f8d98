import { expect } from 'chai';
import { Fault } from '../../src/faults.js';
import { readProfile } from '../../src/settings/profile.js';

const refusal = (...layers: unknown[]): Fault => {
  try {
    readProfile(...layers);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  return expect.fail('was accepted');
};

describe('readProfile', () => {
  it('is complete without any setting, and its defaults fit each other', () => {
    const profile = readProfile();
    expect(profile.gate.appearance).to.deep.equal({
      enabled: true, listed: { open: 0.3, close: 0.2 }, uncertain: { open: 0.8, close: 0.65 }, heartbeatS: 30, holdS: 1, cooldownS: 2,
    });
    expect(profile.gate.motion.enabled).to.equal(false);
    expect(profile.segment).to.deep.equal({ latenessS: 0.5, waiting: 1 });
    expect(profile.listen).to.deep.equal([]);
  });

  it('leaves the looking to a learned policy where one is named, unless told otherwise', () => {
    const { gate, packs } = readProfile({ packs: { policy: 'playground' } });
    expect(packs).to.deep.equal({ policy: 'playground', audio: 'ear' });
    expect([gate.appearance.heartbeatS, gate.motion.heartbeatS, gate.motion.enabled]).to.deep.equal([null, null, true]);
    const told = readProfile({ packs: { policy: 'playground' }, gate: { motion: { enabled: false } } }, { gate: { appearance: { heartbeatS: 10 } } });
    expect([told.gate.appearance.heartbeatS, told.gate.motion.enabled]).to.deep.equal([10, false]);
  });

  it('keeps the other defaults of a section when one of its fields is set', () => {
    const { gate } = readProfile({ gate: { appearance: { listed: { open: 0.6 } } } });
    expect(gate.appearance.listed).to.deep.equal({ open: 0.6, close: 0.2 });
    expect(gate.appearance.holdS).to.equal(1);
    expect(gate.motion.enabled).to.equal(false);
  });

  it('does not switch the motion sense on by another of its settings, but by a pack that it can use', () => {
    expect(readProfile({ gate: { motion: { holdS: 3 } } }).gate.motion.enabled).to.equal(false);
    expect(readProfile({ packs: { motion: 'stride' } }).gate.motion.enabled).to.equal(true);
    expect(readProfile({ packs: { motion: 'stride' }, gate: { motion: { enabled: false } } }).gate.motion.enabled).to.equal(false);
  });

  it('lays flags over a file, leaves what they do not say, and replaces lists whole', () => {
    const file = { listen: ['Speech', 'Bark'], gate: { appearance: { heartbeatS: 60, holdS: 3 } } };
    const flags = { listen: ['Helicopter'], gate: { appearance: { heartbeatS: null } }, look: undefined };
    const profile = readProfile(file, flags);
    expect(profile.listen).to.deep.equal(['Helicopter']);
    expect(profile.gate.appearance.heartbeatS).to.equal(null);
    expect(profile.gate.appearance.holdS).to.equal(3);
    expect(profile.look.toleranceS).to.equal(5);
  });

  it('names the path of an unknown key', () => {
    const fault = refusal({ gate: { appearance: { hartbeatS: 3 } } });
    expect(fault.kind).to.equal('settings-invalid');
    expect(fault.message).to.include('gate.appearance').and.to.include('hartbeatS');
  });

  const misfits: readonly (readonly [unknown, string])[] = [
    [{ gate: { appearance: { listed: { open: 0.4, close: 0.5 } } } }, 'gate.appearance.listed.close: 0.5 is above gate.appearance.listed.open, which is 0.4'],
    [{ gate: { motion: { uncertain: { close: 0.9 } } } }, 'gate.motion.uncertain.close: 0.9 is above gate.motion.uncertain.open, which is 0.8'],
    [{ emit: { confidence: 0.4, release: 0.5 } }, 'emit.release: 0.5 is above emit.confidence, which is 0.4'],
    [{ reconnect: { minS: 90 } }, 'reconnect.minS: 90 is above reconnect.maxS, which is 60'],
    [{ segment: { latenessS: 4 }, watchdog: { stallS: 3 } }, 'segment.latenessS: 4 is above watchdog.stallS, which is 3'],
    [{ look: { toleranceS: 15 } }, 'look.toleranceS: 15 is above what ring.maxS leaves for looking back, which is 13.5'],
  ];
  for (const [settings, sentence] of misfits) {
    it(`refuses ${JSON.stringify(settings)}`, () => {
      expect(refusal(settings).message).to.equal(`The settings are not valid: ${sentence}.`);
    });
  }

  it('says all that is wrong at once', () => {
    const { message } = refusal({ emit: { confidence: 2 }, ring: { maxS: 'long' }, listen: [''] });
    expect(message).to.include('emit.confidence:').and.to.include('ring.maxS:').and.to.include('listen.0:');
  });

  it('refuses what is not a set of settings', () => {
    expect(refusal('loud').message).to.match(/^The settings are not valid: settings: /);
  });
});

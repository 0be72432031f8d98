import { expect } from 'chai';
import fc from 'fast-check';
import { apart } from '../../pipelines/apart.js';
import { readProfile } from '../../src/settings/profile.js';

describe('heartbeats of many cameras', () => {
  const profile = readProfile({ gate: { appearance: { heartbeatS: 30 }, motion: { heartbeatS: null } } });
  const beatOf = (camera: string): number => apart(profile, camera).gate.appearance.heartbeatS ?? NaN;

  it('are a camera\'s own, the same on every run, never later than asked for, and changed in nothing else', () => {
    fc.assert(fc.property(fc.string({ minLength: 1 }), (camera) => {
      expect(beatOf(camera)).to.equal(beatOf(camera)).and.within(25.5, 30);
      const { gate: { appearance, ...rest } } = apart(profile, camera);
      expect({ ...appearance, heartbeatS: 30 }).to.deep.equal(profile.gate.appearance);
      expect(rest.motion, 'a heartbeat that is off stays off').to.deep.equal(profile.gate.motion);
    }));
  });

  it('do not fall together: of 60 cameras, few share a segment after a quarter of an hour', () => {
    const beats = Array.from({ length: 60 }, (_, i) => beatOf(`camera-${i}`));
    const places = beats.map((beat) => Math.floor((900 % beat) / 0.48));
    const most = Math.max(...places.map((place) => places.filter((other) => other === place).length));
    expect(most).to.be.at.most(8);
  });
});

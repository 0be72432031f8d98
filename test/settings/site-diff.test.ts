import { expect } from 'chai';
import * as fc from 'fast-check';
import { located, layered, plain } from '../../src/settings/located.js';
import { over, readProfile } from '../../src/settings/profile.js';
import { cameraChange, diffCameras, differences, needRestart } from '../../src/settings/site-diff.js';
import { readSite, type CameraSettings } from '../../src/settings/site.js';

const camera = (name: string, more: unknown = {}, url = 'rtsp://h'): CameraSettings => ({ name, source: { url }, profile: readProfile(more), shown: {} });
const byName = (cameras: readonly CameraSettings[]): Map<string, CameraSettings> => new Map(cameras.map((one) => [one.name, one]));

/** Definitions that differ in one thing or another. */
const definition = fc.record({
  url: fc.constantFrom('rtsp://a', 'rtsp://b'),
  confidence: fc.constantFrom(0.5, 0.6),
  heartbeatS: fc.constantFrom(10, 20),
  maxS: fc.constantFrom(20, 30),
  listen: fc.constantFrom([], ['siren']),
});
const cameras = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), definition, { noNullPrototype: true }).map((defined) => byName(Object.entries(defined).map(
  ([name, { url, confidence, heartbeatS, maxS, listen }]) => camera(name, { listen, emit: { confidence }, gate: { appearance: { heartbeatS } }, ring: { maxS } }, url),
)));

const json = fc.letrec<{ value: unknown; record: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.string({ maxLength: 3 }), fc.constant(null), fc.array(fc.integer(), { maxLength: 2 }), tie('record')),
  record: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { noNullPrototype: true }),
}));

describe('layers of settings', () => {
  it('lie over each other the same with places as without', () => {
    fc.assert(fc.property(json.record, json.record, (below, above) => {
      expect(plain(layered(located(below, ''), located(above, '')))).to.deep.equal(over(below, above));
    }));
  });

  it('change nothing where they say nothing, or the same again', () => {
    fc.assert(fc.property(json.record, (a) => {
      const x = located(a, '');
      for (const layers of [layered(x, located({}, '')), layered(located({}, ''), x), layered(x, x)]) expect(plain(layers)).to.deep.equal(a);
    }));
  });
});

describe('diffCameras', () => {
  it('puts every camera into exactly one group, and nothing into a group when nothing changed', () => {
    fc.assert(fc.property(cameras, cameras, (before, after) => {
      const { added, removed, changed, same } = diffCameras(before, after);
      const names = [...added.map(({ name }) => name), ...removed, ...changed.map(({ camera: { name } }) => name), ...same];
      expect(names.sort()).to.deep.equal([...new Set([...before.keys(), ...after.keys()])].sort());
      expect(diffCameras(after, new Map(after))).to.deep.equal({ added: [], removed: [], changed: [], same: [...after.keys()] });
    }));
  });

  it('leads from one to the other: what was, less what is removed, with what is added and changed, is what is', () => {
    fc.assert(fc.property(cameras, cameras, (before, after) => {
      const { added, removed, changed } = diffCameras(before, after);
      const made = new Map(before);
      for (const name of removed) made.delete(name);
      for (const one of [...added, ...changed.map(({ camera: changedOne }) => changedOne)]) made.set(one.name, one);
      expect(Object.fromEntries(made)).to.deep.equal(Object.fromEntries(after));
    }));
  });

  it('mirrors itself: what is added one way is removed the other way', () => {
    fc.assert(fc.property(cameras, cameras, (before, after) => {
      const [there, back] = [diffCameras(before, after), diffCameras(after, before)];
      expect(there.added.map(({ name }) => name).sort()).to.deep.equal([...back.removed].sort());
      const how = (diff: typeof there): string[] => diff.changed.map(({ camera: { name }, how: by }) => `${name} ${by}`).sort();
      expect(how(there)).to.deep.equal(how(back));
    }));
  });
});

describe('cameraChange', () => {
  const before = camera('a');

  for (const [what, more] of Object.entries({
    'emit.confidence': { emit: { confidence: 0.7 } },
    'gate.appearance.listed.open': { gate: { appearance: { listed: { open: 0.9 } } } },
    'gate.max_blackout_s': { gate: { maxBlackoutS: 9 } },
    'listen': { listen: ['siren'] },
    'believe.heard_s': { believe: { heardS: 3 } },
    'look.tolerance_s': { look: { toleranceS: 3 } },
    'whip.key_frame_wait_s': { whip: { keyFrameWaitS: 2 } },
  })) {
    it(`takes ${what} over in place`, () => {
      expect(cameraChange(before, camera('a', more))).to.deep.include({ how: 'in-place', paths: [what] });
    });
  }

  for (const [what, after] of Object.entries({
    'ring.max_s': camera('a', { ring: { maxS: 40 } }),
    'reconnect.min_s': camera('a', { reconnect: { minS: 2 } }),
    'packs.appearance': camera('a', { packs: { appearance: 'eye' } }),
    'segment.waiting': camera('a', { segment: { waiting: 2 } }),
    'source': camera('a', {}, 'rtsp://other'),
    'transport': { ...before, source: { url: 'rtsp://h', transport: 'udp' as const } },
  })) {
    it(`opens the camera anew for ${what}`, () => {
      expect(cameraChange(before, after)).to.deep.include({ how: 'new-connection', paths: [what] });
    });
  }

  it('is none when only the way of writing it changed', () => {
    const [one, other] = ['cameras: { a: { source: x, emit: { confidence: 0.5 } } }', 'emit:\n  confidence: 0.5\ncameras:\n  a:\n    source: x # the same'].map((text) => readSite(text, {}).settings?.cameras.get('a'));
    expect(cameraChange(one!, other!)).to.equal(undefined);
  });
});

describe('differences', () => {
  it('are none between equal values and some between others', () => {
    fc.assert(fc.property(json.record, json.record, (a, b) => {
      expect(differences(a, a)).to.deep.equal([]);
      expect(differences(a, b).length > 0).to.equal(differences(b, a).length > 0);
    }));
  });

  it('name what takes effect at the next start only', () => {
    const [before, after] = ['cameras: {}', 'serve: { port: 9 }\nthreads: 2\ncameras: {}'].map((text) => readSite(text, {}).settings);
    expect(needRestart(before!, after!)).to.have.members(['serve.port', 'threads']);
  });
});

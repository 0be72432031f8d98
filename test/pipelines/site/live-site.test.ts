import { expect } from 'chai';
import { NEVER, map, of, timer } from 'rxjs';
import { Fault } from '../../../src/faults.js';
import type { Session } from '../../../src/inference/types.js';
import type { Profile } from '../../../src/settings/profile.js';
import { readSite, type SiteSettings } from '../../../src/settings/site.js';
import { RtspServer } from '../../../tools/rtsp/server.js';
import { loadNets, type Nets } from '../../../pipelines/nets.js';
import { placedIn } from '../../../pipelines/site/place-of-fault.js';
import { until } from '../../fixtures/connections.js';
import { camera as cameraRecording } from '../../fixtures/recordings.js';
import { Bench, settings } from '../../fixtures/sites.js';

/** The number of each segment, from the first on: what is lost is missing here. */
const expectNoneLost = (bench: Bench, camera: string): void => {
  const indices = bench.segments(camera).map(({ index }) => index);
  expect(indices, `segments of ${camera}`).to.deep.equal(indices.map((_, i) => i));
  expect(bench.site.camera(camera)?.figures).to.include({ reconnects: 0, dropped: 0, segments: indices.length });
};

describe('a site of cameras', function () {
  this.timeout(90_000);
  let servers: RtspServer[];
  let benches: Bench[];
  const bench = (load?: (profile: Pick<Profile, 'packs'>) => Promise<Nets>): Bench => {
    const made = new Bench(load);
    benches.push(made);
    return made;
  };
  before(async () => {
    servers = await Promise.all([1, 2, 3].map(async () => {
      const server = new RtspServer(cameraRecording());
      await server.listen(0);
      return server;
    }));
  });
  after(async () => {
    await Promise.all(servers.map(async (server) => server.close()));
  });
  beforeEach(() => { benches = []; });
  afterEach(async () => {
    await Promise.all(benches.map(async (one) => one.close()));
  });
  const url = (i: number): string => servers[i]?.url() ?? '';

  it('adds, removes and changes cameras while another loses no segment, and nets are loaded once for all', async () => {
    let loaded = 0;
    const one = bench(async (profile) => {
      loaded += 1;
      return loadNets(profile);
    });
    await one.site.apply(settings(`cameras:\n  steady: { source: "${url(0)}" }\n  goes: { source: "${url(1)}" }\n  moves: { source: "${url(1)}" }`));
    for (const name of ['steady', 'goes', 'moves']) await one.heard(name, 2);
    expect(await one.site.apply(settings(`cameras:\n  steady: { source: "${url(0)}" }\n  moves: { source: "${url(2)}" }\n  comes: { source: "${url(1)}" }`))).to.have.deep.members([
      { camera: 'goes', line: 'removed', refused: false }, { camera: 'comes', line: 'added', refused: false },
      { camera: 'moves', line: 'changed source: the camera is opened anew', refused: false },
    ]);
    for (const name of ['comes', 'moves', 'steady']) await one.heard(name, 3);
    expect(one.site.cameras().map(({ name }) => name)).to.have.members(['steady', 'moves', 'comes']);
    expectNoneLost(one, 'steady');
    expect(one.states('steady')).to.deep.equal(['starting', 'running']);
    expect([loaded, one.shelf.size]).to.deep.equal([1, 1]);
    await one.close();
    expect(one.shelf.size, 'nets are closed with their last camera').to.equal(0);
  });

  it('takes a threshold over on the next segment: no new connection, no lost segment, and events as it says', async () => {
    const one = bench();
    const withConfidence = (confidence: number): SiteSettings => settings(`emit: { confidence: ${confidence}, release: 0.0005, min_duration_s: 0 }\ncameras: { dock: { source: "${url(0)}" } }`);
    await one.site.apply(withConfidence(1));
    await one.heard('dock', 3);
    expect(one.of('dock').filter(({ kind }) => kind === 'event')).to.deep.equal([]);
    expect(await one.site.apply(withConfidence(0.001))).to.deep.equal([{ camera: 'dock', line: 'changed emit.confidence: holds from now on, and the connection stays', refused: false }]);
    await one.heard('dock', 3);
    const begun = one.of('dock').flatMap((output) => (output.kind === 'event' && output.event.type === 'provisional' ? [output.event.id] : []));
    expect(begun.length).to.be.greaterThan(0);
    expectNoneLost(one, 'dock');
    expect(one.states('dock')).to.deep.equal(['starting', 'running']);
    await one.site.close();
    const ended = one.of('dock').flatMap((output) => (output.kind === 'event' && (output.event.type === 'end' || output.event.type === 'retracted') ? [output.event.id] : []));
    expect(ended, 'every event that began has ended').to.have.members([...new Set(one.of('dock').flatMap((output) => (output.kind === 'event' ? [output.event.id] : [])))]);
  });

  it('a camera whose definition does not fit fails alone, and one that runs keeps the definition that fits', async () => {
    const one = bench();
    await one.site.apply(settings(`cameras:\n  well: { source: "${url(0)}" }\n  wrong: { source: "${url(1)}", listen: [Helicopterr] }\n  packless: { source: "${url(1)}", packs: { audio: no-such-pack } }`));
    await one.heard('well', 2);
    expect(one.site.camera('wrong')).to.deep.include({ state: 'failed', retry_time: null }).and.to.have.nested.property('fault.kind', 'settings-invalid');
    expect(one.site.camera('packless')).to.have.nested.property('fault.kind', 'pack-not-found');
    expect(one.site.readiness().ready).to.equal(true);
    expect(one.site.readiness().reasons.join()).to.contain('wrong is failed');
    const done = await one.site.apply(settings(`cameras:\n  well: { source: "${url(0)}", listen: [helicopterr] }\n  wrong: { source: "${url(1)}", listen: [helicopter] }`));
    expect(done.filter(({ refused }) => refused).map(({ camera }) => camera)).to.deep.equal(['well']);
    expect(done.find(({ refused }) => refused)?.line).to.match(/^not taken over, the definition before goes on: .*Did you mean "helicopter"/);
    expect(one.site.readiness().reasons.join()).to.contain('well: its new definition was not taken over');
    await one.heard('wrong', 2);
    await one.heard('well', 2);
    expectNoneLost(one, 'well');
    expect(await one.site.apply(settings(`cameras:\n  well: { source: "${url(0)}" }\n  wrong: { source: "${url(1)}", listen: [helicopter] }`)))
      .to.deep.equal([{ camera: 'well', line: 'changed listen: it runs like that already', refused: false }]);
    expect(one.site.readiness()).to.deep.equal({ ready: true, reasons: [] });
  });

  it('logs a refused definition as an error with its place in the file, at the start and later', async () => {
    const one = bench();
    const placed = (text: string): Parameters<typeof one.site.apply>[0] => {
      const { settings: read, tree } = readSite(text, {});
      return { ...(read ?? expect.fail('no settings')), placed: placedIn('h.yaml', tree) };
    };
    const levelOf = (part: string): string | undefined => one.notes.map((line, i) => `${one.levels[i] ?? ''} ${line}`).find((line) => line.includes(part));
    await one.site.apply(placed(`cameras:\n  well: { source: "${url(0)}" }\n  wrong:\n    source: "${url(1)}"\n    listen: [Helicopterr]\n  odd: { source: "gopher://x/y" }`));
    await until(() => one.states('wrong').includes('failed') && one.states('odd').includes('failed'), () => 'both to fail');
    expect(levelOf('cameras.wrong')).to.match(/^error h\.yaml:5:5 cameras\.wrong\.listen: cannot be opened: .*Did you mean "helicopter"/);
    expect(levelOf('cameras.odd')).to.match(/^error h\.yaml:6:18 cameras\.odd\.source: cannot be opened: "gopher:" is not a kind of source/);
    await one.heard('well', 1);
    const done = await one.site.apply(placed(`listen: [rian]\ncameras:\n  well: { source: "${url(0)}" }\n`));
    expect(done.find(({ refused }) => refused)?.line).to.match(/^h\.yaml:1:1 listen: not taken over, the definition before goes on: /);
  });

  it('keeps its cameras when a configuration is not taken over, and says so until a good one comes', async () => {
    const one = bench();
    expect(one.site.readiness().ready, 'before anything was applied').to.equal(false);
    await one.site.apply(settings(`cameras: { dock: { source: "${url(0)}" } }`));
    await one.heard('dock', 1);
    one.site.complain('h.yaml', readSite('cameras: { dock: { sorce: x } }', {}).problems);
    expect(one.site.readiness().reasons.join()).to.contain('h.yaml:1:20 cameras.dock.sorce').and.contain('did you mean source?');
    await one.heard('dock', 1);
    await one.site.apply(settings(`cameras: { dock: { source: "${url(0)}" } }`));
    expect(one.site.readiness()).to.deep.equal({ ready: true, reasons: [] });
    expectNoneLost(one, 'dock');
  });

  it('shows the newest key frame as a JPEG, at most one a second, and no gate has decoded anything for it', async () => {
    const one = bench();
    await one.site.apply(settings(`cameras: { dock: { source: "${url(0)}" } }`));
    await one.heard('dock', 3);
    const { signal } = new AbortController();
    const [first, second] = await Promise.all([one.site.picture('dock', signal), one.site.picture('dock', signal)]);
    expect(first).to.equal(second);
    const { jpeg, timeS } = first ?? expect.fail('no picture');
    expect([...jpeg.subarray(0, 3), ...jpeg.subarray(-2)], 'start and end of a JPEG').to.deep.equal([0xff, 0xd8, 0xff, 0xff, 0xd9]);
    expect(timeS).to.be.within(Date.now() / 1000 - 10, Date.now() / 1000 + 1);
    expect((await one.host.health())[0]).to.include({ videoPacketsDecoded: 0, videoFramesDecoded: 0 });
    const later = await (async () => {
      await until(async () => (await one.site.picture('dock', signal))?.timeS !== timeS, () => 'the next key frame');
      return one.site.picture('dock', signal);
    })();
    expect(later?.timeS).to.be.greaterThan(timeS);
    const fault: unknown = await one.site.picture('nobody', signal).catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(Fault);
  });

  it('takes cameras over REST where the configuration allows it, and leaves the file its own', async () => {
    const one = bench();
    const file = settings(`sources: { allow: ["rtsp://127.0.0.1"] }\ncameras: { dock: { source: "${url(0)}" } }`);
    await one.site.apply(file);
    expect(await one.site.put('extra', { source: url(1) })).to.equal('added');
    expect(await one.site.put('extra', { source: url(1) })).to.equal('same');
    expect(await one.site.put('extra', { source: url(1), emit: { confidence: 0.9 } })).to.equal('changed');
    expect(one.site.camera('extra')).to.deep.include({ origin: 'rest', definition: { source: url(1), emit: { confidence: 0.9 } } });
    const refusals = await Promise.all([
      one.site.put('other', { source: 'rtsp://10.0.0.1/live' }), one.site.put('other', { source: url(1), emit: { confidence: 7 } }),
      one.site.put('other', { source: url(1), listen: ['no such sound'] }), one.site.put('dock', { source: url(1) }), one.site.put('a/b', { source: url(1) }),
    ].map(async (put) => put.then(() => 'taken', (error: unknown) => (error as Fault).kind)));
    expect(refusals).to.deep.equal(['source-forbidden', 'settings-invalid', 'settings-invalid', 'settings-invalid', 'settings-invalid']);
    expect(one.site.camera('other')).to.equal(undefined);
    await one.heard('extra', 1);
    await one.site.apply(file);
    expect(one.site.camera('extra')?.state, 'a reload of the file leaves it alone').to.equal('running');
    expect([await one.site.remove('dock'), await one.site.remove('extra'), await one.site.remove('extra')]).to.deep.equal([false, true, false]);
    await one.heard('dock', 1);
    expectNoneLost(one, 'dock');
  });

  it('lets other ways for publishers hold for the next one, without opening the camera anew, and shows no credential', async () => {
    const one = bench();
    const withTurn = (wait: number): SiteSettings => settings(`cameras: { porch: { source: whip, whip: { key_frame_wait_s: ${wait}, ice_servers: [{ url: "turn:t", username: me, credential: offen }] } } }`);
    await one.site.apply(withTurn(1));
    await until(() => one.states('porch').length > 0, () => 'the camera to wait for a publisher');
    expect(one.site.whip('porch')?.iceServers).to.have.length(1);
    expect(await one.site.apply(withTurn(2))).to.deep.equal([{ camera: 'porch', line: 'changed whip.key_frame_wait_s: holds from now on, and the connection stays', refused: false }]);
    expect(JSON.stringify(one.site.cameras())).to.contain('turn:t').and.not.contain('offen');
  });

  it('hides what is secret in reports and faults, and tries a camera again that refuses', async () => {
    const guarded = new RtspServer(cameraRecording(), { credentials: { user: 'viewer', password: 'right', scheme: 'digest' } });
    await guarded.listen(0);
    const one = bench();
    const { settings: read } = readSite(`reconnect: { max_s: 1 }\ncameras: { dock: { source: "${guarded.url({ user: 'viewer', password: 'X' }).replace(':X@', ':${PASS}@')}" } }`, { PASS: 'geheim' });
    await one.site.apply(read!);
    await until(() => one.states('dock').filter((state) => state === 'failed').length >= 2, () => `two refusals, but ${one.states('dock').join()}`);
    const report = one.site.camera('dock');
    expect(report?.fault?.kind).to.equal('source-login-refused');
    expect(report?.retry_time).to.be.a('number');
    expect(JSON.stringify([report, one.outputs, one.notes, one.site.readiness()])).to.not.match(/geheim|viewer:/);
    expect(one.site.readiness().ready, 'the only camera brings nothing').to.equal(false);
    await guarded.close();
  });

  describe('with nets that misbehave', () => {
    const withSession = async (profile: Pick<Profile, 'packs'>, more: Partial<Session>): Promise<Nets> => {
      const nets = await loadNets(profile);
      return { ...nets, audio: { ...nets.audio, session: { ...nets.audio.session, macs: nets.audio.session.macs, inputs: nets.audio.session.inputs, outputs: nets.audio.session.outputs, run: (feeds) => nets.audio.session.run(feeds), close: async () => nets.audio.session.close(), ...more } } };
    };

    it('a machine that does not follow makes a camera blocked, which is never a reason to connect anew', async () => {
      const one = bench(async (profile) => {
        const labels = (await loadNets(profile)).audio.labels.length;
        return withSession(profile, { run: () => timer(1500).pipe(map(() => ({ scores: { data: new Float32Array(labels), dims: [1, labels] } }))) });
      });
      await one.site.apply(settings(`watchdog: { stall_s: 2 }\ncameras: { dock: { source: "${url(0)}" } }`));
      await until(() => (one.site.camera('dock')?.figures.dropped ?? 0) > 6, () => `drops, but ${JSON.stringify(one.site.camera('dock'))}`);
      // A machine that was held up between two readings takes that for a silence of the camera at first.
      await until(() => one.site.camera('dock')?.state === 'blocked', () => `it to be blocked, but ${one.states('dock').join()}`);
      expect(one.states('dock')).to.deep.equal(['starting', 'running', 'blocked']);
      expect(one.site.camera('dock')?.figures.reconnects).to.equal(0);
    });

    it('a step that never ends does not keep the site from ending, nor its events', async () => {
      let stuck = false;
      const one = bench(async (profile) => {
        const nets = await loadNets(profile);
        return withSession(profile, { run: (feeds) => (stuck ? NEVER : nets.audio.session.run(feeds)) });
      });
      await one.site.apply(settings(`emit: { confidence: 0.001, release: 0 }\ncameras: { dock: { source: "${url(0)}" } }`));
      await until(() => one.of('dock').some(({ kind }) => kind === 'event'), () => 'an event');
      stuck = true;
      await until(() => (one.site.camera('dock')?.figures.dropped ?? 0) > 0, () => 'the step to hang');
      const startMs = performance.now();
      await one.site.close();
      // A promise of the product: under 5 s for all of it.
      expect(performance.now() - startMs).to.be.lessThan(4_000);
      const open = new Set<string>();
      for (const output of one.of('dock')) {
        if (output.kind !== 'event') continue;
        if (output.event.type === 'end' || output.event.type === 'retracted') open.delete(output.event.id);
        else open.add(output.event.id);
      }
      expect([...open]).to.deep.equal([]);
    });

    it('an error in one camera ends that camera alone, and it is tried again', async () => {
      const one = bench(async (profile) => {
        if (profile.packs.appearance !== 'sick') return loadNets(profile);
        return withSession({ packs: { audio: 'ear' } }, { run: () => { throw new Fault('inference', 'inference-failed', 'The net broke.'); } });
      });
      await one.site.apply(settings(`reconnect: { max_s: 0.5, min_s: 0.5 }\ncameras:\n  well: { source: "${url(0)}" }\n  sick: { source: "${url(1)}", packs: { appearance: sick } }`));
      await until(() => one.states('sick').filter((state) => state === 'failed').length >= 2, () => 'two failures');
      expect(one.site.camera('sick')?.fault?.message).to.equal('The net broke.');
      await one.heard('well', 2);
      expectNoneLost(one, 'well');
    });

    it('a gate that has been shut for longer than max_blackout_s is said to be a blackout', async () => {
      const one = bench(async (profile) => {
        const nets = await loadNets(profile);
        return { ...nets, appearance: { ...nets.audio, labels: ['a', 'b'], session: { ...nets.audio.session, run: () => of({}) }, manifest: { ...nets.audio.manifest, input: { tensor: { name: 'x', dims: [1, 8, 8, 3] }, from: { kind: 'picture', width: 8, height: 8, layout: 'nhwc', scale: 1, offset: 0 } } } } };
      });
      const withHeartbeat = (heartbeat: string): SiteSettings => settings(`gate: { heartbeat_s: ${heartbeat}, max_blackout_s: 1, appearance: { listed: { open: 1, close: 1 }, uncertain: { open: 1, close: 1 } } }\ncameras: { dock: { source: "${url(0)}" } }`);
      await one.site.apply(withHeartbeat('null'));
      await until(() => one.site.camera('dock')?.gates.appearance?.blackout === true, () => `a blackout, but ${JSON.stringify(one.site.camera('dock')?.gates)}`);
      expect(one.site.camera('dock')?.state, 'the source is well').to.equal('running');
      expect(one.site.readiness().reasons.join()).to.contain('dock: its appearance gate has been shut for longer than max_blackout_s');
      expect(one.site.readiness().ready).to.equal(true);
    });
  });
});

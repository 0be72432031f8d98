import { expect } from 'chai';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lastValueFrom, tap, toArray } from 'rxjs';
import type { Output, SegmentMessage } from '../../src/emit/types.js';
import { MediaHost } from '../../src/media/host.js';
import type { HmsNet } from '../../src/policy/hms/net.js';
import { readProfile, type Profile } from '../../src/settings/profile.js';
import { loadNets, type Nets } from '../../pipelines/nets.js';
import { stream } from '../../pipelines/stream.js';
import { hearken } from '../fixtures/command.js';
import { folder, pictures, recording, tone } from '../fixtures/recordings.js';
import { timeless } from '../fixtures/timeless.js';
import { faultOf } from '../inference/shared.js';
import { replaceEye, writeMind, type MindOptions } from './minds.js';
import { NOW_S, restless } from './restless.js';

/** A seed whose gates both open and stay shut on this recording. */
const BOTH_WAYS = 13;

const segmentsOf = (outputs: readonly Output[]): SegmentMessage[] => outputs.flatMap((output) => (output.kind === 'segment' ? [output.segment] : []));

let made = 0;
/** A mind in a folder of its own, loaded. */
const mind = async (options: MindOptions, profile: (place: string) => Profile = (policy) => readProfile({ packs: { policy } })): Promise<{ nets: Nets; profile: Profile; place: string }> => {
  const place = await writeMind(join(folder(), `minds-${(made += 1)}`), options);
  const wanted = profile(place);
  return { nets: await loadNets(wanted), profile: wanted, place };
};

describe('a stream under a learned policy', () => {
  let host: MediaHost;
  beforeEach(() => { host = new MediaHost(); });
  afterEach(async () => { await host.close(); });

  const outputsOf = async (nets: Nets, profile: Profile, url: string, onOutput: (output: Output) => void = () => undefined): Promise<Output[]> => lastValueFrom(stream({
    camera: 'test', source: { url }, profile, nets, host, firstFailure: 'fatal', stop: new AbortController().signal,
  }).pipe(tap(onOutput), toArray()));

  it('with its gates shut decodes no picture and runs no net but the ear and its own two stages', async () => {
    const { nets, profile } = await mind({ lean: -100 });
    const runs: string[] = [];
    const counted = Object.fromEntries(Object.entries(nets.policy!.net.stages).map(([stage, session]) => [stage, { ...session, run: (feeds: Parameters<typeof session.run>[0]) => {
      runs.push(stage);
      return session.run(feeds);
    } }])) as unknown as HmsNet['stages'];
    const spied = { ...nets, policy: { ...nets.policy!, net: { ...nets.policy!.net, stages: counted } } };
    const segments = segmentsOf(await outputsOf(spied, profile, restless('restless.mkv')));
    expect(segments.length).to.be.greaterThan(8);
    expect(segments.every(({ gate }) => gate.appearance?.open === false && gate.motion?.open === false && gate.appearance.reason === 'learned')).to.equal(true);
    expect(segments.every(({ known }) => known?.length === 3)).to.equal(true);
    const [health] = await host.health();
    expect(health).to.include({ videoPacketsDecoded: 0, videoFramesDecoded: 0 });
    expect(runs.sort()).to.deep.equal([...segments.map(() => 'believe'), ...segments.map(() => 'listen')]);
    const { listen, believe } = nets.policy!.net.stages;
    expect(segments[0]!.cost.gmacs).to.be.closeTo((nets.audio.session.macs + listen.macs + believe.macs) / 1e9, 1e-6);
    await nets.close();
  });

  it('with its gates open looks and watches on every segment', async () => {
    const { nets, profile } = await mind({ lean: 100 });
    const segments = segmentsOf(await outputsOf(nets, profile, restless('restless.mkv')));
    expect(segments.every(({ gate, unanswered }) => gate.appearance?.open === true && gate.motion?.open === true && Object.keys(unanswered).length === 0)).to.equal(true);
    const { listen, look, watch } = nets.policy!.net.stages;
    const all = [nets.audio.session, nets.appearance!.session, nets.motion!.session, listen, look, watch].reduce((sum, { macs }) => sum + macs, 0);
    expect(segments[0]!.cost.gmacs).to.be.closeTo(all / 1e9, 1e-6);
    await nets.close();
  });

  for (const unseen of ['zero', 'last', 'nested'] as const) {
    it(`decides for itself, says the same again, and its past does not depend on its future (unseen: ${unseen})`, async () => {
      const { nets, profile } = await mind({ unseen, seed: BOTH_WAYS });
      const told = await outputsOf(nets, profile, restless('restless.mkv'));
      expect(timeless(await outputsOf(nets, profile, restless('restless.mkv')))).to.equal(timeless(told));
      const segments = segmentsOf(told);
      for (const sense of ['appearance', 'motion'] as const) {
        const opens = segments.map(({ gate }) => gate[sense]!.open);
        expect(opens.includes(true) && opens.includes(false), `${sense}: ${opens.join()}`).to.equal(true);
      }
      const noise = segmentsOf(await outputsOf(nets, profile, restless('another-future.mkv', 40)));
      const before = (all: readonly SegmentMessage[]): SegmentMessage[] => all.filter(({ end_time: end }) => end <= NOW_S);
      expect(before(segments).length).to.be.greaterThan(4);
      expect(timeless(before(noise))).to.equal(timeless(before(segments)));
      expect(timeless(noise)).to.not.equal(timeless(segments));
      await nets.close();
    });
  }

  it('makes events of its own labels only, at their probability, and never of the background', async () => {
    const { nets, profile: { emit, ...rest } } = await mind({ seed: 2 });
    const outputs = await outputsOf(nets, { ...rest, emit: { ...emit, confidence: 0.3, minDurationS: 0 } }, restless('restless.mkv'));
    const labels = new Set(outputs.flatMap((output) => (output.kind === 'event' ? [output.event.label] : [])));
    expect(labels.size).to.be.greaterThan(0);
    expect([...labels].every((label) => ['one', 'two', 'three'].includes(label)), [...labels].join()).to.equal(true);
    for (const output of outputs) if (output.kind === 'event' && output.event.type === 'provisional') expect(output.event.score).to.be.at.least(0.3);
    await nets.close();
  });

  it('confirms its events by the rule of its pack, unless the profile says how', async () => {
    const { nets, profile: { emit, ...rest } } = await mind({ seed: 2, confirmation: [null, null, 0.3] });
    const confirmed = async (more: Partial<typeof emit>): Promise<(readonly [number, string])[]> =>
      (await outputsOf(nets, { ...rest, emit: { ...emit, confidence: 0.3, ...more } }, restless('restless.mkv')))
        .flatMap((output) => (output.kind === 'event' && output.event.type === 'confirmed' ? [[Math.round((output.event.observed_s - 0.5) / 0.48), output.event.reason] as const] : []));
    const byRule = await confirmed({});
    expect(byRule.length).to.be.above(0);
    expect(byRule.every(([segment, reason]) => segment >= 3 && reason === 'horizon'), JSON.stringify(byRule)).to.equal(true);
    expect((await confirmed({ minDurationS: 0 })).every(([segment, reason]) => segment === 1 && reason === 'confident')).to.equal(true);
    expect((await confirmed({ early: { boundary: [0.3] } })).every(([segment, reason]) => segment === 1 && reason === 'confident')).to.equal(true);
    await nets.close();
  });

  it('goes on without sound, and without pictures', async () => {
    const { nets, profile } = await mind({ lean: 100 });
    const mute = segmentsOf(await outputsOf(nets, profile, recording('mute.mp4', () => ({ video: pictures(4, { fps: 25 }) }))));
    expect(mute.length).to.be.greaterThan(4);
    expect(mute.every(({ known, looked, unanswered }) => known !== undefined && looked && unanswered.audio === 'no-audio')).to.equal(true);
    const blind = segmentsOf(await outputsOf(nets, profile, recording('blind.mp4', () => ({ audio: tone(4) }))));
    expect(blind.every(({ known, looked, unanswered }) => known !== undefined && !looked && unanswered.appearance === 'no-video' && unanswered.motion === 'no-video')).to.equal(true);
    await nets.close();
  });

  it('heeds what the profile forbids', async () => {
    const { nets, profile } = await mind({ lean: 100 }, (policy) => readProfile({ packs: { policy }, gate: { appearance: { enabled: false }, motion: { enabled: false } } }));
    const segments = segmentsOf(await outputsOf(nets, profile, restless('restless.mkv')));
    expect(segments.every(({ gate, looked }) => gate.appearance?.reason === 'off' && gate.motion?.reason === 'off' && !looked)).to.equal(true);
    await nets.close();
  });

  it('steps as it was trained to, not as the audio net hops', async () => {
    const { nets, profile } = await mind({ stepS: 0.96 });
    const segments = segmentsOf(await outputsOf(nets, profile, restless('restless.mkv')));
    expect(segments[1]!.start_time - segments[0]!.start_time).to.be.closeTo(0.96, 1e-6);
    await nets.close();
    await faultOf('pack-invalid', () => mind({ stepS: 2 }));
  });
});

describe('the commands that name a learned policy', () => {
  let place: string;
  before(async () => { place = await writeMind(join(folder(), 'minds-command'), { seed: BOTH_WAYS }); });

  it('watch says what it knows', async () => {
    const watched = await hearken(['watch', restless('restless.mkv'), '--policy', place, '--json']);
    expect(watched.code, watched.stderr.join()).to.equal(0);
    const segments = watched.stdout.map((line) => JSON.parse(line) as { schema: string; known?: unknown[] }).filter(({ schema }) => schema === 'hearken.segment.v1');
    expect(segments.length).to.be.greaterThan(8);
    expect(segments.every(({ known }) => known?.length === 3)).to.equal(true);
  });

  it('models show says what it is, what it rests on and costs', async () => {
    const shown = (await hearken(['models', 'show', place])).stdout.join('\n');
    for (const part of ['policy: hms, 4 labels (background: nothing)', 'audio by ear', 'appearance by test-eye', 'it goes on with zeros', 'listen', 'common 1.00']) expect(shown).to.include(part);
  });

  it('doctor says when it cannot be used', async () => {
    const doctor = await hearken(['doctor', restless('restless.mkv'), '--policy', 'ear', '--json']);
    expect(doctor.code).to.equal(0);
    expect((JSON.parse(doctor.stdout[0]!) as { problems: string[] }).problems.join()).to.include('ear holds no policy');
  });
});

describe('the packs of a learned policy', () => {
  it('are found beside it; a net that is another is refused, one that is missing named', async () => {
    const place = await writeMind(join(folder(), 'minds-other'));
    const profile = readProfile({ packs: { policy: place } });
    await (await loadNets(profile)).close();
    await replaceEye(dirname(place));
    expect((await faultOf('pack-hash-mismatch', () => loadNets(profile))).message).to.match(/test-mind.*appearance net \w+… of the pack test-eye/);
    rmSync(join(dirname(place), 'test-stride'), { recursive: true });
    rmSync(join(dirname(place), 'test-eye'), { recursive: true });
    expect((await faultOf('pack-not-found', () => loadNets(profile))).message).to.match(/test-mind senses with the pack test-(eye|stride)/);
  });

  it('may be named, if they hold the very net', async () => {
    const place = await writeMind(join(folder(), 'minds-named'));
    const eye = join(dirname(place), 'test-eye');
    await (await loadNets(readProfile({ packs: { policy: place, appearance: eye } }))).close();
    await faultOf('pack-invalid', () => loadNets(readProfile({ packs: { policy: place, motion: eye } })));
  });

  it('are asked for a policy that they do not have', async () => {
    const fault = await faultOf('pack-invalid', () => loadNets(readProfile({ packs: { policy: 'ear' } })));
    expect(fault.message).to.include('ear holds no policy').and.include('audio');
    expect(fault.remedy).to.include('hearken learn');
  });
});

import { expect } from 'chai';
import { firstValueFrom, map, tap } from 'rxjs';
import type { SourceEvent } from '../../src/ingest/types.js';
import { segmentEvery } from '../../src/segment/segment-every.js';
import type { Segment } from '../../src/segment/types.js';
import type { Picture } from '../../src/media/types.js';
import type { MediaHost } from '../../src/media/host.js';
import { hosts, Heard, until, videoOf } from '../fixtures/connections.js';
import { isRedBelow, numberOf } from '../fixtures/pictures.js';
import { pictures, recording } from '../fixtures/recordings.js';
import { follow, source, statesOf } from '../fixtures/sources.js';
import { servers } from '../fixtures/servers.js';
import { readRecording } from '../../tools/rtsp/tracks.js';

const S = 1_000_000;

/** Follows a source as the product does, in segments of 0.96 s every 0.48 s. */
const segmentsOf = (host: MediaHost, url: string) => {
  const events: SourceEvent[] = [];
  const segments: Segment[] = [];
  const heard = new Heard(source(host, { url }).pipe(
    tap((event) => { events.push(event); }),
    segmentEvery({ windowUs: 960_000, hopUs: 480_000, latenessUs: 500_000 }),
    map((segment) => ({ kind: 'segment' as const, segment })),
  ), ({ segment }) => {
    segments.push(segment);
    segment.release();
  });
  return { heard, events, segments };
};

describe('A camera that fails', function () {
  this.timeout(90_000);
  const host = hosts();
  const serve = servers();
  const running = async (heard: Heard<SourceEvent>, connection: number): Promise<void> =>
    heard.until(() => heard.of('opened').length >= connection && statesOf(heard).at(-1) === 'running', `connection ${connection} to run`);

  it('comes back when it was cut off, and media time goes on', async () => {
    const server = await serve();
    const heard = follow(host(), server.url());
    await heard.until(({ heardUs }) => heardUs > S, 'sound');
    const beforeUs = heard.heardUs;
    server.kill();
    await running(heard, 2);
    expect(statesOf(heard).slice(0, 5)).to.deep.equal(['starting', 'running', 'stalled', 'starting', 'running']);
    expect(heard.of('state')[2]?.fault?.kind).to.equal('source-lost');
    const second = heard.of('opened')[1];
    expect(second?.connection).to.equal(2);
    expect(second?.startUs).to.be.at.least(beforeUs);
    await heard.until(({ heardUs }) => heardUs > (second?.startUs ?? 0) + S, 'sound after it');
    const times = heard.sound.map(({ startUs }) => startUs);
    // Up to a frame of sound: the first packets of a session have no time of their own.
    times.forEach((timeUs, i) => { expect(timeUs).to.be.greaterThan((times[i - 1] ?? -1e6) - 50_000); });
  });

  it('comes back after it was away for a while', async () => {
    const server = await serve();
    const heard = follow(host(), server.url());
    await running(heard, 1);
    await server.close();
    await heard.until(() => heard.of('state').filter(({ fault }) => fault?.kind === 'source-refused').length >= 2, 'two attempts that are refused');
    await server.listen();
    await running(heard, 2);
  });

  it('is found out by our own watchdog when it freezes, and comes back', async () => {
    const server = await serve();
    const heard = follow(host(), server.url(), { stallS: 1.5 });
    await heard.until(({ heardUs }) => heardUs > S, 'sound');
    server.switches.frozen = true;
    await heard.until(() => statesOf(heard).includes('stalled'), 'the stall');
    expect(heard.of('state').find(({ state }) => state === 'stalled')?.fault?.kind).to.equal('source-stalled');
    server.switches.frozen = false;
    await running(heard, 2);
  });

  it('is told apart from its neighbours: they notice nothing', async () => {
    const [sick, well] = [await serve(), await serve()];
    const one = host();
    const [first, second] = [follow(one, sick.url(), { stallS: 1.5 }), follow(one, well.url(), { stallS: 20 })];
    await running(first, 1);
    await running(second, 1);
    sick.switches.frozen = true;
    await first.until(() => statesOf(first).includes('stalled'), 'the stall');
    const reachedUs = second.heardUs;
    await second.until(({ heardUs }) => heardUs > reachedUs + S, 'the other to go on');
    expect(statesOf(second)).to.deep.equal(['starting', 'running']);
    expect(one.pids).to.have.length(1);
  });

  it('resumes in a new process when its media process crashed', async () => {
    const server = await serve();
    const one = host();
    const heard = follow(one, server.url());
    await running(heard, 1);
    const [pid] = one.pids;
    process.kill(pid ?? expect.fail('no process'), 'SIGKILL');
    await running(heard, 2);
    expect(heard.of('state').find(({ state }) => state === 'stalled')?.fault?.kind).to.equal('media-process-crashed');
    expect(one.pids).to.have.length(1);
    expect(one.pids[0]).to.not.equal(pid);
  });

  it('sends no key frame any more: it says so, and listens on', async () => {
    const server = await serve();
    server.switches.withoutKeyFrames = true;
    const heard = follow(host(), server.url());
    await heard.until(({ heardUs, seenUs }) => Math.min(heardUs, seenUs) > 2 * S, 'sound');
    expect(heard.progress.every(({ packets, dropped }) => packets === dropped)).to.equal(true);
    const answer = await firstValueFrom(videoOf(heard).frameAt({ timeUs: S, size: { width: 8, height: 8 }, toleranceUs: S }));
    expect(answer.reason).to.equal('no-key-frame');
    expect(statesOf(heard)).to.deep.equal(['starting', 'running']);
  });

  it('changes its resolution in mid-stream: pictures go on in the size that was asked for', async () => {
    const server = await serve();
    const heard = follow(host(), server.url());
    await running(heard, 1);
    const look = async (timeUs: number): Promise<Picture> => {
      await heard.until(({ seenUs }) => seenUs >= timeUs, 'pictures');
      const { picture, reason } = await firstValueFrom(videoOf(heard).frameAt({ timeUs, size: { width: 80, height: 48 }, toleranceUs: 2 * S }));
      return picture ?? expect.fail(`no picture: ${reason ?? ''}`);
    };
    const before = await look(1.5 * S);
    server.switches.instead = readRecording(recording('camera-large.mkv', () => ({ video: pictures(8, { fps: 20, width: 320, height: 192 }) })));
    const after = await look(4.5 * S);
    for (const picture of [before, after]) {
      expect([picture.width, picture.height]).to.deep.equal([80, 48]);
      expect(numberOf(picture), 'the frame of its time, 20 a second').to.equal(Math.round(picture.timeUs / 50_000));
      expect(isRedBelow(picture)).to.equal(true);
    }
    expect(statesOf(heard)).to.deep.equal(['starting', 'running']);
    const clip = await firstValueFrom(videoOf(heard).clip({ fromUs: 4 * S, toUs: 4.4 * S, count: 2, size: { width: 80, height: 48 } }));
    expect(clip.pictures.map(numberOf)).to.have.length(2);
  });

  it('sends its sound late: pictures come, and the sound comes in at its time', async () => {
    const server = await serve();
    server.switches.soundFromS = 1.6;
    const { heard, events, segments } = segmentsOf(host(), server.url());
    await heard.until(() => segments.length >= 7, 'segments');
    const sounds = events.flatMap((event) => (event.kind === 'audio' ? [event.startUs] : []));
    expect(sounds[0]).to.be.within(1.1 * S, 2.5 * S);
    expect(segments[0]?.audio).to.equal(undefined);
    expect(segments.at(-1)?.audio?.missing).to.deep.equal([]);
  });

  it('loses packets over UDP, and goes on', async () => {
    const server = await serve();
    server.switches.loss = 0.05;
    const heard = follow(host(), server.url(), { transport: 'udp' });
    await heard.until(({ heardUs, seenUs }) => Math.min(heardUs, seenUs) > 3 * S, 'sound and pictures');
    expect(heard.of('opened')).to.have.length(1);
    const answer = await firstValueFrom(videoOf(heard).clip({ fromUs: S, toUs: 2 * S, count: 4, size: { width: 16, height: 16 } }));
    expect(answer.pictures.length === 4 || answer.reason !== undefined).to.equal(true);
  });
});

describe('Timestamps of a camera', function () {
  this.timeout(90_000);
  const host = hosts();
  const serve = servers();

  const inOrder = (segments: readonly Segment[]): void => {
    segments.forEach((segment, i) => {
      const before = segments[i - 1];
      if (before !== undefined) expect(segment.startUs).to.be.greaterThan(before.startUs);
    });
  };

  it('wrap at 32 bits, of pictures and of sound, and nobody notices', async () => {
    const server = await serve();
    server.switches.firstTimestamps = { video: 2 ** 32 - 90_000, audio: 2 ** 32 - 1.5 * 48_000 };
    const { heard, events, segments } = segmentsOf(host(), server.url());
    await heard.until(() => segments.length >= 6, 'segments beyond the wraps');
    inOrder(segments);
    expect(segments.slice(1).some(({ discontinuity }) => discontinuity)).to.equal(false);
    expect(segments.slice(1, 6).every(({ audio }) => audio?.missing.length === 0)).to.equal(true);
    expect(segments.at(-1)!.startUs - segments[0]!.startUs).to.equal((segments.length - 1) * 480_000);
    expect(events.filter(({ kind }) => kind === 'opened')).to.have.length(1);
  });

  it('jump back a minute: a new era begins, time goes on', async () => {
    const server = await serve();
    const { heard, events, segments } = segmentsOf(host(), server.url());
    await heard.until(() => segments.length >= 2, 'segments');
    server.jump(-60);
    // What was under way when it jumped still comes; the new era says where it begins.
    const first = (): Segment | undefined => segments.find(({ index, discontinuity }) => index > 0 && discontinuity);
    await heard.until(() => segments.at(-1)!.startUs > (first()?.endUs ?? Infinity) + S, 'segments of a new era');
    inOrder(segments);
    expect(segments.at(-1)!.audio?.missing).to.deep.equal([]);
    expect(events.filter(({ kind }) => kind === 'opened')).to.have.length(1);
  });

  it('drift between sound and pictures is kept within bounds and marked', async () => {
    const server = await serve(undefined, { speed: 3 });
    // 20 000 ppm: forty milliseconds in two seconds.
    server.switches.soundDriftPpm = 20_000;
    const { heard, segments } = segmentsOf(host(), server.url());
    await heard.until(() => segments.length >= 18, 'segments');
    inOrder(segments);
    expect(segments.every(({ discontinuity }, i) => i === 0 || !discontinuity)).to.equal(true);
    for (const { audio } of segments.slice(1)) expect(audio?.missing.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0) ?? 0).to.be.lessThan(200_000);
  });
});

describe('Six reconnections', function () {
  this.timeout(120_000);
  const host = hosts();
  const serve = servers();

  it('leave no native object behind', async () => {
    const server = await serve();
    const one = host();
    const heard = follow(one, server.url());
    for (let connection = 1; connection <= 6; connection += 1) {
      await heard.until(() => heard.of('opened').length >= connection && heard.progress.length > connection, `connection ${connection}`);
      server.kill();
    }
    heard.subscription.unsubscribe();
    let left: unknown;
    await until(async () => {
      const [health] = await one.health();
      left = health;
      return health?.connections === 0 && Object.values(health.natives).every((count) => count === 0);
    }, () => `nothing to be left, but there is ${JSON.stringify(left)}`);
  });
});

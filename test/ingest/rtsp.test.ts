import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import type { SourceEvent } from '../../src/ingest/types.js';
import type { MediaHost } from '../../src/media/host.js';
import { hosts, until, totals, videoOf, type Heard } from '../fixtures/connections.js';
import { isRedBelow, numberOf } from '../fixtures/pictures.js';
import { camera, pictures, recording, tone } from '../fixtures/recordings.js';
import { loudnessAt, soundOf } from '../fixtures/sounds.js';
import { servers } from '../fixtures/servers.js';
import { follow, statesOf } from '../fixtures/sources.js';

const S = 1_000_000;
const SIZE = { width: 160, height: 96 };

const heardFor = async (heard: Heard<SourceEvent>, us: number): Promise<void> => {
  await heard.until(({ heardUs, seenUs, over }) => over || Math.min(heardUs, seenUs) >= us, `${us / S} s of sound and pictures`);
  expect(heard.error).to.equal(undefined);
};

describe('RTSP', function () {
  this.timeout(60_000);
  const host = hosts();
  const serve = servers();

  for (const transport of ['tcp', 'udp'] as const) {
    it(`plays over ${transport.toUpperCase()}: sound and pictures, whole and in time`, async () => {
      const server = await serve();
      const one = host();
      const heard = follow(one, server.url(), { transport });
      await heardFor(heard, 2.5 * S);
      const info = heard.of('opened')[0]?.info;
      expect(info).to.include({ container: 'rtsp', live: true });
      expect([info?.audio?.codec, info?.video?.codec]).to.deep.equal(['aac', 'h264']);
      expect(statesOf(heard)).to.deep.equal(['starting', 'running']);
      const samples = soundOf(heard.sound, S / 2, 2.5 * S);
      expect(samples.some(Number.isNaN)).to.equal(false);
      expect(loudnessAt(samples, 440)).to.be.closeTo(0.5, 0.02);
      expect((await totals(one)).packetsDecoded).to.equal(0);
      const { picture } = await firstValueFrom(videoOf(heard).frameAt({ timeUs: 2 * S, size: SIZE, toleranceUs: 2 * S }));
      if (picture === undefined) return expect.fail('no picture');
      expect(numberOf(picture) % 20).to.equal(0);
      expect(isRedBelow(picture)).to.equal(true);
    });
  }

  it('knows the size of the pictures from the SDP, and where that does not tell from the first key frame, without decoding it', async () => {
    const [telling, silent] = [await serve(), await serve(undefined, { withoutParameterSets: true })];
    const one = host();
    for (const server of [telling, silent]) {
      const heard = follow(one, server.url());
      await heardFor(heard, S);
      const info = heard.of('opened')[0]?.info;
      expect(info?.video).to.include({ codec: 'h264', width: 160, height: 96 });
      // What came while the size was waited for is there, and is put at its time.
      expect(heard.sound[0]?.startUs).to.be.closeTo(0, 50_000);
    }
    expect((await totals(one)).packetsDecoded).to.equal(0);
  });

  it('gives the frame on screen, also of a stream with B-frames', async () => {
    const path = recording('camera-b.mkv', () => ({ video: pictures(8, { fps: 20, bFrames: 2 }), audio: tone(8) }));
    const server = await serve(path);
    const heard = follow(host(), server.url());
    await heardFor(heard, 2.2 * S);
    const video = videoOf(heard);
    const at = async (timeUs: number) => (await firstValueFrom(video.frameAt({ timeUs, size: SIZE, toleranceUs: 2 * S, exact: true }))).picture ?? expect.fail('no picture');
    const first = await at(1_200_000);
    for (const later of [1, 2, 3, 4, 5, 9]) {
      const picture = await at(first.timeUs + later * 50_000 + 1_000);
      expect(numberOf(picture)).to.equal(numberOf(first) + later);
    }
  });

  it('plays PCM A-law', async () => {
    const server = await serve(recording('camera-alaw.mkv', () => ({ video: pictures(8, { fps: 20 }), audio: tone(8, { codec: 'pcm_alaw', sampleRateHz: 8_000 }) })));
    const heard = follow(host(), server.url());
    await heardFor(heard, 2 * S);
    expect(heard.of('opened')[0]?.info.audio).to.deep.equal({ codec: 'pcm_alaw', sampleRateHz: 8_000, channels: 1 });
    expect(loudnessAt(soundOf(heard.sound, S / 2, 2 * S), 440)).to.be.closeTo(0.5, 0.02);
  });

  it('goes on where the recording is looped', async () => {
    const server = await serve(recording('camera-1s.mkv', () => ({ video: pictures(1, { fps: 20 }), audio: tone(1) })));
    const heard = follow(host(), server.url());
    await heardFor(heard, 2.8 * S);
    expect(heard.sound.some(({ discontinuity }) => discontinuity === true)).to.equal(false);
    expect(heard.of('opened')).to.have.length(1);
  });

  it('tells the server goodbye', async () => {
    const server = await serve();
    const heard = follow(host(), server.url());
    await heardFor(heard, S / 2);
    expect(server.watching).to.equal(1);
    heard.subscription.unsubscribe();
    await until(() => server.watching === 0, () => 'the session to end');
  });

  it('waits for pictures that are still to come, and drops the request of who leaves', async () => {
    const server = await serve();
    const one = host();
    const heard = follow(one, server.url());
    await heardFor(heard, 2 * S);
    const video = videoOf(heard);
    const soon = heard.seenUs + 300_000;
    const answer = await firstValueFrom(video.frameAt({ timeUs: soon, size: SIZE, toleranceUs: 10 * S, exact: true }));
    expect(answer.cost.waitMs).to.be.greaterThan(0);
    expect(answer.picture?.timeUs).to.be.greaterThan(soon - 100_000);
    const before = (await totals(one)).packetsDecoded;
    const left = video.frameAt({ timeUs: heard.seenUs + 5 * S, size: SIZE, toleranceUs: 10 * S, exact: true }).subscribe(() => expect.fail('it was answered'));
    left.unsubscribe();
    // The next in turn is served after it.
    await firstValueFrom(video.frameAt({ timeUs: 0, notAfterUs: -1, size: SIZE, toleranceUs: S }));
    expect((await totals(one)).packetsDecoded).to.equal(before);
  });
});

describe('RTSP that is refused', function () {
  this.timeout(60_000);
  const host = hosts();
  const serve = servers();
  const refusal = async (url: string, one: MediaHost = host()) => {
    const heard = follow(one, url);
    await heard.untilOver();
    expect(statesOf(heard)).to.deep.equal(['starting', 'failed']);
    return heard.fault;
  };

  for (const scheme of ['basic', 'digest'] as const) {
    const credentials = { user: 'camera', password: 's3cr3t-Ru1n', scheme };
    it(`asks for a login (${scheme}), and takes the right one only`, async () => {
      const server = await serve(camera(), { credentials });
      expect((await refusal(server.url())).kind).to.equal('source-login-refused');
      const wrong = await refusal(server.url({ user: 'camera', password: 'wr0ng-Pa55' }));
      expect(wrong.kind).to.equal('source-login-refused');
      expect(wrong.sentence).to.include('***@');
      expect(wrong.sentence).to.not.include('wr0ng');
      const heard = follow(host(), server.url(credentials));
      await heardFor(heard, S / 2);
    });
  }

  it('has nothing at another path', async () => {
    const server = await serve();
    expect((await refusal(server.url().replace('/live', '/other'))).kind).to.equal('source-not-found');
  });

  it('does not listen', async () => {
    const server = await serve();
    const url = server.url();
    await server.close();
    const fault = await refusal(url);
    expect([fault.kind, fault.retryable]).to.deep.equal(['source-refused', true]);
  });

  it('is on no machine of that name', async () => {
    expect((await refusal('rtsp://no-such-host.invalid/live')).kind).to.equal('source-refused');
  });
});

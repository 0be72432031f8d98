import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { hosts, totals, until, videoOf } from '../../fixtures/connections.js';
import { publishedCameras, publishers } from '../../fixtures/whip.js';

describe('A publisher over WHIP (libav)', () => {
  const newHost = hosts();
  const newCamera = publishedCameras();
  const publish = publishers();

  it('is heard and can be looked at, and its DELETE ends it', async () => {
    const host = newHost();
    const { url, heard, door } = await newCamera(host);
    const publishing = publish(url);
    await publishing.started;
    await heard.until(({ heardUs, seenUs }) => heardUs > 2e6 && seenUs > 2e6, 'two seconds of both');
    const [opened] = heard.of('opened');
    expect(opened?.info).to.deep.equal({
      container: 'webrtc', live: true, audio: { codec: 'opus', sampleRateHz: 48_000, channels: 2 }, video: { codec: 'h264', width: 160, height: 96 },
    });
    const answer = await firstValueFrom(videoOf(heard).frameAt({ timeUs: heard.seenUs, size: { width: 160, height: 96 }, toleranceUs: 5e6 }));
    expect(answer.picture?.width).to.equal(160);
    const figures = await door.figures();
    expect(figures?.lost).to.equal(0);
    expect(figures?.framesDropped).to.equal(0);
    await publishing.stop();
    await heard.until(({ events }) => events.some((event) => event.kind === 'state' && event.state === 'stalled' && (event.fault?.message ?? '').includes('ended by its publisher')), 'the end');
    heard.subscription.unsubscribe();
    await until(async () => (await totals(host)).natives === 0, () => 'all native objects to be freed');
  });

  it('ends when its receiver is gone, without holding up the thread that would answer its DELETE', async () => {
    const { url, heard } = await newCamera(newHost());
    const publishing = publish(url);
    await publishing.started;
    await heard.until(({ heardUs }) => heardUs > 5e5, 'half a second of sound');
    // The session ends here; the server goes on.
    heard.subscription.unsubscribe();
    await publishing.ended;
    await publishing.stop();
  });
});

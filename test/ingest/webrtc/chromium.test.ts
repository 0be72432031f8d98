import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { browsers, publishFrom, type PagePublishing } from '../../fixtures/chromium.js';
import { hosts, until, videoOf } from '../../fixtures/connections.js';
import { publishedCameras } from '../../fixtures/whip.js';

const SIZE = { width: 64, height: 36 };

describe('A browser as publisher (headless Chromium)', function chromiumPublishes() {
  this.timeout(120_000);
  const newHost = hosts();
  const newCamera = publishedCameras();
  const newPage = browsers();

  const ways: readonly (PagePublishing & { readonly called: string; readonly expected: string })[] = [
    { called: 'its own first choice, VP8', expected: 'vp8' },
    { called: 'H.264', codec: 'video/H264', expected: 'h264' },
    { called: 'three layers of which one is taken', simulcast: true, expected: 'vp8' },
    { called: 'candidates that come later, by PATCH', trickle: true, expected: 'vp8' },
  ];
  for (const { called, expected, ...options } of ways) {
    it(`is heard and can be looked at: ${called}`, async function publishes() {
      const page = await newPage(this);
      const { url, page: empty, heard, door } = await newCamera(newHost());
      await page.goto(empty);
      const published = await publishFrom(page, url, options);
      expect(published.status, published.body).to.equal(201);
      expect(published.location).to.match(/^\/whip\/yard\/[\w-]{20,}$/);
      if (options.trickle === true) expect(published.patched).to.deep.equal([204]);
      await heard.until(({ heardUs, seenUs }) => heardUs > 3e6 && seenUs > 3e6, 'three seconds of both');
      const [opened] = heard.of('opened');
      expect(opened?.info.video?.codec).to.equal(expected);
      expect(opened?.info.video?.width).to.be.greaterThan(100);
      expect(Math.max(...heard.sound.flatMap(({ samples }) => [...samples])), 'the beep').to.be.greaterThan(0.05);
      const answer = await firstValueFrom(videoOf(heard).frameAt({ timeUs: heard.seenUs, size: SIZE, toleranceUs: 5e6 }));
      expect(new Set(answer.picture?.data).size, 'different values of pixels').to.be.greaterThan(20);
      expect((await door.figures())?.frames).to.be.greaterThan(20);
    });
  }

  it('sends a key frame when a gate wants to look and there is none that is recent, and the wait is told', async function asks() {
    const page = await newPage(this);
    const { url, page: empty, heard, door } = await newCamera(newHost());
    await page.goto(empty);
    await publishFrom(page, url);
    await heard.until(({ seenUs }) => seenUs > 6e6, 'six seconds of pictures');
    const before = await door.figures();
    const timeUs = heard.seenUs;
    const answer = await firstValueFrom(videoOf(heard).frameAt({ timeUs, size: SIZE, toleranceUs: 5e6 }));
    expect(answer.picture, answer.reason).to.not.equal(undefined);
    expect(Math.abs((answer.picture?.timeUs ?? 0) - timeUs)).to.be.lessThan(2e6);
    expect(answer.cost.waitMs).to.be.greaterThan(0);
    const after = await door.figures();
    expect(after?.keyFrameRequests).to.equal((before?.keyFrameRequests ?? 0) + 1);
    expect(after?.keyFrames).to.be.greaterThan(before?.keyFrames ?? 0);
    // A second look soon after finds that key frame: nothing is asked for, nothing waited for.
    const again = await firstValueFrom(videoOf(heard).frameAt({ timeUs: heard.seenUs, size: SIZE, toleranceUs: 5e6, knownUs: answer.picture?.timeUs ?? -1 }));
    expect(again.unchanged ?? again.picture !== undefined).to.equal(true);
    expect((await door.figures())?.keyFrameRequests).to.equal(after?.keyFrameRequests);
  });

  for (const only of ['audio', 'video'] as const) {
    it(`may publish ${only} alone`, async function publishesOne() {
      const page = await newPage(this);
      const { url, page: empty, heard } = await newCamera(newHost());
      await page.goto(empty);
      await publishFrom(page, url, { audio: only === 'audio', video: only === 'video' });
      await heard.until(({ heardUs, seenUs }) => Math.max(heardUs, seenUs) > 2e6, 'two seconds of it');
      const info = heard.of('opened')[0]?.info;
      expect([info?.audio !== undefined, info?.video !== undefined]).to.deep.equal([only === 'audio', only === 'video']);
    });
  }

  it('that is closed without DELETE is noticed, and the next one comes in', async function closes() {
    const { url, page: empty, heard } = await newCamera(newHost());
    const first = await newPage(this);
    await first.goto(empty);
    await publishFrom(first, url);
    await heard.until(({ heardUs }) => heardUs > 1e6, 'the first');
    await first.close();
    const second = await newPage(this);
    await second.goto(empty);
    let status = 0;
    await until(async () => {
      ({ status } = await publishFrom(second, url));
      return status === 201;
    }, () => `room for the second, but it was told ${status}`);
    await heard.until((now) => now.of('opened').length === 2, 'the second');
    const [one, two] = heard.of('opened');
    expect(two?.startUs, 'media time goes on').to.be.greaterThan(one?.startUs ?? 0);
    const beforeUs = heard.heardUs;
    await heard.until(({ heardUs }) => heardUs > beforeUs + 1e6, 'sound of the second');
  });
});

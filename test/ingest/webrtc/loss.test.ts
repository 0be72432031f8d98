import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { browsers, publishFrom } from '../../fixtures/chromium.js';
import { hosts, until, videoOf } from '../../fixtures/connections.js';
import { UdpRelay } from '../../fixtures/udp-relay.js';
import { publishedCameras, publishers, type PublishedCamera } from '../../fixtures/whip.js';

const SIZE = { width: 64, height: 36 };

describe('A bad network between publisher and camera', function badNetwork() {
  this.timeout(180_000);
  const newHost = hosts();
  const newCamera = publishedCameras();
  const newPage = browsers();
  const publish = publishers();
  let relay: UdpRelay | undefined;
  afterEach(() => {
    relay?.close();
    relay = undefined;
  });

  const behindRelay = async (): Promise<{ camera: PublishedCamera; relay: UdpRelay }> => {
    const camera = await newCamera(newHost());
    const between = await UdpRelay.open();
    relay = between;
    camera.rewrite = (sdp) => between.answer(sdp);
    camera.rewriteOffer = (sdp) => between.offer(sdp);
    return { camera, relay: between };
  };

  const later = async ({ heard }: PublishedCamera, seconds: number): Promise<void> => {
    const fromUs = heard.heardUs;
    await heard.until(({ heardUs }) => heardUs > fromUs + seconds * 1e6, `${seconds} s more of sound`);
  };

  for (const share of [0.05, 0.2]) {
    it(`loses ${share * 100} % of a browser's packets: pictures and sound go on, and what was lost is marked`, async function loses() {
      const page = await newPage(this);
      const { camera, relay: between } = await behindRelay();
      await page.goto(camera.page);
      expect((await publishFrom(page, camera.url)).status).to.equal(201);
      await camera.heard.until(({ heardUs, seenUs }) => heardUs > 1e6 && seenUs > 1e6, 'a second of both');
      const before = await camera.door.figures();
      between.loss = share;
      await later(camera, 8);
      const during = await camera.door.figures();
      const frames = (during?.frames ?? 0) - (before?.frames ?? 0);
      expect(frames, 'pictures while packets are lost').to.be.greaterThan(8);
      const answer = await firstValueFrom(videoOf(camera.heard).frameAt({ timeUs: camera.heard.seenUs, size: SIZE, toleranceUs: 10e6 }));
      expect(answer.picture, answer.reason).to.not.equal(undefined);
      between.loss = 0;
      await until(async () => {
        const { frames: now = 0 } = await camera.door.figures() ?? {};
        return now > (during?.frames ?? 0) + 40;
      }, () => 'pictures to come back');
      process.stdout.write(`      ${share * 100} %: ${frames} pictures in 8 s, ${(during?.framesDropped ?? 0) - (before?.framesDropped ?? 0)} not decodable, ${(during?.lost ?? 0) - (before?.lost ?? 0)} packets never came of ${(during?.packets ?? 0) - (before?.packets ?? 0)}, ${between.lost} dropped on the way; ${(during?.keyFrameRequests ?? 0) - (before?.keyFrameRequests ?? 0)} key frames asked for\n`);
    });
  }

  it('holds packets back so that others overtake them: they are put back in order', async () => {
    const { camera, relay: between } = await behindRelay();
    const publishing = publish(camera.url);
    await publishing.started;
    await camera.heard.until(({ heardUs, seenUs }) => heardUs > 1e6 && seenUs > 1e6, 'a second of both');
    between.late = 0.2;
    await later(camera, 3);
    const figures = await camera.door.figures();
    expect(figures?.reordered).to.be.greaterThan(5);
    // On a busy machine a few come later than they were held back.
    expect(figures?.lost).to.be.lessThan((figures?.reordered ?? 0) / 4);
  });

  it('loses 20 % from a publisher that sends nothing again: it goes on from key frame to key frame', async () => {
    const { camera, relay: between } = await behindRelay();
    const publishing = publish(camera.url);
    await publishing.started;
    await camera.heard.until(({ heardUs, seenUs }) => heardUs > 1e6 && seenUs > 1e6, 'a second of both');
    const before = await camera.door.figures();
    between.loss = 0.2;
    await later(camera, 5);
    between.loss = 0;
    const during = await camera.door.figures();
    expect((during?.lost ?? 0) - (before?.lost ?? 0)).to.be.greaterThan(10);
    await until(async () => ((await camera.door.figures())?.frames ?? 0) > (during?.frames ?? 0) + 40, () => 'pictures to come back');
    expect(camera.heard.of('opened')).to.have.lengthOf(1);
  });
});

import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { hosts, until, videoOf } from '../fixtures/connections.js';
import { freePort, hasFfmpeg, needs, programs } from '../fixtures/peers.js';
import { numberOf } from '../fixtures/pictures.js';
import { camera } from '../fixtures/recordings.js';
import { loudnessAt, soundOf } from '../fixtures/sounds.js';
import { follow, statesOf } from '../fixtures/sources.js';

const S = 1_000_000;
const SIZE = { width: 160, height: 96 };
const publish = (address: string, ...more: readonly string[]): string[] =>
  ['-loglevel', 'error', '-re', '-stream_loop', '3', '-i', camera(), '-c', 'copy', '-f', 'flv', ...more, address];

describe('RTMP', function () {
  this.timeout(60_000);
  needs('ffmpeg', hasFfmpeg);
  const host = hosts();
  const run = programs();

  it('is pulled from a server', async () => {
    const url = `rtmp://127.0.0.1:${await freePort()}/live/x`;
    run('ffmpeg', publish(url, '-listen', '1'));
    const heard = follow(host(), url, { firstFailure: 'retry' });
    await heard.until(({ heardUs, seenUs, over }) => over || Math.min(heardUs, seenUs) > 1.2 * S, 'sound and pictures');
    expect(heard.of('opened')[0]?.info).to.include({ live: true });
    expect(loudnessAt(soundOf(heard.sound, S / 2, 1.2 * S), 440)).to.be.closeTo(0.5, 0.02);
    const { picture } = await firstValueFrom(videoOf(heard).frameAt({ timeUs: heard.seenUs, size: SIZE, toleranceUs: 5 * S }));
    expect(numberOf(picture ?? expect.fail('no picture')) % 20).to.equal(0);
  });

  it('is taken from who publishes to us, also a second time', async () => {
    const url = `rtmp://127.0.0.1:${await freePort()}/live/x`;
    const heard = follow(host(), `${url}?listen=1`);
    const publishing = async (connection: number) => {
      // Nobody says when we listen: who comes too early tries again.
      let child = run('ffmpeg', publish(url));
      await until(() => {
        if (child.exitCode !== null) child = run('ffmpeg', publish(url));
        return heard.of('opened').length >= connection && statesOf(heard).at(-1) === 'running';
      }, () => `connection ${connection}, but heard ${heard.story}`);
      return child;
    };
    const first = await publishing(1);
    await heard.until(({ heardUs }) => heardUs > S, 'sound');
    first.kill('SIGKILL');
    await heard.until(() => statesOf(heard).includes('stalled'), 'the loss');
    await publishing(2);
  });
});

describe('ffmpeg:', function () {
  this.timeout(60_000);
  needs('ffmpeg', hasFfmpeg);
  const host = hosts();
  const SCREEN = '-f lavfi -re -i testsrc=size=160x96:rate=20 -f lavfi -re -i sine=frequency=440:sample_rate=48000 -c:v libx264 -g 20 -pix_fmt yuv420p -preset ultrafast -tune zerolatency -c:a aac';

  it('opens what only ffmpeg can open', async () => {
    const heard = follow(host(), `ffmpeg:${SCREEN}`);
    await heard.until(({ heardUs, seenUs, over }) => over || Math.min(heardUs, seenUs) > 1.2 * S, 'sound and pictures');
    expect(heard.error).to.equal(undefined);
    expect(heard.of('opened')[0]?.info).to.include({ live: true });
    const samples = soundOf(heard.sound, S / 2, 1.2 * S);
    expect(loudnessAt(samples, 440)).to.be.closeTo(0.125, 0.02);
    const { picture } = await firstValueFrom(videoOf(heard).frameAt({ timeUs: heard.seenUs, size: SIZE, toleranceUs: 5 * S }));
    expect(picture?.data).to.have.length(160 * 96 * 3);
  });

  it('copies what is already compressed', async () => {
    const heard = follow(host(), `ffmpeg:-re -i "${camera()}"`);
    await heard.until(({ heardUs, seenUs, over }) => over || Math.min(heardUs, seenUs) > 1.2 * S, 'sound and pictures');
    const info = heard.of('opened')[0]?.info;
    expect([info?.video?.codec, info?.audio?.codec]).to.deep.equal(['h264', 'aac']);
  });
});

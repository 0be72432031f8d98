import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { hosts, videoOf } from '../fixtures/connections.js';
import { file, partOf, silence, status, text, webServers } from '../fixtures/http.js';
import { numberOf } from '../fixtures/pictures.js';
import { ordinary, pictures, recording, tone } from '../fixtures/recordings.js';
import { follow, statesOf, type Keeping } from '../fixtures/sources.js';

const S = 1_000_000;
const mp4 = (): string => recording('web.mp4', () => ({ video: pictures(4), audio: tone(4) }));
const segment = (index: number): string => recording(`segment-${index}.ts`, () => ({
  video: pictures(2, { startUs: index * 2 * S, frame: (i) => pictures(1).frame(i + index * 20) }), audio: tone(2, { startUs: index * 2 * S }),
}));
const playlist = (...addresses: readonly string[]): string =>
  ['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-TARGETDURATION:2', ...addresses.flatMap((address) => ['#EXTINF:2.0,', address]), '#EXT-X-ENDLIST', ''].join('\n');

describe('HTTP', function () {
  this.timeout(60_000);
  const host = hosts();
  const serve = webServers();
  const heardFrom = async (url: string, keeping: Keeping = {}) => {
    const heard = follow(host(), url, keeping);
    await heard.untilOver();
    return heard;
  };

  it('plays an MP4 whose index is at its end, as a recording', async () => {
    const { url } = await serve({ '/a.mp4': file(mp4()) });
    const heard = await heardFrom(`${url}/a.mp4`);
    expect(heard.error).to.equal(undefined);
    expect(heard.of('opened')[0]?.info.live).to.equal(false);
    expect(heard.heardUs).to.be.closeTo(4 * S, 100_000);
    const { picture } = await firstValueFrom(videoOf(heard).frameAt({ timeUs: 2.5 * S, size: { width: 160, height: 96 }, toleranceUs: S }));
    expect(numberOf(picture ?? expect.fail('no picture'))).to.equal(20);
  });

  it('plays HLS', async () => {
    const { url, asked } = await serve({ '/live.m3u8': text(playlist('0.ts', '1.ts')), '/0.ts': file(segment(0)), '/1.ts': file(segment(1)) });
    const heard = await heardFrom(`${url}/live.m3u8`);
    expect(heard.error).to.equal(undefined);
    expect(heard.of('opened')[0]?.info).to.include({ container: 'hls', live: false });
    expect(heard.heardUs).to.be.closeTo(4 * S, 150_000);
    expect(asked).to.include.members(['/live.m3u8', '/0.ts', '/1.ts']);
  });

  it('never lets a playlist read a file of this machine', async () => {
    // A real segment, so that only the permission is missing.
    for (const address of [`file://${segment(0)}`, `file:${segment(0)}`, segment(0), `concat:${segment(0)}`, 'file:///etc/hostname']) {
      const { url } = await serve({ '/live.m3u8': text(playlist(address)) });
      const heard = await heardFrom(`${url}/live.m3u8`);
      expect(heard.sound, address).to.deep.equal([]);
      expect(heard.progress, address).to.deep.equal([]);
      expect(statesOf(heard).at(-1), address).to.be.oneOf(['failed', 'ended']);
    }
  });

  it('never follows a redirection to a file', async () => {
    const { url } = await serve({
      '/a.mp4': (_request, response) => { response.writeHead(302, { location: `file://${mp4()}` }).end(); },
    });
    const heard = await heardFrom(`${url}/a.mp4`);
    expect(heard.sound).to.deep.equal([]);
    expect(statesOf(heard)).to.deep.equal(['starting', 'failed']);
  });

  const refusals = { 404: 'source-not-found', 401: 'source-login-refused', 403: 'source-login-refused', 500: 'source-refused', 410: 'source-not-found' } as const;
  for (const [code, kind] of Object.entries(refusals)) {
    it(`is refused with ${code}: ${kind}`, async () => {
      const { url } = await serve({ '/a.mp4': status(Number(code)) });
      expect((await heardFrom(`${url.replace('//', '//me:s3cr3t@')}/a.mp4`)).fault.kind).to.equal(kind);
    });
  }

  it('is refused when a page comes instead of media', async () => {
    const { url } = await serve({ '/a.mp4': (_request, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Sign in</body></html>'.repeat(50)); } });
    expect((await heardFrom(`${url}/a.mp4`)).fault.kind).to.equal('source-not-media');
  });

  it('stalls when nothing is answered', async () => {
    const { url } = await serve({ '/a.mp4': silence });
    const { fault } = await heardFrom(`${url}/a.mp4`, { stallS: 1 });
    expect([fault.kind, fault.retryable]).to.deep.equal(['source-stalled', true]);
  });

  it('stalls when the answer stops in the middle', async () => {
    const { url } = await serve({ '/a.mkv': partOf(ordinary(), 0.5, 'silence') });
    const heard = await heardFrom(`${url}/a.mkv`, { stallS: 1.5 });
    expect(heard.fault.kind).to.equal('source-stalled');
    expect(heard.heardUs).to.be.greaterThan(S);
  });

  it('is damaged when the answer ends in the middle', async () => {
    const { url } = await serve({ '/a.mkv': partOf(ordinary(), 0.5, 'end') });
    const heard = await heardFrom(`${url}/a.mkv`);
    expect(heard.error).to.equal(undefined);
    expect(heard.of('state').at(-1)).to.include({ state: 'ended' });
    expect(heard.of('state').at(-1)?.fault?.kind).to.equal('source-damaged');
  });
});

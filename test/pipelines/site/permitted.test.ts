import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { Fault } from '../../../src/faults.js';
import { readProfile } from '../../../src/settings/profile.js';
import type { CameraSettings } from '../../../src/settings/site.js';
import { covers, permitted, strictAddress } from '../../../pipelines/site/permitted.js';

const NO_PACKS = { audio: 'ear' };
const camera = (url: string, profile: unknown = {}): CameraSettings => ({ name: 'a', source: { url }, profile: readProfile(profile), shown: {} });
const verdict = async (url: string, allow: readonly string[], profile?: unknown): Promise<string> =>
  permitted(camera(url, profile), allow, NO_PACKS).then(({ source }) => source.url, (error: unknown) => (error instanceof Fault ? error.kind : 'thrown'));

describe('what may be opened over REST', () => {
  const allow = ['rtsp://10.0.0.0/24', 'rtsps://*.cams.example', 'http://media.example', 'rtmp://*'];

  for (const url of ['rtsp://10.0.0.7/live', 'rtsp://u:p%40@10.0.0.255:8554/a?b=c', 'rtsps://one.cams.example/x', 'RTSP://10.0.0.1', 'http://media.example:8080/live.m3u8', 'rtmp://anything/live', 'whip']) {
    it(`allows ${url}`, async () => {
      expect(await verdict(url, allow)).to.equal(url);
    });
  }

  for (const url of [
    'rtsp://10.0.1.7/live', 'rtsp://cams.example/x', 'rtsps://evil-cams.example/x', 'rtsps://cams.example/x', 'https://media.example/x', 'http://media.example.evil/x',
    'ffmpeg:-i /etc/passwd', 'FFmpeg:-i x', 'concat:/etc/passwd', 'unix:/run/x', 'pipe:0', 'file:///etc/passwd', '/etc/passwd', 'etc/passwd', 'data:x',
    'rtsp://10.0.0.1\\@evil.example/x', 'rtsp://10.0.0.1@evil.example/x', 'rtsp://10.0.0.1 @evil/x', 'rtsp://a@b@10.0.0.1/x', 'rtsp://10.0.0.1\n/x', 'rtsp://0x0a.0.0.1/x', 'rtsp://10.0.0.0.1/x',
    'rtsp:10.0.0.1', 'rtsp:///10.0.0.1', 'rtsp://', 'rtmp://0.0.0.0/live?listen=1', 'rtmp://host/a?x=1&listen=1',
  ]) {
    it(`refuses ${JSON.stringify(url)}`, async () => {
      expect(await verdict(url, allow)).to.equal('source-forbidden');
    });
  }

  it('is nothing where nothing is allowed', async () => {
    expect(await verdict('rtsp://10.0.0.1/x', [])).to.equal('source-forbidden');
  });

  it('is never a host that no entry names, whatever stands around it', () => {
    const odd = fc.stringMatching(/^[a-z0-9@:/\\?#[\]. %_-]{0,12}$/);
    fc.assert(fc.property(odd, odd, (before, after) => {
      const found = strictAddress(`rtsp://${before}evil.example${after}`);
      // What two readers could take for different hosts is no address at all.
      if (found !== undefined && covers('rtsp://good.example', found)) {
        expect(`${before}evil.example${after}`).to.match(/^([^/?#@]*@)?good\.example(:\d+)?[/?#]/);
      }
    }), { numRuns: 2_000 });
  });

  it('is no pack by its path, unless the file itself names it', async () => {
    expect(await verdict('rtsp://10.0.0.1/x', allow, { packs: { audio: '/etc' } })).to.equal('source-forbidden');
    expect(await verdict('rtsp://10.0.0.1/x', allow, { packs: { appearance: '../eye' } })).to.equal('source-forbidden');
    expect(await verdict('rtsp://10.0.0.1/x', allow, { packs: { appearance: 'eye' } })).to.equal('rtsp://10.0.0.1/x');
    const own = await permitted(camera('rtsp://10.0.0.1/x', { packs: { audio: './mine' } }), allow, { audio: './mine' });
    expect(own.profile.packs.audio).to.equal('./mine');
  });

  describe('of files', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'hearken-allow-'));
      for (const name of ['open', 'open-too', 'shut']) mkdirSync(join(folder, name));
      for (const name of ['open/a b#1.mp4', 'open-too/b.mp4', 'shut/c.mp4']) writeFileSync(join(folder, name), 'x');
      symlinkSync(join(folder, 'shut/c.mp4'), join(folder, 'open/link.mp4'));
      symlinkSync(join(folder, 'open'), join(folder, 'to-open'));
    });
    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const of = async (path: string, allowed = 'open'): Promise<string> => verdict(path.startsWith('file:') ? path : join(folder, path), [join(folder, allowed)]);

    it('are those in an allowed folder, behind all links', async () => {
      const file = pathToFileURL(join(folder, 'open/a b#1.mp4')).href;
      expect([await of('open/a b#1.mp4'), await of('to-open/a b#1.mp4'), await of('open/a b#1.mp4', 'to-open'), await of(file)]).to.deep.equal([file, file, file, file]);
    });

    it('are no others: beside the folder, by a link out of it, by dots, or not there', async () => {
      for (const path of ['shut/c.mp4', 'open-too/b.mp4', 'open/link.mp4', 'open/../shut/c.mp4', 'open/none.mp4', 'open']) expect(await of(path), path).to.equal('source-forbidden');
      expect(await verdict(join(folder, 'open/a b#1.mp4'), ['rtsp://*']), 'no folder is allowed').to.equal('source-forbidden');
    });
  });
});

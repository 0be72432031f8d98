import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { parseCommandLine } from '../../src/ingest/external-ffmpeg.js';
import { hosts, until } from '../fixtures/connections.js';
import { childrenNamed, hasFfmpeg, needs } from '../fixtures/peers.js';
import { camera } from '../fixtures/recordings.js';
import { follow } from '../fixtures/sources.js';

describe('parseCommandLine', () => {
  it('gives each input the options before it, and the output the rest', () => {
    expect(parseCommandLine(['-f', 'v4l2', '-i', '/dev/video0', '-f', 'alsa', '-i', 'hw:0', '-c:v', 'libx264'])).to.deep.equal({
      inputs: [{ address: '/dev/video0', options: ['-f', 'v4l2'] }, { address: 'hw:0', options: ['-f', 'alsa'] }],
      outputOptions: ['-c:v', 'libx264'],
    });
  });

  it('copies unless told how to encode', () => {
    expect(parseCommandLine(['-i', 'a']).outputOptions).to.deep.equal(['-c', 'copy']);
    expect(parseCommandLine(['-i', 'a', '-map', '0']).outputOptions).to.deep.equal(['-c', 'copy', '-map', '0']);
    for (const option of ['-c', '-c:a', '-codec', '-vcodec', '-acodec']) expect(parseCommandLine(['-i', 'a', option, 'x']).outputOptions).to.deep.equal([option, 'x']);
    expect(parseCommandLine(['-codecs', '1', '-i', 'a']).outputOptions).to.deep.equal(['-c', 'copy']);
  });

  it('loses no word and keeps their order', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.constant('-i'), fc.string({ minLength: 1 }))), (words) => {
      const { inputs, outputOptions } = parseCommandLine(['-c', 'x', '-i', 'first', ...words, '-i', 'last', '-c', 'copy']);
      const again = [...inputs.flatMap(({ address, options }) => [...options, '-i', address]), ...outputOptions];
      expect(again).to.deep.equal(['-c', 'x', '-i', 'first', ...words, '-i', 'last', '-c', 'copy']);
    }));
  });
});

describe('An external ffmpeg', function () {
  this.timeout(60_000);
  needs('ffmpeg', hasFfmpeg);
  const host = hosts();

  it('is ended with who listened, and leaves nothing behind', async () => {
    const heard = follow(host(), `ffmpeg:-re -i "${camera()}"`);
    await heard.until(({ over, heardUs }) => over || heardUs > 500_000, 'sound');
    expect(heard.error).to.equal(undefined);
    expect(childrenNamed('ffmpeg')).to.have.length(1);
    heard.subscription.unsubscribe();
    await until(() => childrenNamed('ffmpeg').length === 0, () => 'ffmpeg to end');
  });

  it('is ended also by who leaves at once', async () => {
    follow(host(), `ffmpeg:-re -i "${camera()}"`).subscription.unsubscribe();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await until(() => childrenNamed('ffmpeg').length === 0, () => 'ffmpeg to end');
  });

  it('gets words with a space as they are', async () => {
    const heard = follow(host(), `ffmpeg:-re -i "${camera()}" -metadata "title=two words"`);
    await heard.until(({ over, heardUs }) => over || heardUs > 0, 'sound');
    expect(heard.error).to.equal(undefined);
  });

  it('says what ffmpeg said when it fails, without the password', async () => {
    const missing = follow(host(), 'ffmpeg:-i /there/is/nothing.mkv');
    await missing.untilOver();
    expect(missing.fault.kind).to.equal('external-ffmpeg-failed');
    expect(missing.fault.message).to.match(/No such file/);
    const refused = follow(host(), 'ffmpeg:-i rtsp://me:s3cr3t@127.0.0.1:1/live');
    await refused.untilOver();
    expect(refused.fault.kind).to.equal('external-ffmpeg-failed');
    expect(refused.fault.sentence).to.not.include('s3cr3t');
  });
});

describe('Without ffmpeg', () => {
  it('says that it is missing, and how to get it', () => {
    // A process of its own: fluent-ffmpeg remembers where it found the program.
    const module = new URL('../../src/ingest/external-ffmpeg.js', import.meta.url).href;
    const code = `import { remuxed } from ${JSON.stringify(module)}; remuxed(['-i', 'x']).subscribe({ error: ({ kind, sentence }) => console.log(kind, sentence) });`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { env: { PATH: '/nowhere', FFMPEG_PATH: '/nowhere/ffmpeg' }, encoding: 'utf8' });
    expect(stdout).to.match(/^external-ffmpeg-missing .*FFMPEG_PATH/);
  });
});

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { firstValueFrom } from 'rxjs';
import type { Fault } from '../../src/faults.js';
import { hosts, videoOf } from '../fixtures/connections.js';
import { numberOf } from '../fixtures/pictures.js';
import { bytesIn, cutOff, ordinary, pictures, recording, tone } from '../fixtures/recordings.js';
import { follow, statesOf } from '../fixtures/sources.js';

const S = 1_000_000;

/** Bytes without sense, the same for the same seed (xorshift, Marsaglia 2003). */
const noise = (seed: number, count: number): Buffer => {
  const bytes = Buffer.alloc(count);
  let x = seed;
  for (let i = 0; i < count; i += 1) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    bytes[i] = x & 255;
  }
  return bytes;
};

describe('A file that is no recording', function () {
  this.timeout(60_000);
  const host = hosts();
  const refusal = async (path: string): Promise<Fault> => {
    const heard = follow(host(), path);
    await heard.untilOver();
    expect(statesOf(heard)).to.deep.equal(['starting', 'failed']);
    return heard.fault;
  };

  const files: Record<string, () => string> = {
    'noise in .mkv': () => bytesIn('noise-1.mkv', noise(1, 65_536)),
    'noise in .mp4': () => bytesIn('noise-2.mp4', noise(22, 300_000)),
    'noise in .mp3': () => bytesIn('noise-3.mp3', noise(333, 100_000)),
    'noise in .ts': () => bytesIn('noise-4.ts', noise(4_444, 100_000)),
    'noise in .bin': () => bytesIn('noise-5.bin', noise(55_555, 4_096)),
    'a few bytes of noise': () => bytesIn('noise-6', noise(666_666, 7)),
    'zeros': () => bytesIn('zeros.mp4', Buffer.alloc(100_000)),
    'a text': () => bytesIn('text.txt', 'This is not a recording.\n'.repeat(1_000)),
    'a text that names files': () => bytesIn('list.ffconcat', 'ffconcat version 1.0\nfile /etc/hostname\n'),
    'a text that calls itself a playlist': () => bytesIn('list.m3u8', '#EXTM3U\n#EXTINF:1,\n/etc/hostname\n#EXT-X-ENDLIST\n'),
    'an MP4 whose index was never written': () => cutOff('no-index.mp4', recording('whole.mp4', () => ({ video: pictures(3), audio: tone(3) })), 0.7),
    'the beginning of a Matroska file': () => bytesIn('stub.mkv', readFileSync(ordinary()).subarray(0, 40)),
  };
  for (const [what, path] of Object.entries(files)) {
    it(`is refused in a sentence: ${what}`, async () => {
      const where = path();
      const fault = await refusal(where);
      expect(fault.kind).to.equal('source-not-media');
      expect(fault.message.startsWith(where)).to.equal(true);
      expect(fault.sentence).to.not.match(/\n| at /);
      expect(fault.exitCode).to.equal(14);
    });
  }

  it('is refused when it is a picture', async () => {
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    expect((await refusal(bytesIn('picture.png', png))).kind).to.equal('source-not-media');
  });
});

describe('A recording that is damaged', function () {
  this.timeout(60_000);
  const host = hosts();

  it('is played as far as it goes: Matroska cut in the middle', async () => {
    const heard = follow(host(), cutOff('cut.mkv', ordinary(), 0.5));
    await heard.untilOver();
    expect(heard.error).to.equal(undefined);
    expect(statesOf(heard)).to.deep.equal(['starting', 'running', 'ended']);
    expect(heard.of('state').at(-1)?.fault?.kind).to.equal('source-damaged');
    expect(heard.heardUs).to.be.within(1.5 * S, 4.5 * S);
    expect((await firstValueFrom(videoOf(heard).frameAt({ timeUs: 1.5 * S, size: { width: 160, height: 96 }, toleranceUs: S }))).picture).to.not.equal(undefined);
  });

  it('is played as far as it goes: MP4 with its index in front', async () => {
    const whole = recording('faststart.mp4', () => ({ video: pictures(6), audio: tone(6), options: { movflags: '+faststart' } }));
    const heard = follow(host(), cutOff('cut.mp4', whole, 0.6));
    await heard.untilOver();
    expect(heard.error).to.equal(undefined);
    expect(heard.of('state').at(-1)?.fault?.kind).to.equal('source-damaged');
    expect(heard.heardUs).to.be.greaterThan(S);
  });

  it('is played around what is damaged, and its pictures harm nobody', async () => {
    const bytes = Buffer.from(readFileSync(ordinary()));
    // The last third of the file is overwritten here and there.
    for (let at = Math.floor(bytes.length * 0.66); at < bytes.length - 400; at += 1_500) noise(at, 300).copy(bytes, at);
    const one = host();
    const heard = follow(one, bytesIn('damaged.mkv', bytes));
    await heard.untilOver();
    expect(heard.error).to.equal(undefined);
    expect(heard.of('state').at(-1)?.fault?.kind).to.equal('source-damaged');
    const video = videoOf(heard);
    const look = async (timeUs: number) => firstValueFrom(video.frameAt({ timeUs, size: { width: 160, height: 96 }, toleranceUs: 10 * S, exact: true }));
    for (let s = 0; s < 6; s += 0.5) {
      const { picture, reason } = await look(s * S);
      expect(picture !== undefined || reason !== undefined).to.equal(true);
    }
    const good = (await look(1.5 * S)).picture ?? expect.fail('no picture before the damage');
    expect(numberOf(good)).to.equal(15);
    expect(one.pids).to.have.length(1);
  });
});

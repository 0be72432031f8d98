import { expect } from 'chai';
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { Fault } from '../../src/faults.js';
import { redact } from '../../src/ingest/redact.js';
import { KNOWN_SCHEMES, mayBeLive, openingOf, splitWords, type SourceAddress } from '../../src/ingest/sources.js';
import { bytesIn, folder } from '../fixtures/recordings.js';

const refusalOf = async (url: string): Promise<Fault> => {
  const error = await openingOf({ url }).then(() => undefined, (it: unknown) => it);
  return error instanceof Fault ? error : expect.fail(`${url} was not refused`);
};

describe('openingOf', () => {
  const file = (name = 'some.mkv'): string => bytesIn(name, 'x');

  it('opens a path as a file that waits, and lets it read nothing but files', async () => {
    const path = file();
    const opening = await openingOf({ url: path });
    expect(opening).to.deep.include({ url: `file:${path}`, name: path, live: false, probe: 'if-needed' });
    expect(opening.options['protocol_whitelist']).to.equal('file');
  });

  it('opens relative paths and file: addresses, also with odd characters', async () => {
    const path = file('a name, with #1 & 100%.mkv');
    expect((await openingOf({ url: relative(process.cwd(), path) })).url).to.equal(`file:${path}`);
    expect((await openingOf({ url: pathToFileURL(path).href })).url).to.equal(`file:${path}`);
  });

  it('takes a file whose name looks like an address for a file', async () => {
    const before = process.cwd();
    file('gopher:hole');
    process.chdir(folder());
    try {
      expect((await openingOf({ url: 'gopher:hole' })).url).to.equal(`file:${join(process.cwd(), 'gopher:hole')}`);
    } finally {
      process.chdir(before);
    }
  });

  it('opens RTSP live, over TCP unless told otherwise', async () => {
    for (const url of ['rtsp://camera/live', 'rtsps://camera/live', 'RTSP://camera/live']) {
      const opening = await openingOf({ url });
      expect(opening).to.deep.include({ url, live: true, probe: 'never' });
      expect(opening.options['rtsp_transport']).to.equal('tcp');
      expect(Number(opening.options['timeout'])).to.be.greaterThan(0);
    }
    expect((await openingOf({ url: 'rtsp://camera/live', transport: 'udp' })).options['rtsp_transport']).to.equal('udp');
  });

  it('leaves silence to our own watchdog, however patient that is: libav gives up after it', async () => {
    for (const [url, option] of [['rtsp://camera/live', 'timeout'], ['http://host/live', 'rw_timeout'], ['rtmp://host/live', 'rw_timeout']] as const) {
      for (const stallS of [0.5, 10, 60, 600.5]) {
        expect(Number((await openingOf({ url }, stallS)).options[option])).to.be.greaterThan(stallS * 1e6 + 1e6).and.satisfy(Number.isInteger);
      }
    }
  });

  it('opens HTTP as what it turns out to be, and keeps it away from files', async () => {
    for (const url of ['http://host/a.mp4', 'https://host/live.m3u8']) {
      const opening = await openingOf({ url });
      expect(opening).to.include({ url, live: 'auto' });
      expect(opening.options['protocol_whitelist']?.split(',')).to.not.include('file');
      expect(opening.options).to.have.property('rw_timeout');
    }
  });

  it('opens RTMP by asking, or by waiting for a publisher', async () => {
    const pull = await openingOf({ url: 'rtmp://host/live/key' });
    expect(pull).to.include({ url: 'rtmp://host/live/key', live: true });
    expect(pull.options).to.not.have.property('listen');
    const push = await openingOf({ url: 'rtmp://0.0.0.0:1935/live/key?listen=1' });
    expect(push.url).to.equal('rtmp://0.0.0.0:1935/live/key');
    expect(push.options['listen']).to.equal('1');
  });

  it('hands ffmpeg: over as the words of its command line', async () => {
    const opening = await openingOf({ url: 'ffmpeg:-f v4l2 -i "/dev/my video" -c:v libx264' });
    expect(opening.externalFfmpeg).to.deep.equal(['-f', 'v4l2', '-i', '/dev/my video', '-c:v', 'libx264']);
    expect(opening.live).to.equal(true);
  });

  it('refuses ffmpeg: without an input', async () => {
    const fault = await refusalOf('ffmpeg:-f v4l2 /dev/video0');
    expect(fault.kind).to.equal('usage');
    expect(fault.remedy).to.match(/-i/);
  });

  it('refuses what it does not know, and names what it knows', async () => {
    const fault = await refusalOf('gopher://host/x');
    expect(fault.kind).to.equal('source-unknown-scheme');
    for (const scheme of KNOWN_SCHEMES) expect(fault.sentence).to.include(scheme);
  });

  it('refuses a file that is not there, a folder and an empty file', async () => {
    expect((await refusalOf('/there/is/nothing.mkv')).kind).to.equal('source-not-found');
    expect((await refusalOf('')).kind).to.be.oneOf(['source-not-media', 'source-not-found']);
    const sub = join(folder(), 'sub');
    mkdirSync(sub, { recursive: true });
    const inFolder = await refusalOf(sub);
    expect([inFolder.kind, inFolder.message]).to.deep.equal(['source-not-media', `${sub} is a folder.`]);
    const empty = await refusalOf(bytesIn('empty.mkv', ''));
    expect(empty.kind).to.equal('source-not-media');
    expect(empty.message).to.match(/is empty/);
  });

  it('never shows a password in a name or a fault, and never loses it from the address', async () => {
    // As it stands in an address: percent-encoded where need be.
    const secret = fc.stringMatching(/^[A-Za-z0-9%!$&'()*+,;=_.~:-]{6,20}$/).filter((text) => !text.includes('***'));
    await fc.assert(fc.asyncProperty(fc.constantFrom('rtsp', 'rtsps', 'http', 'https', 'rtmp', 'rtmps'), fc.constantFrom('user:', ''), secret, async (scheme, user, password) => {
      const opening = await openingOf({ url: `${scheme}://${user}${password}@host:554/live` });
      expect(opening.name).to.equal(`${scheme}://***@host:554/live`);
      expect(opening.url).to.include(password);
    }));
  });
});

describe('mayBeLive', () => {
  it('is said of every address but a file\'s', () => {
    const live = (url: string): boolean => mayBeLive({ url } satisfies SourceAddress);
    expect(['rtsp://a', 'rtsps://a', 'http://a', 'https://a', 'rtmp://a', 'ffmpeg:-i x'].map(live)).to.deep.equal(new Array(6).fill(true));
    expect(['a.mkv', '/a/b.mkv', 'file:///a.mkv', 'c:b.mkv'].map(live)).to.deep.equal(new Array(4).fill(false));
  });
});

describe('redact', () => {
  it('hides credentials of every address in a text', () => {
    expect(redact('rtsp://u:p@a/x failed, then http://v@b:80/y')).to.equal('rtsp://***@a/x failed, then http://***@b:80/y');
  });

  it('hides parameters that are secrets, and only those', () => {
    expect(redact('https://h/x.m3u8?token=abc&quality=2&api_key=d#e')).to.equal('https://h/x.m3u8?token=***&quality=2&api_key=***#e');
    expect(redact('http://h/x?user=me&password=a%20b&sig=c')).to.equal('http://h/x?user=me&password=***&sig=***');
  });

  it('hides a password with an @ or a : in it', () => {
    expect(redact('rtsp://user:p@ss:w@rd@camera/live')).to.equal('rtsp://***@camera/live');
  });

  it('hides a password with a /, ? or # in it, which should have been encoded', () => {
    for (const mark of ['/', '?', '#']) expect(redact(`rtsp://user:p${mark}w@camera/live`)).to.equal('rtsp://***@camera/live');
  });

  it('leaves a text without secrets as it is', () => {
    for (const text of ['rtsp://camera:554/live', 'a.mkv', '/home/me/a@b.mkv', 'me@example.org', 'http://h/a@b', 'http://h:80/a@b', 'rtsp://h:554/cam@1?x#y@z']) expect(redact(text)).to.equal(text);
  });

  it('never lets a password through, wherever the address stands', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9!$&()*+,;=_.~:@-]{6,20}$/).map((text) => `Zq${text}`);
    fc.assert(fc.property(fc.string(), secret, fc.string(), (before, password, after) => {
      expect(redact(`${before} rtsp://user:${password}@host/live ${after}`)).to.not.include(password);
      expect(redact(`${before} https://host/live?password=${password.replaceAll('&', '').replaceAll('#', '')} ${after}`)).to.not.include(password.replaceAll('&', ''));
    }));
  });
});

describe('splitWords', () => {
  it('splits at white space, and keeps together what is quoted', () => {
    expect(splitWords('  -i  a\tb\n')).to.deep.equal(['-i', 'a', 'b']);
    expect(splitWords('-i "a b" \'c  d\'')).to.deep.equal(['-i', 'a b', 'c  d']);
    expect(splitWords('-vf scale="640:360",fps=\'5\'')).to.deep.equal(['-vf', 'scale=640:360,fps=5']);
    expect(splitWords('"it\'s" \'say "no"\'')).to.deep.equal(['it\'s', 'say "no"']);
    expect(splitWords('""')).to.deep.equal(['']);
    expect(splitWords('')).to.deep.equal([]);
  });

  it('gives back any words that were quoted', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[^"]*$/)), (words) => {
      expect(splitWords(words.map((word) => `"${word}"`).join(' '))).to.deep.equal(words);
    }));
  });

  it('leaves what a shell would act on alone', () => {
    expect(splitWords('-i $(rm) ; `x` | y > z')).to.deep.equal(['-i', '$(rm)', ';', '`x`', '|', 'y', '>', 'z']);
  });
});

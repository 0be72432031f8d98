import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { download } from '../../src/inference/download.js';
import type { DownloadOptions, DownloadProgress } from '../../src/inference/download.js';
import { mayFollow } from '../../src/inference/follow.js';
import { loadPack } from '../../src/inference/pack.js';
import { pullPack } from '../../src/inference/pull-pack.js';
import { faultOf, inFolder, weights } from './shared.js';

/** A server of its own for one test. */
const served = async (answer: RequestListener, work: (base: string) => Promise<void>): Promise<void> => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
};

const content = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 31) % 251);
const sha256 = createHash('sha256').update(content).digest('hex');

/** Answers range requests as RFC 9110 says. */
const withRanges = (bytes: Uint8Array, seen: (string | undefined)[] = []) => (request: IncomingMessage, response: ServerResponse): void => {
  seen.push(request.headers.range);
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`, 'content-length': bytes.length - from });
  response.end(bytes.subarray(from));
};

/** Sends the beginning of a file, and breaks off when it is told that this much has come. */
const breaking = (bytes: Uint8Array, sent: number) => {
  let broken: ServerResponse | undefined;
  return {
    answer: (_: IncomingMessage, response: ServerResponse): void => {
      broken = response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, sent));
    },
    onProgress: ({ receivedBytes, totalBytes }: DownloadProgress): void => {
      if (totalBytes === bytes.length && receivedBytes >= sent) broken?.destroy();
    },
  };
};

const one = (folder: string, url: string, rest: Partial<DownloadOptions> = {}): DownloadOptions => ({ url: `${url}/net.bin`, to: join(folder, 'net.bin'), sha256, bytes: content.length, ...rest });

describe('download', () => {
  it('fetches a file and says how far it is', () => inFolder((folder) => served(withRanges(content), async (base) => {
    const progress: DownloadProgress[] = [];
    await download(one(folder, base, { onProgress: (at) => progress.push(at) }));
    expect(await readFile(join(folder, 'net.bin'))).to.deep.equal(Buffer.from(content));
    expect(await readdir(folder)).to.deep.equal(['net.bin']);
    expect(progress[0]).to.deep.equal({ file: 'net.bin', receivedBytes: 0, totalBytes: 100_000 });
    expect(progress.at(-1)!.receivedBytes).to.equal(100_000);
    expect(progress.map((p) => p.receivedBytes)).to.deep.equal(progress.map((p) => p.receivedBytes).sort((a, b) => a - b));
  })));

  it('goes on where a broken connection left off', () => inFolder(async (folder) => {
    const { answer, onProgress } = breaking(content, 50_000);
    await served(answer, async (base) => {
      const fault = await faultOf('download-failed', () => download(one(folder, base, { onProgress })));
      expect(fault.retryable).to.equal(true);
    });
    expect((await readFile(join(folder, 'net.bin.part'))).length).to.equal(50_000);
    const seen: (string | undefined)[] = [];
    await served(withRanges(content, seen), (base) => download(one(folder, base)));
    expect(seen).to.deep.equal(['bytes=50000-']);
    expect(await readFile(join(folder, 'net.bin'))).to.deep.equal(Buffer.from(content));
  }));

  it('begins anew when the server ignores the range, has none, or the joined parts are wrong', () => inFolder(async (folder) => {
    const part = join(folder, 'net.bin.part');
    await writeFile(part, content.subarray(0, 30_000));
    await served((_, response) => { response.end(content); }, (base) => download(one(folder, base)));
    await writeFile(part, content.subarray(0, 30_000));
    const noRange: RequestListener = (request, response) => {
      if (request.headers.range !== undefined) response.writeHead(416);
      response.end(request.headers.range === undefined ? content : '');
    };
    await served(noRange, (base) => download(one(folder, base)));
    await writeFile(part, new Uint8Array(30_000).fill(7));
    const seen: (string | undefined)[] = [];
    await served(withRanges(content, seen), (base) => download(one(folder, base)));
    expect(seen).to.deep.equal(['bytes=30000-', undefined]);
    expect(await readFile(join(folder, 'net.bin'))).to.deep.equal(Buffer.from(content));
  }));

  it('keeps nothing of another file, or of one that is too large', () => inFolder(async (folder) => {
    const other = content.slice();
    other[500] = other[500]! + 1;
    await served(withRanges(other), (base) => faultOf('pack-hash-mismatch', () => download(one(folder, base))).then(() => undefined));
    const endless: RequestListener = (_, response) => {
      const more = (): boolean => response.write(content, () => { if (!response.destroyed) more(); });
      more();
    };
    await served(endless, (base) => faultOf('pack-hash-mismatch', () => download(one(folder, base))).then(() => undefined));
    expect(await readdir(folder)).to.deep.equal([]);
  }));

  it('gives up on a server that falls silent, before its answer or within it', () => inFolder(async (folder) => {
    await served(() => undefined, async (base) => {
      expect((await faultOf('download-failed', () => download(one(folder, base, { stallTimeoutMs: 60 })))).message).to.include('sent nothing for 0.06 s');
    });
    await served((_, response) => { response.write(content.subarray(0, 1000)); }, async (base) => {
      expect((await faultOf('download-failed', () => download(one(folder, base, { stallTimeoutMs: 400 })))).message).to.include('sent nothing');
    });
    expect((await readFile(join(folder, 'net.bin.part'))).length).to.equal(1000);
  }));

  it('follows redirects, but not for ever and not to a place that is none', () => inFolder(async (folder) => {
    const redirect: RequestListener = (request, response) => {
      if (request.url === '/end') response.end(content);
      else response.writeHead(302, { location: request.url === '/a' ? '/end' : '/a' }).end();
    };
    await served(redirect, (base) => download(one(folder, base)));
    expect(await readdir(folder)).to.deep.equal(['net.bin']);
    const loop: RequestListener = (request, response) => { response.writeHead(307, { location: request.url }).end(); };
    await served(loop, async (base) => {
      expect((await faultOf('download-failed', () => download(one(folder, base)))).message).to.include('more than 5');
    });
    const nowhere: RequestListener = (_, response) => { response.writeHead(302, { location: 'http://' }).end(); };
    await served(nowhere, (base) => faultOf('download-failed', () => download(one(folder, base))).then(() => undefined));
    const otherScheme: RequestListener = (_, response) => { response.writeHead(302, { location: 'file:///etc/passwd' }).end(); };
    await served(otherScheme, (base) => faultOf('download-failed', () => download(one(folder, base))).then(() => undefined));
  }));

  it('says what the server answered, and that nobody answers', () => inFolder(async (folder) => {
    let address = '';
    await served((_, response) => { response.writeHead(404).end(); }, async (base) => {
      address = base;
      const fault = await faultOf('download-failed', () => download(one(folder, base)));
      expect(fault.message).to.include('404').and.include('net.bin');
    });
    await faultOf('download-failed', () => download(one(folder, address)));
  }));

  it('stops when it is cancelled, and keeps what came', () => inFolder((folder) => served((_, response) => { response.write(content.subarray(0, 1000)); }, async (base) => {
    const cancel = new AbortController();
    const fault = await faultOf('download-failed', () => download(one(folder, base, {
      signal: cancel.signal, onProgress: ({ receivedBytes }) => { if (receivedBytes > 0) cancel.abort(); },
    })));
    expect(fault.message).to.include('cancelled');
    expect(await readdir(folder)).to.deep.equal(['net.bin.part']);
    await faultOf('download-failed', () => download(one(folder, base, { signal: AbortSignal.abort() })));
  })));
});

describe('mayFollow', () => {
  it('never leaves https for http, except to this machine', () => {
    const may = (to: string, first: string): boolean => mayFollow(new URL(to), new URL(first));
    expect(may('https://b.example/x', 'https://a.example/x')).to.equal(true);
    expect(may('http://a.example/x', 'https://a.example/x')).to.equal(false);
    expect(may('http://localhost.example/x', 'https://a.example/x')).to.equal(false);
    expect(may('http://127.0.0.1:8080/x', 'https://a.example/x')).to.equal(true);
    expect(may('http://b.example/x', 'http://a.example/x')).to.equal(true);
    expect(may('file:///etc/passwd', 'http://a.example/x')).to.equal(false);
  });
});

describe('pullPack', function pulls() {
  this.timeout(60_000);
  const FILES: Readonly<Record<string, readonly string[]>> = {
    yamnet: ['yamnet_class_map.csv', 'yamnet_spectra_in.tflite'],
    mobilenet_v2: ['imagenet_labels.txt', 'mobilenet_v2_1.0_224_quant.tflite'],
  };

  for (const name of ['yamnet', 'mobilenet_v2']) {
    it(`makes a pack of ${name}`, async function whole() {
      const files = new Map(FILES[name]!.map((file) => [`/${file}`, weights(this, file)]));
      await inFolder((folder) => served((request, response) => { response.end(files.get(request.url ?? '')); }, async (baseUrl) => {
        const seen = new Set<string>();
        const place = await pullPack(name, { folder, baseUrl, onProgress: ({ file }) => seen.add(file) });
        expect([...seen]).to.deep.equal(FILES[name]);
        expect(place).to.equal(join(folder, name));
        const pack = await loadPack(name, { searchPath: [folder] });
        const sense = name === 'yamnet' ? 'audio' : 'appearance';
        expect(pack.labels(sense).slice(0, 2)).to.deep.equal(name === 'yamnet' ? ['Speech', 'Child speech, kid speaking'] : ['background', 'tench, Tinca tinca']);
        expect(pack.sense(sense).macs).to.equal(name === 'yamnet' ? 69_165_056 : 300_775_552);
        expect(pack.sense(sense).input.from).to.include(name === 'yamnet' ? { patchHopFrames: 48, logOffset: 0.001 } : { scale: 1 / 128, offset: -1, layout: 'nhwc' });
      }));
    });
  }

  it('shows no pack until all is there, and goes on at the next call', async function interrupted() {
    const [labels, model] = FILES['yamnet']!.map((file) => weights(this, file));
    await inFolder(async (folder) => {
      const { answer, onProgress } = breaking(model!, 2_000_000);
      const breaks: RequestListener = (request, response) => {
        if (request.url!.endsWith('.csv')) response.end(labels);
        else answer(request, response);
      };
      await served(breaks, (baseUrl) => faultOf('download-failed', () => pullPack('yamnet', { folder, baseUrl, onProgress })).then(() => undefined));
      await faultOf('pack-not-found', () => loadPack('yamnet', { searchPath: [folder] }));
      const seen: (string | undefined)[] = [];
      await served((request, response) => {
        if (request.url!.endsWith('.csv')) response.end(labels);
        else withRanges(model!, seen)(request, response);
      }, (baseUrl) => pullPack('yamnet', { folder, baseUrl }).then(() => undefined));
      expect(seen).to.deep.equal(['bytes=2000000-']);
      expect((await loadPack('yamnet', { searchPath: [folder] })).labels('audio')).to.have.length(521);
    });
  });

  it('refuses another file under the right name, and names it does not know', () => inFolder(async (folder) => {
    await served((_, response) => { response.end('version https://git-lfs.github.com/spec/v1\n'); }, async (baseUrl) => {
      await faultOf('download-failed', () => pullPack('yamnet', { folder, baseUrl }));
    });
    expect((await faultOf('pack-not-found', () => pullPack('resnet', { folder }))).remedy).to.include('yamnet and mobilenet_v2');
    await mkdir(join(folder, 'empty'));
    expect((await readdir(folder)).filter((name) => !name.startsWith('.'))).to.deep.equal(['empty']);
  }));
});

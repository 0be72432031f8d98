import { expect } from 'chai';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstValueFrom } from 'rxjs';
import type { SourceEvent } from '../../src/ingest/types.js';
import { hosts, videoOf, type Heard } from '../fixtures/connections.js';
import { freePort, hasGstRtspServer, needs, programs, PYTHON } from '../fixtures/peers.js';
import { isRedBelow, numberOf } from '../fixtures/pictures.js';
import { pictures, recording, tone } from '../fixtures/recordings.js';
import { follow, statesOf } from '../fixtures/sources.js';

const S = 1_000_000;

/** The script is not compiled: it lies in the sources, wherever these tests were compiled to. */
const script = (): string => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'test/peers/gst-rtsp-server.py');
    if (existsSync(found)) return found;
  }
  return join(process.cwd(), 'test/peers/gst-rtsp-server.py');
};

describe('GStreamer\'s RTSP server', function () {
  this.timeout(90_000);
  needs('GStreamer\'s RTSP server (gir1.2-gst-rtsp-server-1.0)', hasGstRtspServer);
  const host = hosts();
  const run = programs();

  const serve = async (port: number): Promise<ChildProcess> => {
    // Long enough that it does not end while it is watched: this server does not loop.
    const path = recording('long.mkv', () => ({ video: pictures(40, { fps: 20 }), audio: tone(40) }));
    const child = run(PYTHON, [script(), String(port), `/live=${path}`]);
    await new Promise<void>((resolve, reject) => {
      child.stdout?.once('data', () => { resolve(); });
      child.once('exit', (code) => { reject(new Error(`it ended with ${String(code)}`)); });
    });
    return child;
  };
  const plays = async (heard: Heard<SourceEvent>, forUs: number): Promise<void> => {
    const [heardUs, seenUs] = [Math.max(0, heard.heardUs), Math.max(0, heard.seenUs)];
    await heard.until((now) => now.over || Math.min(now.heardUs - heardUs, now.seenUs - seenUs) >= forUs, 'sound and pictures');
    expect(heard.error).to.equal(undefined);
  };

  for (const transport of ['tcp', 'udp'] as const) {
    it(`is played over ${transport.toUpperCase()}, comes back after kill -9, and is found out when it stops`, async () => {
      const port = await freePort();
      const first = await serve(port);
      const heard = follow(host(), `rtsp://127.0.0.1:${port}/live`, { transport, stallS: 2 });
      await plays(heard, S);
      const info = heard.of('opened')[0]?.info;
      expect([info?.video?.codec, info?.audio?.codec]).to.deep.equal(['h264', 'aac']);
      const { picture } = await firstValueFrom(videoOf(heard).frameAt({ timeUs: heard.seenUs, size: { width: 160, height: 96 }, toleranceUs: 5 * S }));
      if (picture === undefined) return expect.fail('no picture');
      expect(numberOf(picture) % 20).to.equal(0);
      expect(isRedBelow(picture)).to.equal(true);

      first.kill('SIGKILL');
      await heard.until(() => statesOf(heard).includes('stalled'), 'the loss');
      const second = await serve(port);
      await heard.until(() => heard.of('opened').length >= 2 && statesOf(heard).at(-1) === 'running', 'the second connection');
      await plays(heard, S);

      const stalls = (): number => heard.of('state').filter(({ fault }) => fault?.kind === 'source-stalled').length;
      const before = stalls();
      second.kill('SIGSTOP');
      await heard.until(() => stalls() > before, 'the stall');
      second.kill('SIGCONT');
      await heard.until(() => statesOf(heard).at(-1) === 'running', 'the third connection');
    });
  }
});

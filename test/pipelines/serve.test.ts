import { expect } from 'chai';
import { filter, firstValueFrom, take, timeout, toArray } from 'rxjs';
import WebSocket from 'ws';
import { hearkenClient } from '../../src/serve/client.js';
import { RtspServer } from '../../tools/rtsp/server.js';
import { start, type Running } from '../fixtures/command.js';
import { until } from '../fixtures/connections.js';
import { pictures, recording, tone } from '../fixtures/recordings.js';

const PATIENCE_MS = 30_000;

describe('hearken serve, from a camera to a subscriber', () => {
  let camera: RtspServer;
  let running: Running;
  let url = '';
  before(async () => {
    camera = new RtspServer(recording('camera.mkv', () => ({ video: pictures(6, { fps: 20 }), audio: tone(6) })));
    await camera.listen(0);
    running = start(['serve', `yard=${camera.url()}`, `gone=rtsp://127.0.0.1:1/none`, '--port', '0', '--set', 'reconnect.minS=0.2']);
    let said = '';
    running.child.stderr?.on('data', (data: Buffer) => { said += data.toString(); });
    await until(() => said.includes('/ws'), () => 'the server to listen');
    url = /ws:\/\/\S+/.exec(said)?.[0] ?? '';
  });
  after(async () => {
    running.child.kill('SIGINT');
    const { code } = await running.ended;
    await camera.close();
    expect(code).to.equal(130);
  });

  it('sends segments of the camera that works, in order, and says of the other that it cannot be reached', async () => {
    const client = hearkenClient({ url, WebSocket });
    const segments = firstValueFrom(client.subscribe({ cameras: ['yard'], kinds: ['segment'] }).pipe(
      filter((message) => message.type === 'segment'), take(5), toArray(), timeout(PATIENCE_MS),
    ));
    const trouble = firstValueFrom(client.subscribe({ cameras: ['gone'], kinds: ['state'], since_seq: 0 }).pipe(
      filter((message) => message.type === 'state' && message.state.state === 'stalled'), timeout(PATIENCE_MS),
    ));
    const heard = await segments;
    const indices = heard.map(({ segment }) => segment.index);
    expect(indices).to.deep.equal(indices.map((_, i) => (indices[0] ?? 0) + i));
    const nowS = Date.now() / 1000;
    for (const { segment } of heard) expect(segment.end_time, 'wall-clock time, and lately').to.be.within(nowS - 60, nowS + 1);
    const stalled = await trouble;
    expect(stalled).to.have.nested.property('state.fault.kind', 'source-refused');
    expect(stalled).to.have.nested.property('state.retry_in_s').that.is.greaterThan(0);
  });
});

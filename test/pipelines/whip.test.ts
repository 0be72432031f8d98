import { expect } from 'chai';
import type { SegmentMessage } from '../../src/emit/types.js';
import { browsers, publishFrom } from '../fixtures/chromium.js';
import { start, type Running } from '../fixtures/command.js';
import { until } from '../fixtures/connections.js';

/** Runs in the page: subscribes to the segments of a camera and keeps them. */
const SUBSCRIBE = `(url) => {
  globalThis.segments = [];
  const socket = new WebSocket(url);
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'hello') socket.send(JSON.stringify({ id: 1, type: 'subscribe', cameras: ['yard'], kinds: ['segment'] }));
    if (message.type === 'segment') globalThis.segments.push(message.segment);
  };
}`;

describe('hearken serve, from a browser\'s camera to a prediction in the browser', function endToEnd() {
  this.timeout(180_000);
  const newPage = browsers();
  let running: Running | undefined;
  afterEach(async () => {
    running?.child.kill('SIGTERM');
    await running?.ended;
    running = undefined;
  });

  it('hears what the page publishes, looks at it when a gate opens, and tells the page', async function publishesAndHears() {
    const page = await newPage(this);
    const serving = start(['serve', 'yard=whip', '--port', '0', '--set', 'packs.appearance=eye', '--set', 'gate.appearance.heartbeatS=3']);
    running = serving;
    let said = '';
    serving.child.stderr?.on('data', (data: Buffer) => { said += data.toString(); });
    await until(() => /(?:ws|http):\/\/127\.0\.0\.1:\d+/.test(said), () => `the server to listen, but it said ${said}`);
    const host = /127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '';
    await page.goto(`http://${host}/healthz`);
    await page.evaluate(`(${SUBSCRIBE})(${JSON.stringify(`ws://${host}/ws`)})`);
    const published = await publishFrom(page, `http://${host}/whip/yard`);
    expect(published.status, published.body).to.equal(201);
    const segments = async (): Promise<SegmentMessage[]> => page.evaluate<SegmentMessage[]>('globalThis.segments');
    await until(async () => (await segments()).filter(({ heard }) => heard.length > 0).length >= 5, () => `five predictions, but the server said ${said}`);
    await until(async () => (await segments()).some(({ looked }) => looked), () => 'a look');
    const all = await segments();
    const nowS = Date.now() / 1000;
    expect(all.at(-1)?.end_time, 'wall-clock time').to.be.within(nowS - 30, nowS + 1);
    expect(all.find(({ looked }) => looked)?.seen?.labels).to.have.length.greaterThan(0);
    expect((await page.evaluate<number>(`fetch(${JSON.stringify(published.location)}, { method: 'DELETE' }).then(({ status }) => status)`))).to.equal(200);
  });
});

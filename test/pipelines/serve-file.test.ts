import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import WebSocket from 'ws';
import { RtspServer } from '../../tools/rtsp/server.js';
import { start, type Running } from '../fixtures/command.js';
import { until } from '../fixtures/connections.js';
import { bytesIn, camera as cameraRecording } from '../fixtures/recordings.js';

interface Message {
  readonly type: string;
  readonly camera?: string;
  readonly event?: { readonly id: string; readonly type: string };
  readonly segment?: { readonly index: number };
  readonly state?: { readonly state: string };
}

describe('hearken serve with a configuration file', function () {
  this.timeout(90_000);
  let camera: RtspServer;
  let running: Running;
  let said = '';
  const messages: Message[] = [];
  let closed: number | undefined;
  let file = '';
  const configuration = (confidence: number, more = ''): string => `serve: { port: 0 }\nemit: { confidence: ${confidence}, release: 0, min_duration_s: 0 }\nsources: { allow: ["rtsp://127.0.0.1"] }\ncameras:\n  yard: { source: "rtsp://\${SECRET}@127.0.0.1:${camera.port}/live" }\n${more}`;
  const of = (name: string): Message[] => messages.filter((message) => message.camera === name);

  before(async () => {
    camera = new RtspServer(cameraRecording());
    await camera.listen(0);
    file = bytesIn('serve.yaml', configuration(1));
    running = start(['serve', file], { SECRET: 'someone:geheimnis' });
    running.child.stderr?.on('data', (data: Buffer) => { said += data.toString(); });
    await until(() => said.includes('/ws'), () => `the server to listen, but it said ${said}`);
    const socket = new WebSocket(/ws:\/\/\S+/.exec(said)?.[0] ?? '');
    socket.on('open', () => { socket.send(JSON.stringify({ id: 1, type: 'subscribe', kinds: ['event', 'segment', 'state'], since_seq: 0 })); });
    socket.on('message', (data: Buffer) => { messages.push(JSON.parse(data.toString()) as Message); });
    socket.on('close', (code) => { closed = code; });
    await until(() => of('yard').filter(({ type }) => type === 'segment').length > 2, () => 'segments');
  });
  after(async () => {
    running.child.kill('SIGKILL');
    await camera.close();
  });

  it('says where its dashboard, its API and its WebSocket are', async () => {
    const [, dashboard = ''] = /dashboard (http:\S+)/.exec(said) ?? [];
    const [, api = ''] = /API (http:[^\s"]+)/.exec(said) ?? [];
    expect(await (await fetch(dashboard)).text()).to.contain('<title>Hearken');
    expect(await (await fetch(api)).json()).to.have.property('openapi');
  });

  it('takes a change of the file over while it runs, and leaves the camera that is there alone', async () => {
    writeFileSync(file, configuration(0.001, `  door: { source: "rtsp://127.0.0.1:${camera.port}/live" }\n`));
    await until(() => of('door').some(({ type }) => type === 'segment') && of('yard').some(({ type }) => type === 'event'), () => `the door and an event, but it said ${said}`);
    const indices = of('yard').flatMap(({ segment }) => segment?.index ?? []);
    expect(indices).to.deep.equal(indices.map((_, i) => i));
    expect(of('yard').flatMap(({ state }) => state?.state ?? [])).to.deep.equal(['starting', 'running']);
  });

  it('keeps what it has when the file has a mistake, and says which', async () => {
    writeFileSync(file, configuration(0.001, '  door: { sorce: x }\n'));
    await until(() => said.includes('did you mean source?'), () => 'the mistake');
    const segments = of('door').length;
    await until(() => of('door').length > segments, () => 'the door to go on');
  });

  it('ends on SIGTERM: events first, then sockets with their code, in under five seconds, and no secret was said', async () => {
    const startMs = performance.now();
    running.child.kill('SIGTERM');
    const { code, stderr, stdout } = await running.ended;
    // A promise of the product, not a benchmark: the exit is forced before this.
    expect(performance.now() - startMs).to.be.lessThan(5_000);
    expect(code).to.equal(143);
    expect(stderr.join('\n')).to.match(/told to stop: closing[^]*closed, after \d\.\d s/);
    await until(() => closed !== undefined, () => 'the socket to close');
    expect(closed).to.equal(1001);
    const open = new Set<string>();
    for (const { event } of messages) {
      if (event === undefined) continue;
      if (event.type === 'end' || event.type === 'retracted') open.delete(event.id);
      else open.add(event.id);
    }
    expect(messages.some(({ event }) => event !== undefined)).to.equal(true);
    expect([...open]).to.deep.equal([]);
    expect([...stderr, ...stdout, JSON.stringify(messages)].join('\n')).to.not.contain('geheimnis');
  });
});

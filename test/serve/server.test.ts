import { connect } from 'node:net';
import { expect } from 'chai';
import { Fault } from '../../src/faults.js';
import { DEFAULT_LIMITS } from '../../src/serve/options.js';
import { CLOSE_CODES } from '../../src/serve/protocol.js';
import { startServer } from '../../src/serve/server.js';
import { event, gate, segment, state } from './outputs.js';
import { Stage, TOKEN, until, type TestClient } from './sockets.js';

const codeOf = async (client: TestClient): Promise<number> => (await client.closed).code;

describe('serve/server', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());

  it('sends each subscriber what it asked for, numbered across the server', async () => {
    const server = await stage.server();
    const [all, yard, sure] = [stage.client(server), stage.client(server), stage.client(server)];
    await all.ask({ id: 1, type: 'subscribe', kinds: ['event', 'segment', 'gate', 'state'] });
    await yard.ask({ id: 7, type: 'subscribe', cameras: ['yard'] });
    await sure.ask({ id: 1, type: 'subscribe', labels: ['siren'], min_score: 0.8 });
    server.publish('dock', event('siren'));
    server.publish('dock', segment());
    server.publish('dock', gate());
    server.publish('yard', state('yard'));
    server.publish('yard', event('drone', {}, 'yard'));
    await until(() => all.seqs.length === 5 && yard.seqs.length === 1 && sure.seqs.length === 1);
    expect(all.seqs).to.deep.equal([1, 2, 3, 4, 5]);
    expect(yard.said.at(-1)).to.deep.equal({ type: 'event', subscription: 7, seq: 5, camera: 'yard', event: event('drone', {}, 'yard').event });
    expect(sure.seqs).to.deep.equal([1]);
    expect(server.stats()).to.include({ clients: 3, published: 5, dropped: 0 });
  });

  it('stops at unsubscribe', async () => {
    const server = await stage.server();
    const client = stage.client(server);
    await client.ask({ id: 1, type: 'subscribe' });
    await client.ask({ id: 2, type: 'unsubscribe', subscription: 1 });
    server.publish('dock', event());
    expect(await client.ask({ id: 3, type: 'ping' })).to.deep.equal({ id: 3, type: 'pong' });
    expect(client.seqs).to.deep.equal([]);
  });

  it('replays from since_seq, and says what is the oldest when that is gone', async () => {
    const server = await stage.server({ limits: { log: { messages: 3, bytes: 1e6 } } });
    for (let i = 0; i < 5; i++) server.publish('dock', event());
    const [near, far] = [stage.client(server), stage.client(server)];
    expect(await near.ask({ id: 1, type: 'subscribe', since_seq: 3 })).to.have.deep.nested.property('result.replay', { complete: true, oldest_seq: 3 });
    expect(await far.ask({ id: 1, type: 'subscribe', since_seq: 1 })).to.have.deep.nested.property('result.replay', { complete: false, oldest_seq: 3 });
    await until(() => near.seqs.length === 2 && far.seqs.length === 3);
    expect(near.seqs).to.deep.equal([4, 5]);
    expect(far.seqs).to.deep.equal([3, 4, 5]);
  });

  it('does not grow for a client that never reads, and tells it what it lost once it does', async () => {
    const log = { messages: 50, bytes: 1e7 };
    const server = await stage.server({ limits: { log } });
    const [slow, quick] = [stage.client(server), stage.client(server)];
    await slow.ask({ id: 1, type: 'subscribe', kinds: ['segment'] });
    await quick.ask({ id: 1, type: 'subscribe', kinds: ['segment'] });
    slow.socket.pause();
    // some 40 MB: more than the kernel's buffers hold on both sides
    const big = segment();
    const fat = { ...big, segment: { ...big.segment, camera: 'x'.repeat(20_000) } };
    const count = 2000;
    for (let i = 1; i <= count; i++) {
      server.publish('dock', fat);
      if (i % 10 === 0) await until(() => quick.seqs.length === i);
    }
    const { dropped, bufferedBytes } = server.stats();
    expect(dropped).to.be.greaterThan(0);
    expect(bufferedBytes).to.be.below(DEFAULT_LIMITS.bufferedBytes + 25_000);
    expect(quick.seqs.length).to.equal(count);
    slow.socket.resume();
    await until(() => slow.seqs.at(-1) === count);
    const lags = slow.said.flatMap((message) => message.type === 'lagged' ? [message.dropped] : []);
    expect(lags).to.deep.equal([dropped]);
    expect(slow.seqs.length + dropped).to.equal(count);
    // the gap is where the notice stands
    const notice = slow.said.findIndex(({ type }) => type === 'lagged');
    const [before, after] = [slow.said[notice - 1], slow.said[notice + 1]].map((message) => message !== undefined && 'seq' in message ? message.seq : NaN);
    expect(after! - before! - 1).to.equal(dropped);
  });

  it('answers nonsense with what is wrong with it, and closes when there is too much of it', async () => {
    const server = await stage.server({ limits: { mistakes: 4 } });
    const client = stage.client(server);
    await client.hello();
    for (const nonsense of ['{"id":', '"subscribe"', { id: 2, type: 'explode' }, { id: 3, type: 'subscribe', kinds: [] }]) client.send(nonsense);
    expect(await codeOf(client)).to.equal(CLOSE_CODES.malformed.code);
    const codes = client.said.flatMap((message) => message.type === 'result' && !message.success ? [[message.id, message.error.code]] : []);
    expect(codes.slice(0, 3)).to.deep.equal([[null, 'invalid_json'], [null, 'invalid_format'], [2, 'unknown_command']]);
  });

  it('closes on a message too big, one that is binary, one that is no UTF-8, and too many', async () => {
    const server = await stage.server({ limits: { messageBytes: 1000, messages: { perSecond: 1, burst: 5 } } });
    const [big, binary, broken, many, pings] = [1, 2, 3, 4, 5].map(() => stage.client(server)) as [TestClient, TestClient, TestClient, TestClient, TestClient];
    await Promise.all([big, binary, broken, many, pings].map((client) => client.hello()));
    big.send(`{"id":1,"type":"ping","x":"${'x'.repeat(2000)}"}`);
    binary.socket.send(Buffer.from('{"id":1,"type":"ping"}'));
    broken.socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
    for (let id = 1; id <= 10; id++) many.send({ id, type: 'ping' });
    for (let i = 0; i < 10; i++) pings.socket.ping();
    expect(await codeOf(big)).to.equal(CLOSE_CODES.too_big.code);
    expect(await codeOf(binary)).to.equal(CLOSE_CODES.not_text.code);
    expect(await codeOf(broken)).to.equal(1007);
    expect(await codeOf(many)).to.equal(CLOSE_CODES.too_many_requests.code);
    expect(await codeOf(pings)).to.equal(CLOSE_CODES.too_many_requests.code);
    await until(() => server.stats().clients === 0);
  });

  it('answers a WebSocket ping', async () => {
    const client = stage.client(await stage.server());
    await client.hello();
    const pong = new Promise<string>((resolve) => { client.socket.once('pong', (data) => { resolve(data.toString()); }); });
    client.socket.ping('are you there?');
    expect(await pong).to.equal('are you there?');
  });

  it('reaps who does not answer its pings, and keeps who does', async () => {
    const server = await stage.server({ limits: { heartbeatMs: 150, closeMs: 20 } });
    const [dead, alive] = [stage.client(server, '/ws', { autoPong: false }), stage.client(server)];
    await Promise.all([dead.hello(), alive.hello()]);
    expect(await codeOf(dead)).to.equal(CLOSE_CODES.unresponsive.code);
    await until(() => server.stats().clients === 1);
    expect(await alive.ask({ id: 1, type: 'ping' })).to.include({ type: 'pong' });
  });

  it('cuts who does not even answer the close', async () => {
    const server = await stage.server({ limits: { heartbeatMs: 30, closeMs: 20 } });
    const frozen = stage.client(server);
    await frozen.hello();
    frozen.socket.pause();
    await until(() => server.stats().clients === 0);
  });

  it('takes only so many clients, and one more when one has left', async () => {
    const server = await stage.server({ limits: { clients: 1 } });
    const first = stage.client(server);
    await first.hello();
    const second = stage.client(server);
    expect(await codeOf(second)).to.equal(CLOSE_CODES.try_again_later.code);
    expect(second.said).to.deep.equal([]);
    first.socket.close();
    await until(() => server.stats().clients === 0);
    await stage.client(server).hello();
  });

  it('forgets 200 clients that come and vanish', async () => {
    const server = await stage.server({ limits: { clients: 200 } });
    const clients = Array.from({ length: 200 }, () => stage.client(server));
    await Promise.all(clients.map(async (client, i) => {
      await client.ask({ id: 1, type: 'subscribe', kinds: ['event', 'segment'], since_seq: 0 });
      if (i % 2 === 0) client.socket.terminate();
      else client.socket.close();
    }));
    for (let i = 0; i < 10; i++) server.publish('dock', event());
    await until(() => server.stats().clients === 0);
    expect(server.stats().bufferedBytes).to.equal(0);
    await stage.client(server).hello();
  });

  it('closes with 1001 and ends, though one client does not read and another never spoke', async () => {
    const server = await stage.server({ limits: { closeMs: 50 } });
    const [polite, frozen] = [stage.client(server), stage.client(server)];
    await Promise.all([polite.hello(), frozen.hello()]);
    frozen.socket.pause();
    const mute = connect(server.address.port, '127.0.0.1');
    await new Promise((resolve) => { mute.once('connect', resolve); });
    const gone = new Promise((resolve) => { mute.once('close', resolve); });
    await Promise.all([server.close(), server.close()]);
    expect(await polite.closed).to.deep.equal({ code: 1001, reason: CLOSE_CODES.going_away.meaning });
    await gone;
    await until(() => server.stats().clients === 0);
    server.publish('dock', event());
    expect(server.stats().published).to.equal(0);
  });

  it('says what was published last before it closes', async () => {
    const server = await stage.server();
    const client = stage.client(server);
    await client.ask({ id: 1, type: 'subscribe' });
    for (let i = 0; i < 20; i++) server.publish('dock', event());
    await server.close();
    expect((await client.closed).code).to.equal(1001);
    expect(client.seqs).to.have.length(20);
  });

  it('says in a Fault why it cannot listen', async () => {
    const { address } = await stage.server();
    for (const port of [address.port, 99_999]) {
      const fault = await startServer({ host: '127.0.0.1', port }).then(() => undefined, (error: unknown) => error);
      expect(fault).to.be.instanceOf(Fault).with.property('kind', 'listen-failed');
    }
  });
});

describe('serve/server: who may come in', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());
  const bearer = { headers: { authorization: `Bearer ${TOKEN}` } };

  it('refuses to listen beyond this machine without a token', async () => {
    const fault = await startServer({ host: '0.0.0.0', port: 0 }).then(() => undefined, (error: unknown) => error);
    expect(fault).to.be.instanceOf(Fault).with.property('kind', 'auth-required');
    expect((fault as Fault).remedy).to.be.a('string');
  });

  it('closes with 4401 without the token or with a wrong one, and says nothing before', async () => {
    const server = await stage.server({ token: TOKEN });
    const refused = [
      stage.client(server),
      stage.client(server, '/ws', { headers: { authorization: 'Bearer wrong' } }),
      stage.client(server, '/ws?ticket=made-up', bearer),
    ];
    for (const client of refused) {
      expect(await codeOf(client)).to.equal(CLOSE_CODES.unauthorised.code);
      expect(client.said).to.deep.equal([]);
    }
    await stage.client(server, '/ws', bearer).hello();
    expect(server.stats().clients).to.equal(1);
  });

  it('gives a ticket for the token, good for one connection', async () => {
    const server = await stage.server({ token: TOKEN });
    const url = `http://127.0.0.1:${server.address.port}/api/ws-ticket`;
    expect((await fetch(url, { method: 'POST' })).status).to.equal(401);
    expect((await fetch(url, bearer)).status).to.equal(405);
    const response = await fetch(url, { method: 'POST', ...bearer });
    expect(response.status).to.equal(201);
    const { ticket, expires_in_s } = await response.json() as { ticket: string; expires_in_s: number };
    expect(expires_in_s).to.equal(30);
    await stage.client(server, `/ws?ticket=${ticket}`).hello();
    expect(await codeOf(stage.client(server, `/ws?ticket=${ticket}`))).to.equal(CLOSE_CODES.unauthorised.code);
  });

  it('lets pages in from this machine, its own host and the list only', async () => {
    const server = await stage.server({ origins: ['https://home.example'] });
    for (const origin of ['http://localhost:5173', `http://127.0.0.1:${server.address.port}`, 'https://home.example']) await stage.client(server, '/ws', { origin }).hello();
    for (const options of [{ origin: 'https://evil.example' }, { headers: { host: 'rebound.example', origin: 'http://rebound.example' } }]) {
      const client = stage.client(server, '/ws', options);
      await client.closed;
      expect(client.status).to.equal(403);
    }
    const lost = stage.client(server, '/other');
    await lost.closed;
    expect(lost.status).to.equal(404);
  });

  it('answers the preflight of an allowed page, and not of another', async () => {
    const server = await stage.server({ token: TOKEN });
    const url = `http://127.0.0.1:${server.address.port}/api/ws-ticket`;
    const ask = (origin: string): Promise<Response> => fetch(url, { method: 'OPTIONS', headers: { origin } });
    const allowed = await ask('http://localhost:5173');
    expect([allowed.status, allowed.headers.get('access-control-allow-origin'), allowed.headers.get('access-control-allow-headers')])
      .to.deep.equal([204, 'http://localhost:5173', 'authorization, content-type, if-match, last-event-id']);
    expect((await ask('https://evil.example')).status).to.equal(403);
  });

  it('is healthy to everybody, and has nothing else to show', async () => {
    const server = await stage.server({ token: TOKEN });
    const at = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${server.address.port}${path}`);
    const health = await at('/healthz');
    expect([health.status, await health.json()]).to.deep.equal([200, { status: 'ok' }]);
    expect((await at('/')).status).to.equal(404);
    expect((await at('//evil.example/healthz')).status).to.equal(404);
    expect((await at('/ws')).status).to.equal(426);
  });
});

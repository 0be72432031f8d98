import { connect } from 'node:net';
import { request } from 'node:http';
import { expect } from 'chai';
import { cameraReportSchema } from '../../src/serve/camera-report.js';
import type { Server } from '../../src/serve/server.js';
import type { Token } from '../../src/serve/tokens.js';
import { JPEG, report, ScriptedSite } from './scripted-site.js';
import { callTo, Stage, TOKEN } from './sockets.js';

const json = (body: unknown): RequestInit => ({ method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const errorOf = async (response: Response): Promise<string> => ((await response.json()) as { error: string }).error;

/** What a server answers to bytes that no ordinary client would send; it ends the connection behind them. */
const raw = ({ address }: Server, text: string): Promise<string> => new Promise((resolve) => {
  const socket = connect(address.port, '127.0.0.1');
  let said = '';
  socket.on('data', (data) => { said += data.toString('latin1'); });
  socket.on('close', () => { resolve(said); });
  socket.on('error', () => undefined);
  socket.write(text);
});

describe('serve: cameras over REST', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());

  it('lists cameras and shows one', async () => {
    const call = callTo(await stage.server({}, new ScriptedSite(report('dock'), report('yard', { state: 'stalled' }))));
    const { cameras } = await (await call('/api/cameras')).json() as { cameras: unknown[] };
    expect(cameras.map((camera) => cameraReportSchema.parse(camera).name)).to.deep.equal(['dock', 'yard']);
    expect(await (await call('/api/cameras/yard')).json()).to.deep.include({ name: 'yard', state: 'stalled' });
    expect((await call('/api/cameras/attic')).status).to.equal(404);
  });

  it('adds, changes and removes a camera, and says how long it lives', async () => {
    const site = new ScriptedSite();
    const call = callTo(await stage.server({}, site));
    const place = async (source: string): Promise<unknown[]> => {
      const response = await call('/api/cameras/dock', json({ source }));
      const { result, lives, camera } = await response.json() as { result: string; lives: string; camera: unknown };
      return [response.status, result, lives, cameraReportSchema.parse(camera).definition['source']];
    };
    expect(await place('rtsp://a/1')).to.deep.equal([201, 'added', 'until-restart', 'rtsp://a/1']);
    expect(await place('rtsp://a/2')).to.deep.equal([200, 'changed', 'until-restart', 'rtsp://a/2']);
    expect(await place('rtsp://a/2')).to.deep.equal([200, 'same', 'until-restart', 'rtsp://a/2']);
    expect((await call('/api/cameras/dock', { method: 'DELETE' })).status).to.equal(204);
    expect((await call('/api/cameras/dock', { method: 'DELETE' })).status).to.equal(404);
  });

  it('leaves the cameras of the file to the file', async () => {
    const site = new ScriptedSite(report('dock', { origin: 'file' }));
    const call = callTo(await stage.server({}, site));
    for (const init of [json({ source: 'rtsp://a' }), { method: 'DELETE' }]) {
      const response = await call('/api/cameras/dock', init);
      expect(response.status).to.equal(409);
      expect(await errorOf(response)).to.contain('configuration file');
    }
    expect(site.put_).to.deep.equal([]);
    expect(site.camera('dock')).to.not.equal(undefined);
  });

  it('says in words what is wrong with a definition, and never a secret', async () => {
    const notes: string[] = [];
    const call = callTo(await stage.server({ note: (_level, message) => notes.push(message) }, new ScriptedSite()));
    const put = (body: unknown): Promise<Response> => call('/api/cameras/dock', json(body));
    const invalid = await put({});
    expect([invalid.status, await invalid.json()]).to.deep.equal([422, { error: 'cameras.x.source: is missing. Give one.', kind: 'settings-invalid' }]);
    expect((await put({ source: 'file:///etc/passwd' })).status).to.equal(403);
    const exploded = await put({ source: 'explode:' });
    expect(exploded.status).to.equal(500);
    expect(await exploded.text()).to.not.contain('hunter2').and.not.contain('.js:');
    expect(notes).to.have.length(1);
    expect((await call('/api/cameras/dock', { ...json({}), body: '{"source":' })).status).to.equal(400);
    expect((await call('/api/cameras/dock', { method: 'PUT', body: '{}', headers: { 'content-type': 'text/plain' } })).status).to.equal(415);
    expect((await call('/api/cameras/..%2f..%2fetc', json({ source: 'rtsp://a' }))).status).to.equal(404);
    expect((await call('/api/cameras/%ff', json({ source: 'rtsp://a' }))).status).to.equal(404);
  });

  it('reads no body over its limit, said or unsaid', async () => {
    const site = new ScriptedSite();
    const server = await stage.server({ limits: { bodyBytes: 1000 } }, site);
    expect((await callTo(server)('/api/cameras/dock', json({ source: 'x'.repeat(2000) }))).status).to.equal(413);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const chunked = request({ host: '127.0.0.1', port: server.address.port, method: 'PUT', path: '/api/cameras/dock', headers: { 'content-type': 'application/json' } }, (response) => {
        resolve(response.statusCode);
        chunked.destroy();
      });
      chunked.on('error', reject);
      for (let i = 0; i < 50; i++) chunked.write('x'.repeat(100));
    });
    expect(status).to.equal(413);
    expect(site.put_).to.deep.equal([]);
  });

  it('sends the newest picture, or says that there is none', async () => {
    const site = new ScriptedSite(report('dock'));
    const call = callTo(await stage.server({}, site));
    const picture = await call('/api/cameras/dock/picture.jpg');
    expect([picture.status, picture.headers.get('content-type'), picture.headers.get('x-hearken-time'), picture.headers.get('cache-control')])
      .to.deep.equal([200, 'image/jpeg', '1767225600.5', 'no-store']);
    expect(new Uint8Array(await picture.arrayBuffer())).to.deep.equal(JPEG);
    site.picture_ = undefined;
    const none = await call('/api/cameras/dock/picture.jpg');
    expect([none.status, none.headers.get('retry-after')]).to.deep.equal([503, '2']);
    expect((await call('/api/cameras/attic/picture.jpg')).status).to.equal(404);
  });

  it('is ready when the site is, and says why not only to who may know', async () => {
    const site = new ScriptedSite();
    const server = await stage.server({ token: TOKEN }, site);
    expect((await callTo(server)('/readyz')).status).to.equal(200);
    site.ready = false;
    const [stranger, known] = [await callTo(server)('/readyz'), await callTo(server, TOKEN)('/readyz')];
    expect([stranger.status, await stranger.json()]).to.deep.equal([503, { ready: false }]);
    expect([known.status, await known.json()]).to.deep.equal([503, { ready: false, reasons: ['The pack ear is not loaded yet.'] }]);
  });
});

describe('serve: who may call', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());
  const tokens: Token[] = (['publish', 'subscribe', 'admin'] as const).map((scope) => ({ name: scope, token: `${scope}-0123456789abcdef`, scopes: [scope] }));
  const CALLS: readonly (readonly [string, RequestInit, string])[] = [
    ['/api/cameras', {}, 'subscribe'], ['/api/cameras/dock', {}, 'subscribe'], ['/api/cameras/dock/picture.jpg', {}, 'subscribe'], ['/metrics', {}, 'subscribe'],
    ['/api/events', { method: 'HEAD' }, 'subscribe'], ['/api/ws-ticket', { method: 'POST' }, 'subscribe'],
    ['/api/cameras/dock', json({ source: 'rtsp://a' }), 'admin'], ['/api/cameras/dock', { method: 'DELETE' }, 'admin'],
    ['/whip/dock', { method: 'POST', body: 'v=0', headers: { 'content-type': 'application/sdp' } }, 'publish'],
    ['/whip/dock/1', { method: 'PATCH' }, 'publish'], ['/whip/dock/1', { method: 'DELETE' }, 'publish'],
  ];

  it('needs the scope of each call, and no other will do', async () => {
    const server = await stage.server({ tokens }, new ScriptedSite(report('dock')));
    for (const [path, init, scope] of CALLS) {
      const what = `${init.method ?? 'GET'} ${path}`;
      const nobody = await callTo(server)(path, init);
      expect(nobody.status, what).to.equal(401);
      expect(nobody.headers.get('www-authenticate'), what).to.match(/^Bearer/);
      for (const { token, name } of tokens.filter((one) => one.name !== scope)) {
        const refused = await callTo(server, token)(path, init);
        expect(refused.status, `${what} as ${name}`).to.equal(403);
        const { error, kind } = init.method === 'HEAD' ? { error: `the scope ${scope}.`, kind: 'auth-required' } : await refused.json() as { error: string; kind: string };
        expect(error, `${what} as ${name}`).to.match(/^This token may not|^the scope/).and.to.contain(`the scope ${scope}.`);
        expect(kind).to.equal('auth-required');
      }
    }
    for (const [path, init, scope] of CALLS) expect((await callTo(server, `${scope}-0123456789abcdef`)(path, init)).status, path).to.not.be.oneOf([401, 403]);
  });

  it('lets a token without subscribe open no WebSocket, and says that it is known but not enough', async () => {
    const server = await stage.server({ tokens });
    const client = stage.client(server, '/ws', { headers: { authorization: `Bearer ${tokens[0]!.token}` } });
    expect((await client.closed).code).to.equal(4403);
    await stage.client(server, '/ws', { headers: { authorization: `Bearer ${tokens[1]!.token}` } }).hello();
  });

  it('answers no page from elsewhere and no foreign name, on any path', async () => {
    const site = new ScriptedSite(report('dock'));
    const server = await stage.server({}, site);
    for (const [path, init] of CALLS) {
      const evil = await callTo(server)(path, { ...init, headers: { ...init.headers as Record<string, string> | undefined, origin: 'https://evil.example' } });
      expect(evil.status, path).to.equal(403);
      expect(evil.headers.get('access-control-allow-origin'), path).to.equal(null);
      expect(await raw(server, `GET ${path} HTTP/1.1\r\nhost: rebound.example\r\n\r\n`), path).to.match(/^HTTP\/1.1 403 /);
    }
    expect(await raw(server, 'GET /api/cameras/dock/picture.jpg HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: cross-site\r\nsec-fetch-mode: no-cors\r\n\r\n')).to.match(/^HTTP\/1.1 403 /);
    expect(site.camera('dock')).to.not.equal(undefined);
  });

  it('lets an allowed page read the answers', async () => {
    const server = await stage.server({ origins: ['https://home.example'], tokens }, new ScriptedSite());
    const headers = { origin: 'https://home.example', authorization: `Bearer ${tokens[1]!.token}` };
    const answer = await callTo(server)('/api/cameras', { headers });
    expect([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('vary')]).to.deep.equal([200, 'https://home.example', 'origin']);
    const preflight = await callTo(server)('/api/cameras/dock', { method: 'OPTIONS', headers: { origin: 'https://home.example' } });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).to.deep.equal([204, 'GET, HEAD, PUT, DELETE, OPTIONS']);
  });

  it('counts the calls of an address, and its wrong tokens tenfold; health is told all the same', async () => {
    const server = await stage.server({ tokens, limits: { requests: { perSecond: 0.001, burst: 25 } } }, new ScriptedSite());
    const guess = (): Promise<Response> => callTo(server, 'guess')('/api/cameras');
    expect([(await guess()).status, (await guess()).status, (await guess()).status, (await guess()).status, (await guess()).status]).to.deep.equal([401, 401, 401, 401, 401]);
    const right = await callTo(server, tokens[1]!.token)('/api/cameras');
    expect([right.status, right.headers.get('retry-after')]).to.deep.equal([429, '1']);
    expect((await callTo(server)('/healthz')).status).to.equal(200);
    const client = stage.client(server, '/ws');
    await client.closed;
    expect(client.status).to.equal(429);
  });

  it('says which methods there are, and answers HEAD without a body', async () => {
    const call = callTo(await stage.server({}, new ScriptedSite(report('dock'))));
    const wrong = await call('/api/cameras', { method: 'POST' });
    expect([wrong.status, wrong.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD, OPTIONS']);
    const head = await call('/api/cameras', { method: 'HEAD' });
    expect([head.status, await head.text()]).to.deep.equal([200, '']);
    expect(Number(head.headers.get('content-length'))).to.be.greaterThan(100);
  });

  it('gets through paths that are no paths', async () => {
    const server = await stage.server({}, new ScriptedSite(report('dock')));
    for (const path of ['//evil.example/api/cameras', '/api/cameras/../../etc/passwd', '/ui/../../../package.json', '/ui/%2e%2e/%2e%2e/package.json', '/ui/..%2f..%2fpackage.json', '/ui/', '/ui/src/serve/server.js', '/whip/', '/%', '*', 'http://[', '/__proto__', '/api/cameras/__proto__', '/constructor']) {
      expect(await raw(server, `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`), path).to.match(/^HTTP\/1.1 (404|400) /);
    }
  });
});

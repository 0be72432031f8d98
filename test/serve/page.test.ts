import { createHash } from 'node:crypto';
import { isBuiltin } from 'node:module';
import { expect } from 'chai';
import ts from 'typescript';
import type { ClientMessage, HearkenClient } from '../../src/serve/client.js';
import { CLIENT_MODULES, importMap, pageFiles, pageText } from '../../src/serve/page/files.js';
import { browsers } from '../fixtures/chromium.js';
import { event } from './outputs.js';
import { report, ScriptedSite } from './scripted-site.js';
import { callTo, Stage, TOKEN, until } from './sockets.js';

/** What a module imports when it runs: types are gone from compiled modules. */
const importsOf = (text: string): string[] => ts.preProcessFile(text, true, false).importedFiles.map(({ fileName }) => fileName);

/** The little of a browser's globals that this test uses. */
interface Tab {
  readonly document: {
    createElement(name: 'script'): { type: string; textContent: string };
    readonly documentElement: { append(element: unknown): void };
  };
  readonly location: { readonly origin: string };
}

describe('serve: the files of the page', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());
  const page = browsers();

  it('serves every module that the client and the page import, and none of them needs Node', async () => {
    const files = new Map((await pageFiles()).map((file) => [file.path, file]));
    const map = importMap();
    const seen = new Set<string>();
    const visit = async (path: string, from: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const file = files.get(path);
      expect(file, `${path}, which ${from} imports`).to.not.equal(undefined);
      for (const name of importsOf(String(await file!.read()))) {
        expect(isBuiltin(name), `${path} imports ${name}`).to.equal(false);
        const target = name.startsWith('.') ? new URL(name, `http://server${path}`).pathname : map[name];
        expect(target, `${path} imports ${name}, which the import map does not know`).to.be.a('string');
        await visit(target!, path);
      }
    };
    const entries = [map['hearken/client']!, ...Object.values(map), ...[...files.keys()].filter((path) => path.startsWith('/ui/src/') && path.endsWith('.js'))];
    for (const path of entries) await visit(path, 'the page');
    expect([...seen]).to.include.members(CLIENT_MODULES.map((module) => `/ui/${module}`));
  });

  it('sends files with their type, once: who has a file is told so', async () => {
    const call = callTo(await stage.server({ token: TOKEN }, new ScriptedSite()));
    for (const file of await pageFiles()) {
      const answer = await call(file.path);
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('x-content-type-options')], file.path).to.deep.equal([200, file.type, 'nosniff']);
      const etag = answer.headers.get('etag') ?? '';
      expect((await call(file.path, { headers: { 'if-none-match': etag } })).status, file.path).to.equal(304);
    }
  });

  it('allows the page its own import map, and no other script in it', async function () {
    if (await pageText() === undefined) this.skip();
    const answer = await callTo(await stage.server({}, new ScriptedSite()))('/');
    const html = await answer.text();
    const inline = /<script type="importmap">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    expect(JSON.parse(inline)).to.deep.equal({ imports: importMap() });
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).to.contain(`'sha256-${createHash('sha256').update(inline).digest('base64')}'`).and.contain("default-src 'none'").and.contain("frame-ancestors 'none'");
    expect(policy).to.not.contain('unsafe');
  });

  it('has no page and no files without a site', async () => {
    const call = callTo(await stage.server());
    expect((await call('/')).status).to.equal(404);
    expect((await call('/ui/src/serve/client.js')).status).to.equal(404);
  });

  it('has a client that works in a real browser: subscribes by ticket, lists cameras, takes a picture', async function () {
    this.timeout(60_000);
    const server = await stage.server({ token: TOKEN }, new ScriptedSite(report('dock')));
    const tab = await page(this);
    const troubles: string[] = [];
    tab.on('pageerror', (error) => troubles.push(String(error)));
    // A document of the server without a policy of its own: the client is tried, not the page.
    await tab.goto(`http://127.0.0.1:${server.address.port}/ui/vendor/uplot.css`);
    server.publish('dock', event('siren'));
    const got = tab.evaluate(async ({ map, token }) => {
      const { document, location } = globalThis as unknown as Tab;
      const script = document.createElement('script');
      script.type = 'importmap';
      script.textContent = JSON.stringify({ imports: map });
      document.documentElement.append(script);
      const name = 'hearken/client';
      const { hearkenClient } = await import(name) as { hearkenClient: (options: { url: string; token: string }) => HearkenClient };
      const client = hearkenClient({ url: location.origin, token });
      const messages: ClientMessage[] = [];
      await new Promise<void>((resolve, reject) => {
        const subscription = client.subscribe({ since_seq: 0 }).subscribe({
          next: (message) => {
            messages.push(message);
            if (messages.length < 2) return;
            subscription.unsubscribe();
            resolve();
          },
          error: reject,
        });
      });
      const cameras = await client.cameras.list();
      const picture = await client.cameras.picture('dock');
      const refused = await hearkenClient({ url: location.origin, token: 'wrong' }).cameras.list().catch((error: unknown) => (error as { kind?: string }).kind);
      return { messages, cameras: cameras.map((camera) => camera.name), bytes: picture?.blob.size, refused };
    }, { map: importMap(), token: TOKEN });
    await until(() => server.stats().clients === 1);
    server.publish('dock', event('drone'));
    const { messages, ...rest } = await got;
    expect(messages.map((message) => message.type === 'event' ? message.event.label : message.type)).to.deep.equal(['siren', 'drone']);
    expect(rest).to.deep.equal({ cameras: ['dock'], bytes: 4, refused: 'auth-required' });
    expect(troubles).to.deep.equal([]);
    await until(() => server.stats().clients === 0);
  });
});

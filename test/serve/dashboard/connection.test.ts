import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import type { ServerOptions } from '../../../src/serve/options.js';
import type { Server } from '../../../src/serve/server.js';
import { complaintsOf, openChromium } from '../../fixtures/chromium.js';
import { event } from '../outputs.js';
import { report, ScriptedSite } from '../scripted-site.js';
import { Stage, TOKEN } from '../sockets.js';

describe('the dashboard and the door of its server, in a real browser', function () {
  this.timeout(60_000);
  const stage = new Stage();
  let browser: Browser | undefined;
  let page: Page;
  before(async function () {
    browser = await openChromium();
    if (browser === undefined) this.skip();
  });
  after(async () => browser?.close());
  beforeEach(async () => {
    const context = await browser?.newContext();
    if (context !== undefined) page = await context.newPage();
  });
  afterEach(async () => {
    await page.context().close();
    await stage.clear();
  });

  const serve = async (options: Partial<ServerOptions> = {}, ...cameras: ReturnType<typeof report>[]): Promise<Server> => stage.server(options, new ScriptedSite(...cameras));
  const open = async ({ address }: Server): Promise<void> => { await page.goto(`http://127.0.0.1:${address.port}/`); };

  it('asks for the token, keeps it for this tab, and forgets it when told', async () => {
    const server = await serve({ token: TOKEN }, report('dock'));
    await open(server);
    await page.getByLabel('Token').fill('a wrong one');
    await page.keyboard.press('Enter');
    await page.getByText('does not know this token').waitFor();
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.locator('[data-camera="dock"]').waitFor();
    await page.getByText('connected', { exact: true }).waitFor();
    await page.reload();
    await page.locator('[data-camera="dock"]').waitFor();
    expect(await page.evaluate('[localStorage.length, JSON.stringify(localStorage)].join()'), 'nothing of it outlives the tab').not.to.contain(TOKEN);
    await page.getByRole('button', { name: 'Forget token' }).click();
    await page.getByLabel('Token').waitFor();
    await page.reload();
    await page.getByLabel('Token').waitFor();
  });

  it('says of a token that may not subscribe what it lacks, and takes another', async () => {
    const tokens = [{ name: 'van', token: 'publish-0123456789', scopes: ['publish'] as const }, { name: 'wall', token: TOKEN, scopes: ['subscribe'] as const }];
    await open(await serve({ tokens }, report('dock')));
    await page.getByLabel('Token').fill('publish-0123456789');
    await page.keyboard.press('Enter');
    await page.getByText('This token may not subscribe: this needs a token with the scope subscribe.').waitFor();
    await page.reload();
    await page.getByText('This token may not subscribe').waitFor();
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.locator('[data-camera="dock"]').waitFor();
    await page.getByText('connected', { exact: true }).waitFor();
  });

  it('says when the connection is lost, and shows what it missed when it is back', async () => {
    const complaints = complaintsOf(page);
    const first = await serve({}, report('dock'));
    await open(first);
    await page.getByText('connected', { exact: true }).waitFor();
    first.publish('dock', event('siren', { id: 'before' }));
    await page.locator('.event', { hasText: 'siren' }).waitFor();
    await first.close();
    await page.getByText('connection lost, trying again').waitFor();
    await page.getByText('The connection to Hearken is lost').waitFor();
    expect(await page.locator('.event', { hasText: 'siren' }).count(), 'what was known stays').to.equal(1);
    const second = await serve({ port: first.address.port }, report('dock'), report('gate'));
    second.publish('dock', event('drone', { id: 'meanwhile' }));
    await page.getByText('connected', { exact: true }).waitFor();
    await page.locator('.event', { hasText: 'drone' }).waitFor();
    await page.locator('[data-camera="gate"]').waitFor();
    expect(await page.getByText('The connection to Hearken is lost').count()).to.equal(0);
    expect(complaints.filter((text) => !/WebSocket|ERR_CONNECTION/.test(text))).to.deep.equal([]);
  });

  it('shows the six states, and a gate that blinds its camera, apart', async () => {
    const states = ['starting', 'running', 'blocked', 'stalled', 'ended', 'failed'] as const;
    const fault = { kind: 'source-lost', message: 'The camera hung up.', remedy: 'Is it on?' };
    await open(await serve({}, ...states.map((state) => report(`is-${state}`, { state, fault: state === 'failed' ? fault : null })),
      report('blind', { gates: { appearance: { mode: 'enforce', last_opened_time: 1_767_225_600, blackout: true } } })));
    for (const state of states) await page.locator(`[data-camera="is-${state}"] .state-${state}`).waitFor();
    expect(await page.locator('[data-camera="is-failed"] .fault').innerText()).to.contain('The camera hung up. Is it on?');
    expect(await page.locator('[data-camera="blind"] .fault').innerText()).to.contain('shut too long');
    await page.locator('[data-camera="blind"] .state-blackout').waitFor();
  });

  it('keeps no more events than its bound, however many come', async () => {
    const server = await serve({}, report('dock'));
    await open(server);
    await page.getByText('connected', { exact: true }).waitFor();
    for (let i = 0; i < 500; i++) server.publish('dock', event('siren', { id: `e${i}` }));
    await page.getByText('newest first, 60 of 200').waitFor();
    expect(await page.locator('.event').count()).to.equal(60);
  });
});

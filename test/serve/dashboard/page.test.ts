import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { RtspServer } from '../../../tools/rtsp/server.js';
import { complaintsOf, openChromium } from '../../fixtures/chromium.js';
import { start, type Running } from '../../fixtures/command.js';
import { until } from '../../fixtures/connections.js';
import { bytesIn } from '../../fixtures/recordings.js';
import { findRoot } from '../../fixtures/root.js';

/** The machine may be slow and shared [ms]. */
const PATIENCE_MS = 60_000;

const CONFIGURATION = (yard: string): string => `
sources: { allow: ["rtsp://127.0.0.1"] }
listen: [helicopter]
packs: { appearance: eye }
cameras:
  yard: { source: "${yard}" }
  gone: { source: "rtsp://me:hunter2@127.0.0.1:1/none" }
`;

const served = async (running: Running): Promise<string> => {
  let said = '';
  running.child.stderr?.on('data', (data: Buffer) => { said += data.toString(); });
  await until(() => said.includes('/ws'), () => `the server to listen: ${said}`);
  return (/wss?:\/\/\S+(?=\/ws)/.exec(said)?.[0] ?? '').replace(/^ws/, 'http');
};

describe('the dashboard, of a real hearken serve, in a real browser', function () {
  this.timeout(2 * PATIENCE_MS);
  let browser: Browser | undefined;
  let camera: RtspServer;
  let running: Running | undefined;
  let url = '';
  let page: Page;
  let complaints: string[] = [];

  before(async function () {
    browser = await openChromium();
    if (browser === undefined) {
      this.skip();
      return;
    }
    camera = new RtspServer(`${findRoot()}/models/ear/sample.mp4`);
    await camera.listen(0);
    running = start(['serve', bytesIn('dashboard.yaml', CONFIGURATION(camera.url())), '--port', '0']);
    url = await served(running);
  });
  after(async () => {
    await browser?.close();
    if (running === undefined) return;
    running.child.kill('SIGINT');
    await running.ended;
    await camera.close();
  });
  beforeEach(async () => {
    const context = await browser?.newContext({ viewport: { width: 1280, height: 900 }, permissions: ['camera', 'microphone'], colorScheme: 'light' });
    if (context === undefined) return;
    page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    complaints = complaintsOf(page);
    await page.goto(url);
  });
  afterEach(async () => {
    await page.context().close();
    expect(complaints, 'errors in the page, or things its policy forbids').to.deep.equal([]);
  });

  const cardOf = (name: string) => page.locator(`[data-camera="${name}"]`);

  it('shows a camera with its picture, its level, what it hears, and what that costs', async () => {
    const yard = cardOf('yard');
    await yard.locator('.state-running').waitFor();
    await yard.locator('.picture img').waitFor();
    await page.waitForFunction('document.querySelector(`[data-camera="yard"] .picture img`)?.naturalWidth > 0');
    const width = await page.evaluate('document.querySelector(`[data-camera="yard"] .picture img`).naturalWidth');
    expect(width).to.equal(640);
    expect(Number(await yard.getByRole('meter').getAttribute('aria-valuenow'))).to.be.within(-70, 0);
    await yard.locator('.scores li').first().waitFor();
    await page.getByText(/^≈ \d/).waitFor();
    expect(await page.locator('.chart canvas').count()).to.equal(1);
  });

  it('says of a camera that cannot be reached what to do about it, without its password', async () => {
    const gone = cardOf('gone');
    await gone.locator('.fault').waitFor();
    expect(await gone.locator('.fault').innerText()).to.contain('refused the connection').and.to.contain('Check host and port');
    expect(await page.content()).not.to.contain('hunter2');
  });

  it('shows an event from its beginning to its end, and reads out when it is confirmed', async () => {
    const helicopter = page.locator('.event', { hasText: 'helicopter' });
    await page.locator('.event-confirmed', { hasText: 'helicopter' }).first().waitFor();
    await page.locator('[aria-live]', { hasText: /yard: .+ confirmed, score \d/ }).waitFor({ state: 'attached' });
    await page.locator('.event-ended', { hasText: 'helicopter' }).first().waitFor();
    const text = await helicopter.first().innerText();
    expect(text).to.match(/[01]\.\d\d/).and.to.match(/heard \d+/).and.to.match(/MAC · .+ ms/);
  });

  it('tells by keyboard when a gate was open and why', async () => {
    const timeline = cardOf('yard').getByRole('slider');
    await cardOf('yard').locator('.span-cause').first().waitFor();
    await timeline.focus();
    await page.keyboard.press('End');
    expect(await timeline.getAttribute('aria-valuetext')).to.match(/\d\d:\d\d:\d\d – \d\d:\d\d:\d\d\s+Picture gate open: .+/);
    expect(await cardOf('yard').locator('.timeline-text').innerText()).to.match(/Picture gate open/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Home');
    expect(Number(await timeline.getAttribute('aria-valuenow'))).to.be.greaterThan(0);
  });

  it('asks for pictures only while they can be seen', async () => {
    await cardOf('yard').locator('.picture img').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => { if (request.url().endsWith('/picture.jpg')) asked.push(request.url()); });
    await page.setViewportSize({ width: 360, height: 200 });
    await page.evaluate('scrollTo(0, 0)');
    await page.waitForTimeout(1_500);
    asked.length = 0;
    let segments = 0;
    page.on('websocket', () => { segments += 1; });
    const figures = page.waitForResponse((response) => response.url().endsWith('/api/cameras'));
    await figures;
    await page.waitForResponse((response) => response.url().endsWith('/api/cameras'));
    expect(asked, 'while the card is below the screen').to.deep.equal([]);
    expect(segments, 'the page keeps its one connection').to.equal(0);
    const again = page.waitForRequest((request) => request.url().endsWith('/picture.jpg'));
    await cardOf('yard').locator('.picture').scrollIntoViewIfNeeded();
    await again;
  });

  it('adds a camera, says at its field what the server refuses, and takes it out again', async () => {
    await page.getByRole('button', { name: 'Add camera' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('two words');
    await dialog.getByRole('button', { name: 'Add camera' }).click();
    expect(await dialog.locator('#add-name-error').innerText()).to.contain('named by letters');
    expect(await dialog.locator('#add-source-error').innerText()).to.contain('needed');
    await dialog.getByLabel('Name').fill('second');
    await dialog.getByLabel('Source').fill('rtsp://10.9.8.7/elsewhere');
    await page.keyboard.press('Enter');
    await dialog.locator('#add-source-error', { hasText: 'does not allow rtsp from 10.9.8.7' }).waitFor();
    expect(await dialog.getByLabel('Source').getAttribute('aria-invalid')).to.equal('true');
    await dialog.getByLabel('Source').fill(camera.url());
    await dialog.getByLabel('Listen for').fill('no such sound');
    await page.keyboard.press('Enter');
    await dialog.locator('.field-error').first().waitFor();
    await dialog.getByLabel('Listen for').fill('rain, helicopter');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await cardOf('second').locator('.state-running').waitFor();
    await cardOf('second').getByRole('button', { name: 'Remove second' }).click();
    await page.getByRole('button', { name: 'Really remove second' }).click();
    await cardOf('second').waitFor({ state: 'detached' });
    expect(await cardOf('yard').getByRole('button', { name: /Remove/ }).count(), 'a camera of the file is removed from the file').to.equal(0);
  });

  it('publishes this computer’s camera with one click, and stops', async () => {
    await page.getByRole('button', { name: 'Publish this computer' }).click();
    const bar = page.getByRole('region', { name: 'Publishing this computer' });
    await bar.getByText('are being published').waitFor();
    const name = await bar.locator('strong').innerText();
    await cardOf(name).locator('.state-running').waitFor();
    await cardOf(name).locator('.scores li').first().waitFor();
    await cardOf(name).locator('.picture img').waitFor();
    await bar.getByRole('button', { name: 'Stop publishing' }).click();
    await bar.waitFor({ state: 'detached' });
    await page.locator(`[data-camera="${name}"] .state-running`).waitFor({ state: 'detached' });
    await cardOf(name).getByRole('button', { name: `Remove ${name}` }).click();
    await page.getByRole('button', { name: `Really remove ${name}` }).click();
    await cardOf(name).waitFor({ state: 'detached' });
  });

  it('fits a telephone, in dark and in light, and remembers which', async () => {
    await cardOf('yard').waitFor();
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(360);
    const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await page.getByLabel('Colours').selectOption('dark');
    const dark = await ground();
    expect(dark).not.to.equal(light);
    await page.reload();
    await cardOf('yard').waitFor();
    expect(await ground()).to.equal(dark);
    await page.getByLabel('Colours').selectOption('system');
    expect(await ground()).to.equal(light);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await ground()).to.equal(dark);
  });

  it('is reached by keyboard in the order it is read, and shows where one is', async () => {
    await cardOf('yard').waitFor();
    const names: unknown[] = [];
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press('Tab');
      names.push(await page.evaluate('document.activeElement.textContent.trim() || document.activeElement.value'));
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), `at ${String(names.at(-1))}`).to.equal('solid');
    }
    expect(names[0]).to.equal('To the cameras');
    expect(names.slice(2, 4)).to.deep.equal(['Publish this computer', 'Add camera']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});

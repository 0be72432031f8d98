/** `npm run screenshots`: the pictures of the dashboard in docs/, of a real run. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { stage } from './stage.js';

const DOCS = fileURLToPath(new URL('../../../docs/', import.meta.url));
/** How far behind the others one camera begins [ms]: when they hear the helicopter, it hears the rain. */
const BEHIND_MS = 13_000;
/** Until the page has settled, and the pictures of what was scrolled to are there [ms]: they come only where somebody looks. */
const LOOK_MS = 3_000;
/** How long the page has watched before it is photographed [ms]: most of its timelines is full then. */
const WATCHED_MS = 100_000;

/** One page is all three, one after the other: several would take the time that is shown. */
const SHOTS: readonly { readonly name: string; readonly width: number; readonly height: number; readonly colorScheme: 'light' | 'dark' }[] = [
  { name: 'dashboard-light', width: 1360, height: 1080, colorScheme: 'light' },
  { name: 'dashboard-dark', width: 1360, height: 1080, colorScheme: 'dark' },
  { name: 'dashboard-phone', width: 360, height: 780, colorScheme: 'light' },
];

/** A moment at which something happens: the yard has looked, and has something to tell. */
const something = async (page: Page): Promise<void> => {
  await page.locator('.event-confirmed', { hasText: 'yard' }).first().waitFor({ timeout: 60_000 });
  await page.locator('[data-camera="yard"] .scores', { hasText: 'Saw' }).waitFor({ timeout: 60_000 });
};

const say = (line: string): void => { process.stderr.write(`${line}\n`); };

const shoot = async (): Promise<void> => {
  mkdirSync(DOCS, { recursive: true });
  await using service = await stage();
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  try {
    say(`photographing ${service.url}`);
    const page = await (await browser.newContext({ viewport: { width: 1360, height: 1080 }, deviceScaleFactor: 1.5 })).newPage();
    await page.goto(service.url);
    await pause(BEHIND_MS);
    await service.addDock();
    await pause(WATCHED_MS);
    for (const { name, width, height, colorScheme } of SHOTS) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      if (name.endsWith('phone')) await page.evaluate('document.querySelector(`[data-camera="yard"]`).scrollIntoView()');
      await pause(LOOK_MS);
      await something(page);
      await page.screenshot({ path: `${DOCS}${name}.png` });
      say(`docs/${name}.png`);
    }
  } finally {
    await browser.close();
  }
};

await shoot();

/** `npm run screenshots`: the pictures of the dashboard in docs/, of a real run. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core';
import { stage } from './stage.js';

const DOCS = fileURLToPath(new URL('../../../docs/', import.meta.url));
/** How far behind the others one camera begins [ms]: when they hear the helicopter, it hears the rain. */
const BEHIND_MS = 13_000;
/** Until the pictures of what was scrolled to are there [ms]. */
const LOOK_MS = 3_000;
/** How long the page has watched before it is photographed [ms]: most of its timelines is full then. */
const WATCHED_MS = 100_000;

const SHOTS: Readonly<Record<string, BrowserContextOptions>> = {
  'dashboard-light': { viewport: { width: 1360, height: 1080 }, deviceScaleFactor: 1.5, colorScheme: 'light' },
  'dashboard-dark': { viewport: { width: 1360, height: 1080 }, deviceScaleFactor: 1.5, colorScheme: 'dark' },
  'dashboard-phone': { viewport: { width: 360, height: 780 }, deviceScaleFactor: 2, colorScheme: 'light' },
};

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
    const pages = await Promise.all(Object.entries(SHOTS).map(async ([name, options]) => {
      const page = await (await browser.newContext(options)).newPage();
      await page.goto(service.url);
      return { name, page };
    }));
    await pause(BEHIND_MS);
    await service.addDock();
    await pause(WATCHED_MS);
    for (const { name, page } of pages) {
      await something(page);
      if (name.endsWith('phone')) {
        await page.evaluate('document.querySelector(`[data-camera="yard"]`).scrollIntoView()');
        // Pictures come only where somebody looks.
        await pause(LOOK_MS);
      }
      await page.screenshot({ path: `${DOCS}${name}.png` });
      say(`docs/${name}.png`);
    }
  } finally {
    await browser.close();
  }
};

await shoot();

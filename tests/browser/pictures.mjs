// Takes the pictures of README.md: node pictures.mjs FOLDER. Chromium compresses them itself (WebP).

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';

import { openChromium, People, SCREENS } from './rig/browser.mjs';
import { startMuster } from './rig/muster.mjs';

const QUALITY = 72;

/** What README.md shows: who looks at which address, on what, in which language. The first address that is there is taken. */
const PICTURES = [
  { name: 'board', role: 'duty_officer', at: () => ['/board'], screen: 'desk', language: 'zh-CN' },
  { name: 'wall', role: 'duty_officer', at: () => ['/board/wall'], screen: 'wall', language: 'en' },
  { name: 'plan', role: 'allocator', at: ({ order, plan }) => [`/orders/${order}/plans/${plan}`], screen: 'desk', language: 'zh-CN' },
  { name: 'proposal', role: 'duty_officer', at: proposals, screen: 'desk', language: 'en' },
  { name: 'duty', role: 'volunteer', at: () => ['/duty'], screen: 'phone', language: 'zh-CN' },
  { name: 'site', role: 'site_chief', at: ({ site }) => [`/sites/${site}/post`, `/sites/${site}/readiness`], screen: 'phone', language: 'zh-CN' },
];

/** The proposals that mended the night, the latest first. */
async function proposals({ order }, request) {
  const { plans } = await (await request.get(`/api/v1/orders/${order}`)).json();
  return plans.filter(({ cause }) => JSON.stringify(cause).includes('shortage')).map(({ id }) => `/orders/${order}/proposals/${id}`).reverse();
}

const folder = argv[2] ?? 'docs/pictures';
await mkdir(folder, { recursive: true });
const muster = await startMuster({ isWhole: true });
const browser = await openChromium();
try {
  await takeAll(new People(browser, muster), muster.samples);
} finally {
  await browser.close();
  await muster.stop();
}

async function takeAll(people, samples) {
  for (const { name, role, at, screen, language } of PICTURES) {
    const file = join(folder, `${name}.webp`);
    const bytes = await take(people, { role, at, samples, language, screen });
    await writeFile(file, bytes);
    console.log(`${file} ${Math.round(bytes.length / 1024)} KiB`);
  }
}

async function take(people, { role, at, samples, language, screen }) {
  const page = await people.page(role, { language, screen: SCREENS[screen], deviceScaleFactor: screen === 'phone' ? 2 : 1 });
  try {
    const { request } = page.context();
    let found = false;
    for (const address of await at(samples, request)) {
      found = (await request.get(address)).ok();
      if (found) {
        await page.goto(address, { waitUntil: 'load' });
        break;
      }
    }
    if (!found) throw new Error(`${role} found nothing to take a picture of`);
    await page.waitForTimeout(500);
    const wire = await page.context().newCDPSession(page);
    const { data } = await wire.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
    return Buffer.from(data, 'base64');
  } finally {
    await page.close();
  }
}

// Takes the pictures of README.md: node pictures.mjs FOLDER. Chromium compresses them itself (WebP).

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';

import { openChromium, People, SCREENS } from './rig/browser.mjs';
import { addressBook, walk } from './rig/crawl.mjs';
import { openMuster } from './rig/muster.mjs';

const QUALITY = 72;

/** What README.md shows: who looks, which route (the first that is reached), on what, in which language. */
const PICTURES = [
  { name: 'board', role: 'duty_officer', routes: ['/board'], screen: 'desk', language: 'zh-CN' },
  { name: 'wall', role: 'duty_officer', routes: ['/board/wall'], screen: 'wall', language: 'en' },
  { name: 'plan', role: 'allocator', routes: ['/orders/{order}/plans/{plan}'], screen: 'desk', language: 'zh-CN' },
  { name: 'proposal', role: 'duty_officer', routes: ['/orders/{order}/proposals/{proposal}'], screen: 'desk', language: 'en' },
  { name: 'duty', role: 'volunteer', routes: ['/duty'], screen: 'phone', language: 'zh-CN' },
  { name: 'site', role: 'site_chief', routes: ['/sites/{site}/post', '/sites/{site}/readiness'], screen: 'phone', language: 'zh-CN' },
];

const folder = argv[2] ?? 'docs/pictures';
await mkdir(folder, { recursive: true });
const muster = await openMuster();
const browser = await openChromium();
try {
  await takeAll(new People(browser, muster));
} finally {
  await browser.close();
  await muster.stop();
}

async function takeAll(people) {
  const book = await addressBook(people);
  const walks = new Map();
  for (const { name, role, routes, screen, language } of PICTURES) {
    if (!walks.has(role)) walks.set(role, await walk(people, role, book));
    const visits = walks.get(role);
    const visit = routes.map((route) => visits.find((visit) => visit.route === route)).find(Boolean);
    if (!visit) throw new Error(`${role} reaches none of ${routes}; reached: ${visits.map(({ route }) => route).join(' ')}`);
    const file = join(folder, `${name}.webp`);
    const bytes = await take(people, { role, address: visit.address, language, screen });
    await writeFile(file, bytes);
    console.log(`${file} ${Math.round(bytes.length / 1024)} KiB`);
  }
}

async function take(people, { role, address, language, screen }) {
  const page = await people.page(role, { language, screen: SCREENS[screen], deviceScaleFactor: screen === 'phone' ? 2 : 1 });
  try {
    await page.goto(address, { waitUntil: 'load' });
    await page.waitForTimeout(500);
    const wire = await page.context().newCDPSession(page);
    const { data } = await wire.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
    return Buffer.from(data, 'base64');
  } finally {
    await page.close();
  }
}

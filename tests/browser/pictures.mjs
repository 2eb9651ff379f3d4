// Takes the pictures of README.md: node pictures.mjs FOLDER. Chromium compresses them itself (WebP).

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';

import { LANGUAGES, openChromium, People, SCREENS } from './rig/browser.mjs';
import { addressBook, walk } from './rig/crawl.mjs';
import { startMuster } from './rig/muster.mjs';

const QUALITY = 72;

/** What README.md shows: who looks, which route, on what. The home page is where each role begins. */
const PICTURES = [
  { name: 'board-desk', role: 'duty_officer', route: '/board', screen: 'desk' },
  { name: 'board-wall', role: 'duty_officer', route: '/board/wall', screen: 'wall' },
  { name: 'plan-desk', role: 'allocator', route: '/orders/{order}/plan', screen: 'desk' },
  { name: 'site-phone', role: 'site_chief', route: '/my-site', screen: 'phone' },
  { name: 'today-phone', role: 'volunteer', route: '/today', screen: 'phone' },
  { name: 'queue-desk', role: 'prevention_group', route: '/queue', screen: 'desk' },
];

const folder = argv[2] ?? 'docs/pictures';
await mkdir(folder, { recursive: true });
const muster = await startMuster();
const browser = await openChromium();
try {
  await takeAll(new People(browser, muster));
} finally {
  await browser.close();
  await muster.stop();
}

async function takeAll(people) {
  const routes = await addressBook(people);
  const walks = new Map();
  for (const { name, role, route, screen } of PICTURES) {
    if (!walks.has(role)) walks.set(role, await walk(people, role, routes));
    const visit = walks.get(role).find((visit) => visit.route === route);
    if (!visit) throw new Error(`${role} reaches no ${route}; reached: ${walks.get(role).map(({ route }) => route).join(' ')}`);
    for (const language of LANGUAGES) {
      const file = join(folder, `${name}.${language}.webp`);
      const bytes = await take(people, { role, address: visit.address, language, screen });
      await writeFile(file, bytes);
      console.log(`${file} ${Math.round(bytes.length / 1024)} KiB`);
    }
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

// The phone pages where phones are at their worst: an engine of 2020 inside another app, without service workers (U6), and
// a network of 400 kbit/s (U4).

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { overflow } from '../checks/fits.mjs';
import { watch } from '../checks/policy.mjs';
import { firstLook } from '../checks/speed.mjs';
import { openChromium, People } from '../rig/browser.mjs';
import { openChromium86 } from '../rig/chromium86.mjs';
import { addressBook, walk } from '../rig/crawl.mjs';
import { openMuster } from '../rig/muster.mjs';

const ROLES = ['volunteer', 'site_chief'];

const muster = await openMuster();
const browser = await openChromium();
const old = await openChromium86();
after(async () => {
  await Promise.all([browser.close(), old.close()]);
  await muster.stop();
});

const people = new People(browser, muster);
const oldPeople = people.through(old.browser);
const routes = await addressBook(people);
const visits = [];
for (const role of ROLES) {
  const pages = (await walk(people, role, routes)).filter(({ type, leadsOn }) => type === 'text/html' && !leadsOn);
  visits.push(...pages.map((visit) => ({ ...visit, role })));
}

test('there are phone pages', () => assert.ok(visits.length >= ROLES.length, `${visits.length} pages`));

describe('on Chromium 86 without service workers', () => {
  for (const { role, route, address } of visits) {
    test(`${role} ${route}`, async () => {
      const page = await oldPeople.page(role, { serviceWorkers: 'block' });
      try {
        const console = watch(page, muster.address);
        await page.goto(address, { waitUntil: 'load' });
        await page.waitForTimeout(300);
        assert.deepEqual([...console(), ...(await overflow(page, '360 px'))], []);
        assert.ok(await page.locator('h1').isVisible());
      } finally {
        await page.close();
      }
    });
  }
});

describe('on a bad network', () => {
  for (const { role, route, address } of visits) {
    test(`${role} ${route}`, async (t) => {
      const page = await people.page(role);
      try {
        const { faults, paint_ms } = await firstLook(page, address);
        t.diagnostic(`first paint ${Math.round(paint_ms)} ms`);
        assert.deepEqual(faults, []);
      } finally {
        await page.close();
      }
    });
  }
});

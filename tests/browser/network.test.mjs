// The phone pages on a network of 400 kbit/s (U4).

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { firstLook } from './checks/speed.mjs';
import { openChromium, People } from './rig/browser.mjs';
import { addressBook, walk } from './rig/crawl.mjs';
import { openMuster } from './rig/muster.mjs';

const ROLES = ['volunteer', 'site_chief'];

const muster = await openMuster();
const browser = await openChromium();
after(async () => {
  await browser.close();
  await muster.stop();
});

const people = new People(browser, muster);
const routes = await addressBook(people);
const visits = [];
for (const role of ROLES) {
  const pages = (await walk(people, role, routes)).filter(({ type, leadsOn }) => type === 'text/html' && !leadsOn);
  visits.push(...pages.map((visit) => ({ ...visit, role })));
}

test('there are phone pages', () => assert.ok(visits.length >= ROLES.length, `${visits.length} pages`));

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

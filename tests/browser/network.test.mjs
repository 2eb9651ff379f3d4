// How soon the phone pages are there (U4): first on a network of 400 kbit/s, then again, and on a slow phone.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { busyLook, firstLook, nextLook, patiently } from './checks/speed.mjs';
import { PHONE_ROLES, phonePages } from './rig/crawl.mjs';
import { openHouse } from './rig/house.mjs';

const { people } = await openHouse();
const visits = await phonePages(people);

/** The two pages that are opened again and again all night. */
const OFTEN = visits.filter(({ role, route }) => ['volunteer /duty', 'site_chief /sites/{site}/post'].includes(`${role} ${route}`));

test('there are phone pages', () => assert.ok(visits.length >= PHONE_ROLES.length, `${visits.length} pages`));
test('there are the two that are opened often', () => assert.equal(OFTEN.length, 2));

describe('on a bad network', () => {
  for (const { role, route, address } of visits) {
    test(`${role} ${route}`, async (t) => {
      const look = await patiently(t, () => inABrowserOfItsOwn(role, (page) => firstLook(page, address)));
      t.diagnostic(`first paint ${Math.round(look.paint_ms)} ms`);
      assert.deepEqual(look.faults, []);
    });
  }
});

describe('on the next visit', () => {
  for (const { role, route, address } of OFTEN) {
    test(`${role} ${route}`, (t) => inABrowserOfItsOwn(role, async (page) => {
      await page.goto(address, { waitUntil: 'load' });
      const look = await patiently(t, () => nextLook(page, address));
      t.diagnostic(`first paint ${Math.round(look.paint_ms)} ms`);
      assert.deepEqual(look.faults, []);
    }));
  }
});

describe('on a phone four times slower', () => {
  for (const { role, route, address } of OFTEN) {
    test(`${role} ${route}`, async (t) => {
      const look = await patiently(t, () => inABrowserOfItsOwn(role, (page) => busyLook(page, address)));
      t.diagnostic(`blocked for ${Math.round(look.blocked_ms)} ms`);
      assert.deepEqual(look.faults, []);
    });
  }
});

async function inABrowserOfItsOwn(role, use) {
  const page = await people.page(role);
  try {
    return await use(page);
  } finally {
    await page.close();
  }
}

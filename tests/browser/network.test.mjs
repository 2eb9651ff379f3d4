// The phone pages on a network of 400 kbit/s (U4).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { firstLook } from './checks/speed.mjs';
import { PHONE_ROLES, phonePages } from './rig/crawl.mjs';
import { openHouse } from './rig/house.mjs';

const LOOKS = 3;

const { muster, people } = await openHouse();
const visits = await phonePages(people);

test('there are phone pages', () => assert.ok(visits.length >= PHONE_ROLES.length, `${visits.length} pages`));

describe('on a bad network', () => {
  for (const { role, route, address } of visits) {
    test(`${role} ${route}`, async (t) => {
      let look = await lookAt(role, address);
      // A crowded machine is slow, not wrong: a page that is too heavy is too slow each time.
      for (let again = 1; look.faults.length && again < LOOKS; again += 1) look = await lookAt(role, address);
      t.diagnostic(`first paint ${Math.round(look.paint_ms)} ms`);
      assert.deepEqual(look.faults, []);
    });
  }
});

/** One cold look, in a browser of its own. */
async function lookAt(role, address) {
  const page = await people.page(role);
  try {
    return await firstLook(page, address);
  } finally {
    await page.close();
  }
}

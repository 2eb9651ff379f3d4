// Not in the browser step: these fail today, and each says what is wrong.
// - "the tab killed five times" and "opens without a network": with the server gone, Chromium 148 answers a reload of a kept
//   page with ERR_CONNECTION_RESET instead of the service worker's copy.
//   Seen with the network cut at once after the page was kept; in one run with the cut two seconds later it was served.
// - "the gap in its numbers": 0 lost numbers are shown where 3 are expected, on a crowded machine at least.
// - "is light": the first load of the site's page is 66,193 bytes, 61,440 are allowed.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { overflow } from '../checks/fits.mjs';
import { mainActInReach, targets } from '../checks/targets.mjs';
import { weight } from '../checks/weight.mjs';
import { openChromium } from '../rig/browser.mjs';
import { openFront } from '../rig/front.mjs';
import { openDistrict } from '../rig/district.mjs';
import { allSent, differences, entries, kept, kill, newPhone as phoneOf, openSite, ready, tap, truth } from '../rig/site.mjs';

const ENTRIES = Number(process.env.OFFLINE_ENTRIES ?? 100);
const KILLS = 5;

const house = await openDistrict();
const front = await openFront(house.address);
const browser = await openChromium();
after(async () => {
  await browser.close();
  front.close();
  await house.stop();
});

/** A chief with a new phone. */
const newPhone = (options) => phoneOf(browser, front.address, house.tokens.site_chief, options);

/** Works through `total` entries while the server cannot be reached, the tab being killed `KILLS` times. */
async function nightWithout(context, { isBlocked, total }) {
  let page = await openSite(context);
  const path = new URL(page.url()).pathname;
  if (!isBlocked) await kept(page);
  // Where service workers are blocked the page itself must come from the network: then only the way in is closed.
  if (isBlocked) front.refuses = /\/outbox$/;
  else front.setDown(true);
  const tapped = [];
  for (let round = 0; round <= KILLS; round += 1) {
    const share = Math.ceil(total / (KILLS + 1));
    tapped.push(...(await tap(page, Math.min(share, total - tapped.length), tapped.length)));
    if (round === KILLS) break;
    await kill(page);
    page = await openSite(context, path);
  }
  return { page, tapped };
}

async function reconnect(page) {
  const began = Date.now();
  front.setDown(false);
  front.refuses = null;
  await page.evaluate(() => window.muster.outbox.send());
  await allSent(page);
  return Date.now() - began;
}

describe('a night without a network', { timeout: 600_000 }, () => {
  test('the tab killed five times', async (t) => {
    const context = await newPhone({ serviceWorkers: 'allow' });
    try {
      const { page, tapped } = await nightWithout(context, { isBlocked: false, total: ENTRIES });
      assert.equal(tapped.length, ENTRIES);
      const took_ms = await reconnect(page);
      t.diagnostic(`${ENTRIES} entries sent in ${took_ms} ms`);
      assert.deepEqual(await differences(page, tapped), []);
    } finally {
      front.setDown(false);
      await context.close();
    }
  });
});

describe('a phone that loses its memory', () => {
  async function shownAfter(clear) {
    const context = await newPhone({ serviceWorkers: 'block' });
    try {
      const page = await openSite(context);
      front.refuses = /\/outbox$/;
      await tap(page, 3, 8);
      await clear(page, context);
      await page.close();
      front.refuses = null;
      const again = await openSite(context);
      await again.waitForTimeout(1500);
      return (await truth(again)).phones.reduce((sum, { lost, settled }) => sum + lost - settled, 0);
    } finally {
      front.refuses = null;
      await context.close();
    }
  }
  const clearStorage = (page) => page.evaluate(() => new Promise((done) => {
    const asked = indexedDB.deleteDatabase('muster');
    asked.onsuccess = asked.onblocked = done;
  }));

  test('the gap in its numbers is shown to the chief', async () => {
    const before = await shownAfter(async () => {});
    assert.equal((await shownAfter(clearStorage)) - before, 3);
  });

  test('control: without the second copy of the number nothing is noticed', async () => {
    const before = await shownAfter(async () => {});
    const both = async (page, context) => {
      await clearStorage(page);
      await context.clearCookies({ name: 'phone' });
    };
    assert.equal((await shownAfter(both)) - before, 0);
  });
});

describe('the volunteer’s page', () => {
  test('opens without a network with its age, and keeps what is tapped', async () => {
    const context = await phoneOf(browser, front.address);
    try {
      const [{ volunteer }] = (await house.ask(`/sites/${house.site}/post`)).groups[0].people;
      const { address } = await house.ask(`/volunteers/${volunteer}/link`, {});
      const door = await context.newPage();
      await door.goto(new URL(address).pathname);
      await door.locator('main button').click();
      const page = await openSite(context, '/duty');
      await kept(page);
      front.setDown(true);
      await page.reload();
      await ready(page);
      assert.match(await page.locator('#kept').textContent(), /没有网络，这是.+前的页面/);
      page.on('dialog', (dialog) => dialog.accept());
      const form = page.locator('.dock form[data-own]');
      const act = await form.getAttribute('action');
      await form.locator('button').click();
      await page.locator('.dock .pending').waitFor();
      assert.equal((await entries(page)).filter(({ state }) => state === 'here').length, 1);
      front.setDown(false);
      await page.evaluate(() => window.muster.outbox.send());
      await allSent(page);
      await page.waitForFunction((act) => document.querySelector('.dock form[data-own]')?.getAttribute('action') !== act, act, { timeout: 10_000 });
      assert.deepEqual((await entries(page)).map(({ state }) => state), ['checked']);
    } finally {
      front.setDown(false);
      await context.close();
    }
  });
});

describe('the site’s page', () => {
  test('is light, within reach, and fits every phone', async (t) => {
    const context = await newPhone();
    try {
      const page = await context.newPage();
      await page.goto('/');
      const path = page.url();
      await context.close();
      const fresh = await newPhone();
      const first = await fresh.newPage();
      const { faults, bytes } = await weight(first, path);
      t.diagnostic(`${bytes} bytes in the first load`);
      assert.deepEqual(faults, []);
      await ready(first);
      assert.deepEqual(await mainActInReach(first), []);
      assert.deepEqual(await targets(first), []);
      for (const width of [320, 360, 430]) {
        await first.setViewportSize({ width, height: 780 });
        assert.deepEqual(await overflow(first, `${width} px`), []);
      }
      await fresh.close();
    } finally {
      await context.close().catch(() => {});
    }
  });
});

// Pages that the phone has kept: they open while the server cannot be reached, with their age, and take entries. The
// control is a phone that has not kept them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { nextLook, patiently } from './checks/speed.mjs';
import { nightWithout, reconnect } from './rig/night.mjs';
import { openPost } from './rig/post.mjs';
import { allSent, differences, entries, kept, newPhone as phoneOf, openSite, ready } from './rig/site.mjs';

const ENTRIES = Number(process.env.OFFLINE_ENTRIES ?? 100);

const { house, front, browser, newPhone } = await openPost();

describe('the site’s page', { timeout: 600_000 }, () => {
  test('a night without a server, the tab killed five times', async (t) => {
    const context = await newPhone();
    try {
      const { page, tapped } = await nightWithout(front, context, { isBlocked: false, total: ENTRIES });
      assert.equal(tapped.length, ENTRIES);
      assert.match(await page.locator('#kept').textContent(), /没有网络，这是.+前的页面/);
      const took_ms = await reconnect(front, page);
      t.diagnostic(`${ENTRIES} entries sent in ${took_ms} ms`);
      assert.deepEqual(await differences(page, tapped), []);
    } finally {
      front.setDown(false);
      await context.close();
    }
  });

  test('control: a phone that has not kept it opens nothing', async () => {
    const context = await newPhone();
    try {
      const page = await openSite(context);
      await kept(page);
      await page.evaluate(() => caches.delete('pages'));
      front.setDown(true);
      await assert.rejects(page.reload(), /ERR_/);
    } finally {
      front.setDown(false);
      await context.close();
    }
  });

  test('a network that goes while the page is being kept: kept with the next one', async () => {
    const context = await newPhone();
    try {
      front.refuses = /\/sw\.js$/;
      const page = await openSite(context);
      await page.waitForTimeout(1000);
      assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
      front.refuses = null;
      // The radio is off for a moment.
      await context.setOffline(true);
      await page.locator('#net[data-net=off]').waitFor();
      await context.setOffline(false);
      await kept(page);
    } finally {
      front.refuses = null;
      await context.close();
    }
  });
});

/** The door of one of the site's people. */
async function doorOf(nth) {
  const { volunteer } = (await house.ask(`/sites/${house.site}/post`)).groups.flatMap(({ people }) => people)[nth];
  return new URL((await house.ask(`/volunteers/${volunteer}/link`, {})).address).pathname;
}

/** Somebody of the site, signed in by their link, in front of their own page. */
async function openDuty(context) {
  const door = await context.newPage();
  await door.goto(await doorOf(0));
  await door.locator('main button').click();
  return openSite(context, '/duty');
}

// A page that is tapped open in the rain is there at once, whatever the network does (U4).
describe('how soon a kept page is there', () => {
  const PAGES = [['the site’s', newPhone, openSite], ['the volunteer’s', () => phoneOf(browser, front.address), openDuty]];
  for (const [whose, phone, open] of PAGES) {
    test(`${whose}, without a network`, async (t) => {
      const context = await phone();
      try {
        const page = await open(context);
        await kept(page);
        const address = page.url();
        front.setDown(true);
        const look = await patiently(t, () => nextLook(page, address));
        assert.ok(await page.locator('#kept').isVisible(), 'it is the kept one');
        t.diagnostic(`first paint ${Math.round(look.paint_ms)} ms`);
        assert.deepEqual(look.faults, []);
      } finally {
        front.setDown(false);
        await context.close();
      }
    });
  }

  test('control: behind a network that answers nothing it is waited for', async () => {
    const context = await newPhone();
    try {
      const page = await openSite(context);
      await kept(page);
      front.isDeaf = true;
      assert.match((await nextLook(page, page.url())).faults.join(), /next visit/);
    } finally {
      front.isDeaf = false;
      await context.close();
    }
  });
});

describe('the volunteer’s page', () => {
  test('is not there for whoever enters next on the same phone', async () => {
    const context = await phoneOf(browser, front.address);
    try {
      const page = await openDuty(context);
      await kept(page);
      const isKept = () => page.evaluate(async () => Boolean(await (await caches.open('pages')).match('/duty')));
      await page.goto(await doorOf(1));
      assert.ok(await isKept(), 'looking at a door opens none');
      front.refuses = /^\/duty$/;
      await page.locator('main button').click();
      await page.waitForURL(/chrome-error|\/duty/);
      await page.goto('/enter');
      assert.ok(!(await isKept()));
    } finally {
      front.refuses = null;
      await context.close();
    }
  });

  test('opens without a network with its age, and keeps what is tapped', async () => {
    const context = await phoneOf(browser, front.address);
    try {
      const page = await openDuty(context);
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

// The phone pages on an engine of 2020 as it runs inside another app, without service workers (U6).

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { overflow } from './checks/fits.mjs';
import { watch } from './checks/policy.mjs';
import { openChromium, People } from './rig/browser.mjs';
import { openChromium86 } from './rig/chromium86.mjs';
import { PHONE_ROLES, phonePages } from './rig/crawl.mjs';
import { openMuster } from './rig/muster.mjs';

/** The engine of 2020 does not know this word of the policy and says so; it only means that badges are typed there. */
const UNKNOWN_THEN = /invalid source: ''wasm-unsafe-eval''/;

const muster = await openMuster();
const browser = await openChromium();
const old = await openChromium86();
after(async () => {
  await Promise.all([browser.close(), old.close()]);
  await muster.stop();
});

const people = new People(browser, muster);
const oldPeople = people.through(old.browser);
const visits = await phonePages(people);

test('there are phone pages', () => assert.ok(visits.length >= PHONE_ROLES.length, `${visits.length} pages`));

/** How long after the network is gone a page says so; as long as it is asked for, if it does not. */
async function toldAfter(page, within_ms) {
  const lost = Date.now();
  await page.context().setOffline(true);
  const says = () => [...document.querySelectorAll('#line, #net[data-net=off]')].some((line) => line.checkVisibility());
  await page.waitForFunction(says, null, { timeout: within_ms, polling: 50 }).catch(() => {});
  const told = await page.evaluate(says);
  await page.context().setOffline(false);
  return told ? Date.now() - lost : Infinity;
}

// A phone reads the page on the bus: whatever page it is, it says when the network is gone (U8).
describe('without a network', () => {
  for (const { role, route, address } of visits) {
    test(`${role} ${route}`, async () => {
      const page = await people.page(role);
      try {
        await page.goto(address, { waitUntil: 'load' });
        await page.waitForTimeout(300);
        assert.equal(await page.locator('#line').isVisible(), false, 'it is not said while there is one');
        assert.ok((await toldAfter(page, 2000)) <= 2000);
      } finally {
        await page.context().setOffline(false);
        await page.close();
      }
    });
  }

  test('control: a page whose script is lost says nothing', async () => {
    const page = await people.page(visits[0].role);
    try {
      await page.route('**/app.js', (route) => route.abort());
      await page.route('**/status.js', (route) => route.abort());
      await page.goto(visits[0].address, { waitUntil: 'load' });
      assert.equal(await toldAfter(page, 2000), Infinity);
    } finally {
      await page.context().setOffline(false);
      await page.close();
    }
  });
});

describe('on Chromium 86 without service workers', () => {
  for (const { role, route, address } of visits) {
    test(`${role} ${route}`, async () => {
      const page = await oldPeople.page(role, { serviceWorkers: 'block' });
      try {
        const console = watch(page, muster.address);
        await page.goto(address, { waitUntil: 'load' });
        await page.waitForTimeout(300);
        assert.deepEqual([...console().filter((fault) => !UNKNOWN_THEN.test(fault)), ...(await overflow(page, '360 px'))], []);
        // By hand: today's Playwright asks an element questions that this Chromium does not know.
        assert.ok(await page.evaluate(() => document.querySelector('h1').getBoundingClientRect().height > 0));
      } finally {
        await page.close();
      }
    });
  }
});

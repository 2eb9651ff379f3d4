// A house full of attacks, opened page by page in Chromium and in the engine inside WeChat of the time: nothing runs and the
// policy has nothing to refuse.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { openChromium, People, SCREENS } from './rig/browser.mjs';
import { openChromium86 } from './rig/chromium86.mjs';
import { addressBook, walk } from './rig/crawl.mjs';
import { startHostile } from './rig/hostile.mjs';

const browser = await openChromium();
const muster = await startHostile(browser);
const people = new People(browser, muster);
const old = await openChromium86();
const oldPeople = people.through(old.browser);
after(async () => {
  await Promise.all([browser.close(), old.close()]);
  await muster.stop();
});

const routes = await addressBook(people);

/** Opens addresses as a role; counts what ran and what the policy refused. `spoil` may change a page on its way. */
async function open(role, addresses, spoil, who = people) {
  const context = await who.context(role, { screen: SCREENS.desk });
  const found = { ran: 0, refused: 0, opened: 0 };
  try {
    await context.exposeFunction('refusedByPolicy', () => (found.refused += 1));
    await context.addInitScript(() => document.addEventListener('securitypolicyviolation', () => window.refusedByPolicy()));
    const page = await context.newPage();
    page.on('dialog', async (dialog) => {
      found.ran += 1;
      await dialog.dismiss();
    });
    if (spoil) await page.route('**/*', (route) => (route.request().resourceType() === 'document' ? spoil(route) : route.continue()));
    for (const address of addresses) {
      await page.goto(address, { waitUntil: 'load' });
      await page.waitForTimeout(50);
      found.opened += 1;
    }
    return found;
  } finally {
    await context.close();
  }
}

const known = new Map();

async function pagesOf(role) {
  if (!known.has(role)) {
    const visits = await walk(people, role, routes);
    known.set(role, visits.filter((visit) => visit.type === 'text/html' && !visit.leadsOn).map((visit) => visit.address));
  }
  return known.get(role);
}

describe('a house full of attacks', () => {
  for (const role of [...Object.keys(muster.links), 'anybody']) {
    test(`nothing runs for ${role}`, async () => {
      const addresses = await pagesOf(role);
      assert.deepEqual(await open(role, addresses), { ran: 0, refused: 0, opened: addresses.length });
      assert.ok(addresses.length > 1, `only ${addresses.length} pages were opened`);
    });
  }
});

describe('the same on Chromium 86', () => {
  for (const role of [...Object.keys(muster.links), 'anybody']) {
    test(`nothing runs for ${role}`, async () => {
      const addresses = await pagesOf(role);
      assert.deepEqual(await open(role, addresses, null, oldPeople), { ran: 0, refused: 0, opened: addresses.length });
    });
  }
});

describe('the controls', () => {
  const unescaped = (keepsPolicy) => async (route) => {
    const answer = await route.fetch();
    const headers = { ...answer.headers() };
    if (!keepsPolicy) delete headers['content-security-policy'];
    await route.fulfill({ response: answer, headers, body: (await answer.text()).replaceAll('&lt;', '<').replaceAll('&#60;', '<').replaceAll('&gt;', '>').replaceAll('&#62;', '>') });
  };

  test('without escaping the policy refuses the attacks, and says so', async () => {
    const found = await open('duty_officer', ['/sites', '/teams'], unescaped(true));
    assert.equal(found.ran, 0);
    assert.ok(found.refused > 0, 'nothing was refused');
  });

  test('without escaping and policy they run', async () => {
    const found = await open('duty_officer', ['/sites', '/teams'], unescaped(false));
    assert.ok(found.ran > 0, 'nothing ran');
    assert.ok((await open('duty_officer', ['/sites', '/teams'], unescaped(false), oldPeople)).ran > 0, 'nothing ran on Chromium 86');
  });
});

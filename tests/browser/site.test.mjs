// The site chief's page itself: how heavy it is, whether it is within reach, that nothing moves under the finger, and that
// headquarters hears of a site whose page is open.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { overflow } from './checks/fits.mjs';
import { mainActInReach, targets } from './checks/targets.mjs';
import { weight } from './checks/weight.mjs';
import { openPost } from './rig/post.mjs';
import { allSent, openSite, ready } from './rig/site.mjs';

const MINUTES = 13;
/** Headquarters calls a site silent after ten. */
const SILENT_AFTER_MIN = 10;

const { newPhone } = await openPost();

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

/** Leaves the page open for some minutes of its own clock; gives in which minutes it was heard of, the opening being 0. */
async function heardIn(spoil = (text) => text) {
  const context = await newPhone({ serviceWorkers: 'block' });
  try {
    await context.route('**/outbox.js', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: spoil(await answer.text()) });
    });
    const page = await context.newPage();
    await page.clock.install();
    const heard = [];
    let minute = 0;
    page.on('request', (request) => request.method() === 'POST' && request.url().endsWith('/outbox') && heard.push(minute));
    const opening = page.waitForResponse((answer) => answer.url().endsWith('/outbox'));
    await page.goto('/');
    await opening;
    for (minute = 1; minute <= MINUTES; minute += 1) {
      await page.clock.fastForward(60_000);
      // What the minute has set going is done with before the next one.
      await page.evaluate(() => fetch('/healthz'));
      await page.waitForTimeout(200);
    }
    return heard;
  } finally {
    await context.close();
  }
}

test('an open page gives a sign of life in time, and not all the time', async () => {
  const heard = await heardIn();
  const gaps = [...heard, MINUTES].map((minute, at) => minute - (heard[at - 1] ?? 0));
  assert.ok(Math.max(...gaps) <= SILENT_AFTER_MIN / 2, `heard in the minutes ${heard}`);
  assert.ok(heard.length <= 1 + MINUTES / 4, `heard in the minutes ${heard}`);
});

test('control: a page without its sign is silent after its opening', async () => {
  assert.deepEqual(await heardIn((text) => text.replace('setInterval(', 'void (')), [0]);
});

/** Checks the first person of the list in; gives the order of the names before and after the server's list shows it. */
async function orderAround(spoil = (text) => text) {
  const context = await newPhone({ serviceWorkers: 'block' });
  try {
    await context.route('**/parts.js', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: spoil(await answer.text()) });
    });
    const page = await openSite(context);
    const names = () => page.locator('li[data-volunteer]').evaluateAll((rows) => rows.map(({ dataset }) => dataset.name));
    const before = await names();
    // In a group of one there is nothing to move.
    const row = page.locator('details:has(li[data-volunteer]:nth-child(2)) li[data-volunteer][data-presence=told]').first();
    const volunteer = await row.getAttribute('data-volunteer');
    await row.locator('form[data-outbox] button').click();
    await allSent(page);
    await page.locator(`li[data-volunteer="${volunteer}"][data-presence=arrived]`).waitFor();
    return [before, await names()];
  } finally {
    await context.close();
  }
}

test('nobody moves in the list under the finger that checks people in', async () => {
  const [before, after] = await orderAround();
  assert.deepEqual(after, before);
});

test('control: a list as it comes from the server puts whoever is missing first', async () => {
  const [before, after] = await orderAround((text) => text.replace('keepPlaces(part, other);', ''));
  assert.notDeepEqual(after, before);
});

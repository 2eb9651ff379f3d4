// The grid of headcounts in a hand: every post of a site is seen and reached without pushing the page sideways, and saving is on
// the screen wherever one is.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LANGUAGES } from './rig/browser.mjs';
import { openHouse } from './rig/house.mjs';

const { muster, people } = await openHouse();
const GRID = `/orders/${muster.samples.order}/posts`;

/** Fields that lie outside the screen's width, and whether saving is on the screen at the beginning. */
const reach = (page) => page.evaluate(() => ({
  outside: [...document.querySelectorAll('input[name=headcount]')].filter((field) => field.getBoundingClientRect().right > innerWidth).length,
  isSavingNear: document.querySelector('form:has(input[name=headcount]) button').getBoundingClientRect().bottom <= innerHeight,
}));

for (const language of LANGUAGES) {
  test(`on a phone, ${language}`, async () => {
    const page = await people.page('duty_officer', { language });
    try {
      await page.goto(GRID);
      assert.deepEqual(await reach(page), { outside: 0, isSavingNear: true });
    } finally {
      await page.close();
    }
  });
}

test('control: a plain table hides posts at the side, and its saving lies below', async () => {
  const page = await people.page('duty_officer');
  try {
    await page.goto(GRID);
    await page.evaluate(() => document.querySelectorAll('table.cards, .keep').forEach((part) => part.removeAttribute('class')));
    const { outside, isSavingNear } = await reach(page);
    assert.ok(outside > 0 && !isSavingNear, `${outside} outside`);
  } finally {
    await page.close();
  }
});

// How old a live part is: its figures count, not the stream that goes on saying "alive" while every answer fails (U17). A part
// that only the stream refreshes stays as it is through a quiet night, and turns grey once a change is not answered.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { listen, nextWord, refuseParts, unanswered } from './checks/wall.mjs';
import { SCREENS } from './rig/browser.mjs';
import { openPost } from './rig/post.mjs';
import { newPhone, until } from './rig/site.mjs';

const { house, front, browser } = await openPost();
const requests = `/sites/${house.site}/requests`;

/** A screen at headquarters, its clock ahead when the test wants it. */
async function onScreen(use, options = {}) {
  const context = await newPhone(browser, front.address, house.tokens.duty_officer, { viewport: SCREENS.wall, serviceWorkers: 'block', ...options });
  const page = await context.newPage();
  try {
    return await use(page);
  } finally {
    front.setDown(false);
    await context.close();
  }
}

const open = async (page, address) => {
  await page.clock.install();
  await listen(page);
  await page.goto(address, { waitUntil: 'load' });
  await until(page, () => document.querySelector('[data-live]'));
};
const isGrey = (page) => page.evaluate(() => Boolean(document.querySelector('[data-stale]')));
const turnsGrey = (page) => until(page, () => document.querySelector('[data-stale]'), { within_ms: 5000 });
const isColouredAgain = (page, within_ms) => until(page, () => !document.querySelector('[data-stale]'), { within_ms });
const ask = (details) => house.ask(requests, { kind: 'supplies', details });
const says = (page, words, within_ms) => until(page, `document.querySelector('[data-live]').textContent.includes('${words}')`, { within_ms });

/** Something changes, and the page is told. */
const aChange = (page) => nextWord(page, 'changed', () => ask('口罩两箱'));

test('a wall whose figures are refused turns red while changes are told, and comes back', () => onScreen(async (page) => {
  assert.deepEqual(await unanswered(page, '/board/wall', aChange), []);
}));

test('and while its stream says no more than that it is alive', () => onScreen(async (page) => {
  assert.deepEqual(await unanswered(page, '/board/wall'), []);
}));

test('control: a wall that takes the stream’s word for its figures does not turn red', () => onScreen(async (page) => {
  const found = (await unanswered(page, '/board/wall', aChange)).join();
  assert.match(found, /not red .* while the stream speaks/);
  assert.doesNotMatch(found, /says nothing|asks for no figures/);
}, {
  spoil: () => document.addEventListener('htmx:sseMessage', ({ target }) => target.dispatchEvent(new CustomEvent('htmx:afterSwap', { bubbles: true }))),
}));

test('the board turns grey, too, and says how old it is', () => onScreen(async (page) => {
  await open(page, '/board');
  const { refused, end } = await refuseParts(page);
  await page.clock.runFor(42_000);
  await aChange(page);
  await page.clock.runFor(20_000);
  await turnsGrey(page);
  assert.ok(refused.length, 'it asked');
  assert.match(await page.locator('#board [data-age]').first().textContent(), /\d+.*前$/);
  await end();
  await page.clock.runFor(30_000);
  await isColouredAgain(page);
}, { viewport: SCREENS.desk }));

test('a wall whose session has ended keeps its last figures and turns red', () => onScreen(async (page) => {
  await open(page, '/board/wall');
  await page.context().clearCookies();
  for (let nth = 0; nth < 4; nth += 1) {
    const asked = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/sign-in');
    await page.clock.runFor(20_000);
    await asked;
  }
  await turnsGrey(page);
  assert.ok(await page.locator('#board h1').isVisible(), 'the figures still stand');
}));

test('a page that only the stream refreshes is not old in a quiet night', () => onScreen(async (page) => {
  await open(page, requests);
  await page.clock.runFor(42_000);
  await nextWord(page);
  await page.clock.runFor(24_000);
  assert.ok(!(await isGrey(page)), 'nothing has changed, and the stream is heard');
}));

test('control: it is when nothing is heard', () => onScreen(async (page) => {
  await open(page, requests);
  front.setDown(true);
  await page.clock.runFor(66_000);
  assert.ok(await isGrey(page));
}));

test('a change that is not answered turns it grey; it asks again by itself', () => onScreen(async (page) => {
  await open(page, requests);
  const { refused, end } = await refuseParts(page);
  await nextWord(page, 'changed', () => ask('手套三盒'));
  await page.clock.runFor(42_000);
  await nextWord(page);
  await page.clock.runFor(20_000);
  await turnsGrey(page);
  assert.ok(refused.length > 1, `asked ${refused.length} times`);
  assert.ok(!(await page.locator('#requests').textContent()).includes('手套三盒'));
  await end();
  // Nothing changes any more: the next "alive" has to be enough.
  await says(page, '手套三盒', 30_000);
  await isColouredAgain(page, 5000);
}));

test('what changed while the line was gone is there when it is back', () => onScreen(async (page) => {
  await open(page, requests);
  front.setDown(true);
  await ask('面屏二十个');
  await page.waitForTimeout(1500);
  front.setDown(false);
  await page.clock.runFor(10_000);
  await says(page, '面屏二十个', 20_000);
}));

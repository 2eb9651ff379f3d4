// What a chief does with one tap or a few letters: a badge's code typed without a network, a call, and the text for the
// group; and that their people find whom to ask.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SCREENS } from './rig/browser.mjs';
import { openPost } from './rig/post.mjs';
import { allSent, entries, newPhone as phoneOf, openSite } from './rig/site.mjs';

const { house, front, browser, newPhone } = await openPost();

/** Somebody of the chief's site, with their badge. */
async function somebody() {
  const [person] = (await house.ask(`/sites/${house.site}/post`)).groups[0].people;
  const [team] = (await house.ask('/teams')).teams;
  const sheet = await house.ask(`/teams/${team.id}/badges?after=${person.code.slice(0, -1)}`);
  return { ...person, ...sheet.badges.find(({ code }) => code === person.code) };
}

/** A code is typed while there is no network: what is read back, and what the phone has entered. */
async function typed(code) {
  const context = await newPhone({ serviceWorkers: 'block' });
  try {
    const page = await openSite(context);
    front.setDown(true);
    await page.locator('[data-type-code]').tap();
    await page.locator('#scanner input[name=badge]').fill(code);
    await page.locator('#scanner button.main').tap();
    await page.locator('#read-back.tag').waitFor();
    const [said, entered] = [await page.locator('#read-back').textContent(), await entries(page)];
    front.setDown(false);
    await page.evaluate(() => window.muster.outbox.send());
    await allSent(page);
    return { said, entered, states: (await entries(page)).map(({ state }) => state) };
  } finally {
    front.setDown(false);
    await context.close();
  }
}

test('a badge’s code, typed in small letters without a network, checks its owner in', async () => {
  const person = await somebody();
  const { said, entered, states } = await typed(person.badge.toLowerCase());
  assert.match(said, new RegExp(`${person.name}.*已签到`));
  assert.deepEqual(entered.map(({ body, state }) => [body.volunteer, state]), [[person.volunteer, 'here']]);
  assert.deepEqual(states, ['checked']);
});

test('control: a code with one letter wrong enters nobody', async () => {
  const { badge } = await somebody();
  const { entered } = await typed(`${badge[0] === '7' ? '8' : '7'}${badge.slice(1)}`);
  assert.deepEqual(entered, []);
});

test('one tap asks for a number and dials it', async () => {
  const context = await newPhone({ serviceWorkers: 'block' });
  try {
    const page = await openSite(context);
    const wire = await context.newCDPSession(page);
    await wire.send('Page.enable');
    const dialled = new Promise((resolve) => wire.on('Page.frameRequestedNavigation', ({ url }) => resolve(url)));
    const row = page.locator('li[data-volunteer]').first();
    assert.ok(!/1380013\d{4}/.test(await row.textContent()), 'the list hides the middle of the number');
    await row.locator('form[data-call] button').tap();
    assert.match(await dialled, /^tel:(\+86)?1380013\d{4}$/);
  } finally {
    await context.close();
  }
});

test('one tap copies the text for the group, with nothing personal in it', async () => {
  const context = await phoneOf(browser, front.address, house.tokens.duty_officer, { screen: SCREENS.desk, permissions: ['clipboard-read', 'clipboard-write'] });
  try {
    const page = await context.newPage();
    const [{ id }] = (await house.ask('/orders')).orders;
    await page.goto(`/orders/${id}`);
    await page.locator('[data-copy]').tap();
    await page.locator('[data-copy]', { hasText: '已复制' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, await page.locator('#group-text').textContent());
    assert.ok(copied.includes('九月十五日采样') && /https?:\/\//.test(copied), copied);
    assert.ok(!/志愿者\d|1380013|\/enter\//.test(copied), copied);
  } finally {
    await context.close();
  }
});

test('a volunteer’s page names the chief, and one tap calls them', async () => {
  const person = await somebody();
  const [link, other] = await Promise.all([house.ask(`/volunteers/${person.volunteer}/link`, {}), house.ask(`/sites/${house.site}/chief`, { name: '韩点长', phone: '13900139000' })]);
  assert.ok(other.address, 'the chief has a way in');
  const context = await phoneOf(browser, front.address);
  try {
    const page = await context.newPage();
    await page.goto(new URL(link.address).pathname);
    await page.locator('main button').tap();
    const call = page.locator('a[href^="tel:"]');
    await call.waitFor();
    assert.match(await call.getAttribute('href'), /^tel:(\+86)?13900139000$/);
    assert.match(await page.locator('section', { has: call }).last().textContent(), /韩点长.*139/s);
  } finally {
    await context.close();
  }
});

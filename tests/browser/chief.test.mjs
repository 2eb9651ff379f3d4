// What a chief does with one tap or a few letters: a badge's code typed without a network, set up and open said without
// one, a call, and the text for the group; and that their people find whom to ask.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SCREENS } from './rig/browser.mjs';
import { walk } from './rig/crawl.mjs';
import { openPost } from './rig/post.mjs';
import { reconnect } from './rig/night.mjs';
import { allSent, entries, newPhone as phoneOf, openSite, tap, truth } from './rig/site.mjs';

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

test('somebody nobody sent is asked for a post without a network, the shortest proposed, and fills it', async () => {
  const page_ = await house.ask(`/sites/${house.site}/post`);
  const here = new Set(page_.groups.flatMap(({ people }) => people.map(({ code }) => code)));
  const [team] = (await house.ask('/teams')).teams;
  const { badges } = await house.ask(`/teams/${team.id}/badges`);
  const { badge: code } = badges.find((one) => !here.has(one.code));
  const short = ({ head }) => head.need - head.arrived;
  const [worst] = page_.groups.filter(({ role }) => role).sort((a, b) => short(b) - short(a));
  const context = await newPhone({ serviceWorkers: 'block' });
  try {
    const page = await openSite(context);
    front.setDown(true);
    await page.locator('[data-type-code]').tap();
    assert.ok(!(await page.locator('[data-ask-role]').isVisible()), 'asked of nobody who is on the list');
    await page.locator('#scanner input[name=badge]').fill(code);
    await page.locator('#scanner button.main').tap();
    await page.locator('[data-ask-role]').waitFor();
    assert.deepEqual(await entries(page), [], 'not entered before it is known for what');
    assert.equal(await page.locator('[data-ask-role] select').inputValue(), worst.role);
    await page.locator('#scanner button.main').tap();
    await page.locator('#read-back.tag-good').waitFor();
    assert.deepEqual((await entries(page)).map(({ body }) => [body.badge, body.role]), [[code.replace('-', ''), worst.role]]);
    await reconnect(front, page);
    const after = (await house.ask(`/sites/${house.site}/post`)).groups.find(({ role }) => role === worst.role);
    assert.equal(after.head.arrived, worst.head.arrived + 1, 'the site is short of one fewer');
  } finally {
    front.setDown(false);
    await context.close();
  }
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

const stages = (page) => page.locator('form[data-outbox=stage] button').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-pressed')));

/** Everything is ticked and the site stands and opens, while there is no network and the page is closed once. */
async function opened({ ticks }) {
  const context = await newPhone({ serviceWorkers: 'block' });
  try {
    let page = await openSite(context);
    const path = new URL(page.url()).pathname;
    front.refuses = /\/outbox$/;
    if (ticks) await page.evaluate(() => document.querySelectorAll('form[data-required] button[aria-pressed=false]').forEach((tick) => tick.click()));
    await page.waitForFunction((ticks) => !ticks || !document.querySelector('form[data-required] button[aria-pressed=false]'), ticks);
    const [setUp, open] = await page.locator('form[data-outbox=stage] button').all();
    await setUp.tap();
    await page.waitForFunction(() => document.querySelector('form[data-outbox=stage] button').getAttribute('aria-pressed') === 'true');
    await open.tap();
    await page.waitForTimeout(300);
    await page.close();
    page = await openSite(context, path);
    const [seen, said] = [await stages(page), (await entries(page)).filter(({ body }) => body.kind === 'stage')];
    const before = await truth(page);
    await page.waitForTimeout(1500);
    await reconnect(front, page);
    const after = await truth(page);
    return { seen, said, before: before.readiness, after: after.readiness, shown: await stages(page) };
  } finally {
    front.refuses = null;
    await context.close();
  }
}

test('control: a site that lacks something is set up without a network, and does not open', async () => {
  const { seen, said, after } = await opened({ ticks: false });
  assert.deepEqual(seen, ['true', 'false', 'false']);
  assert.deepEqual(said.map(({ body }) => body.stage), ['set_up']);
  assert.equal(after.stage, 'set_up');
  assert.equal(after.times.opened_at, null);
  await house.ask(`/sites/${house.site}/readiness/withdrawal`, { stage: 'set_up' });
});

test('a site stands and opens without a network: sent later once, with the time it was said', async () => {
  const { seen, said, before, after, shown } = await opened({ ticks: true });
  assert.deepEqual(seen, ['true', 'true', 'false'], 'the page opened anew still says so');
  assert.deepEqual(said.map(({ body, state }) => [body.stage, state]), [['set_up', 'here'], ['open', 'here']]);
  assert.equal(before.times.set_up_at, null, 'nothing had been sent');
  assert.equal(after.stage, 'open');
  for (const [time, { at }] of [[after.times.set_up_at, said[0]], [after.times.opened_at, said[1]]]) {
    assert.ok(Math.abs(Number(time) - at) < 1000, `${time} is when it was said: ${at}`);
  }
  assert.deepEqual(shown, ['true', 'true', 'false']);
});

/** Every page that links lead the chief to. */
async function pagesOfTheChief() {
  const found = await walk({ context: () => newPhone() }, 'site_chief', []);
  return found.filter(({ type, status, leadsOn }) => type === 'text/html' && status === 200 && !leadsOn).map(({ address }) => address);
}

/** Makes what is unsent look as old as it would be after a bad hour. */
const age = (page, minutes) => page.evaluate(async (minutes) => {
  const { openDB } = await import(document.querySelector('script[src$="app.js"]').src.replace('app.js', 'idb.js'));
  const db = await openDB('muster', 1);
  for (const entry of await db.getAll('entries')) await db.put('entries', { ...entry, at: entry.at - minutes * 60_000 });
  db.close();
}, minutes);

/** Two entries that the server does not get, and what each page then says of them: [address, text]. */
async function saidWithTwoUnsent(context, pages) {
  const page = await openSite(context);
  front.refuses = /\/outbox$/;
  await tap(page, 2);
  await age(page, 7);
  const said = [];
  for (const address of pages) {
    await page.goto(address, { waitUntil: 'load' });
    const lines = page.locator('#line, #net').filter({ hasText: '没有送出', visible: true });
    await lines.first().waitFor({ timeout: 3000 }).catch(() => {});
    said.push([address, (await lines.allTextContents()).join()]);
  }
  return { page, said };
}

// Whoever turns to another page takes the phone for done: what has not arrived is said there, too (U8).
test('every page of the chief says how much is unsent and since when, until the server has it', async () => {
  const pages = await pagesOfTheChief();
  assert.ok(pages.length > 5, pages.join());
  const context = await newPhone({ serviceWorkers: 'block' });
  try {
    const { page, said } = await saidWithTwoUnsent(context, pages);
    assert.deepEqual(said.filter(([, text]) => !/2 条在本机还没有送出，最早 7 分钟前/.test(text)), []);
    await page.goto(pages.find((address) => /readiness/.test(address)), { waitUntil: 'load' });
    const line = page.locator('#line');
    await line.waitFor();
    front.refuses = null;
    // Sent from here, without going back to the page it was entered on.
    await line.waitFor({ state: 'hidden', timeout: 40_000 });
    await page.goto('/');
    assert.deepEqual((await entries(await openSite(context))).map(({ state }) => state), ['checked', 'checked']);
  } finally {
    front.refuses = null;
    await context.close();
  }
});

test('control: a page whose line is lost says nothing of it', async () => {
  const context = await newPhone({ serviceWorkers: 'block' });
  try {
    await context.route('**/line.js', (route) => route.abort());
    const { said } = await saidWithTwoUnsent(context, [`/sites/${house.site}/readiness`]);
    assert.deepEqual(said, [[`/sites/${house.site}/readiness`, '']]);
  } finally {
    front.refuses = null;
    await context.close();
  }
});

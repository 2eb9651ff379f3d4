// Everything a site's chief does, on the engine inside WeChat of the time, without service workers (U6): who came by a typed
// code, the checklist, the stages, a request by each of the three buttons, what is said of it once it is done, an announcement,
// and taking back.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { click, follow, openChromium86 } from './rig/chromium86.mjs';
import { openPost } from './rig/post.mjs';
import { allSent, entries, newPhone, openSite, truth } from './rig/site.mjs';

const { house, front } = await openPost();
const old = await openChromium86();
after(() => old.close());

/** Works on the chief's page. Clicks are the page's own: today's Playwright asks questions that this engine does not know. */
async function atThePost(use) {
  const context = await newPhone(old.browser, front.address, house.tokens.site_chief, { serviceWorkers: 'block' });
  const page = await openSite(context);
  page.on('dialog', (dialog) => dialog.accept());
  const broken = [];
  page.on('pageerror', (error) => broken.push(error.message));
  try {
    assert.equal(await page.evaluate(() => navigator.serviceWorker && navigator.serviceWorker.controller), null);
    await use(page);
    assert.deepEqual(broken, []);
  } finally {
    front.refuses = null;
    await context.close();
  }
}

/** Fills a form in and sends it by its button; it is on the phone afterwards. */
async function send(page, selector, values = {}) {
  const before = (await entries(page)).length;
  await page.evaluate(({ selector, values }) => {
    const form = document.querySelector(selector);
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
    form.querySelector('button').click();
  }, { selector, values });
  await page.waitForFunction((before) => window.muster.outbox.entries.length > before, before);
}

/** What the server says once it has everything, and all of it counted. */
async function arrived(page) {
  await allSent(page);
  assert.deepEqual([...new Set((await entries(page)).map(({ state }) => state))], ['checked']);
  return truth(page);
}

const undo = async (page) => {
  const before = (await entries(page)).length;
  await page.waitForFunction(() => !document.querySelector('#toast').hidden && !document.querySelector('#toast button').hidden);
  await click(page, '#toast button');
  await page.waitForFunction((before) => window.muster.outbox.entries.length > before, before);
};

/** Somebody of the site with the code of their badge. */
async function somebody() {
  const [person] = (await house.ask(`/sites/${house.site}/post`)).groups[0].people;
  const [team] = (await house.ask('/teams')).teams;
  const { badges } = await house.ask(`/teams/${team.id}/badges?after=${person.code.slice(0, -1)}`);
  return { ...person, badge: badges.find(({ code }) => code === person.code).badge };
}

const presenceOf = (told, person) => told.groups.flatMap(({ people }) => people).find(({ volunteer }) => volunteer === person.volunteer).presence.presence;

test('a typed code checks in, and it is taken back', () => atThePost(async (page) => {
  const person = await somebody();
  const before = presenceOf(await truth(page), person);
  await click(page, '[data-type-code]');
  await send(page, 'form[data-outbox=badge]', { badge: person.badge.toLowerCase() });
  assert.equal(presenceOf(await arrived(page), person), 'arrived');
  await undo(page);
  assert.equal(presenceOf(await arrived(page), person), before);
}));

test('a button of the list checks in, and out', () => atThePost(async (page) => {
  const person = await somebody();
  const form = `li[data-volunteer="${person.volunteer}"] form[data-outbox]`;
  await send(page, form);
  assert.equal(presenceOf(await arrived(page), person), 'arrived');
  // A second tap in the same moment is taken for a slip.
  await page.waitForTimeout(900);
  await send(page, form);
  assert.equal(presenceOf(await arrived(page), person), 'left');
}));

test('the checklist is ticked, the site stands, opens and closes; the last of it is taken back', () => atThePost(async (page) => {
  const items = await page.evaluate(() => document.querySelectorAll('form[data-outbox=mark]').length);
  for (let nth = 1; nth <= items; nth += 1) await send(page, `form[data-outbox=mark]:nth-of-type(${nth})`);
  assert.deepEqual((await arrived(page)).readiness.items.filter(({ done }) => !done), []);
  const stage = (nth) => `form[data-outbox=stage]:nth-of-type(${nth})`;
  for (const [nth, said] of [[1, 'set_up'], [2, 'open'], [3, 'closed']]) {
    await send(page, stage(nth));
    assert.equal((await arrived(page)).readiness.stage, said);
  }
  await undo(page);
  assert.equal((await arrived(page)).readiness.stage, 'open');
}));

test('people, supplies and a problem are asked for by their three buttons', () => atThePost(async (page) => {
  await send(page, 'form[data-draft=people]', { role: 'registrar', count: '2', details: '排队很长' });
  await send(page, 'form[data-draft=supplies]', { details: '采样管 200 支' });
  await send(page, 'form[data-draft=problem]', { details: '打印机坏了' });
  const { requests } = await arrived(page);
  const said = requests.map(({ kind, role, count, details }) => [kind, role ?? null, count ?? null, details]);
  assert.deepEqual(said.sort(), [['people', 'registrar', 2, '排队很长'], ['problem', null, null, '打印机坏了'], ['supplies', null, null, '采样管 200 支']]);
}));

/** Asks for something; headquarters takes it and reports it done, and the chief opens it from their list. */
async function reportedDone(page, details) {
  await send(page, 'form[data-draft=problem]', { details });
  const { id } = (await arrived(page)).requests.find((request) => request.details === details);
  await house.ask(`/requests/${id}/take`, {});
  await house.ask(`/requests/${id}/done`, { note: '已送到' });
  await page.goto(`/sites/${house.site}/requests`, { waitUntil: 'load' });
  await follow(page, `#requests a[href$="/requests/${id}"]`);
  return id;
}

const stateOf = async (id) => (await house.ask(`/requests/${id}`)).line.state.state;

test('what headquarters reports done is confirmed', () => atThePost(async (page) => {
  const id = await reportedDone(page, '少一张桌子');
  assert.equal(await stateOf(id), 'done');
  await follow(page, 'form[action$="/confirmation"] button');
  assert.equal(await stateOf(id), 'confirmed');
  assert.equal(new URL(page.url()).pathname, `/sites/${house.site}/requests/${id}`);
}));

test('what was not done is contested, and open again', () => atThePost(async (page) => {
  const id = await reportedDone(page, '少一把椅子');
  await follow(page, 'form[action$="/contest"] button');
  assert.equal(await stateOf(id), 'raised');
  assert.equal(new URL(page.url()).pathname, `/sites/${house.site}/requests/${id}`);
}));

test('an announcement reaches one role', () => atThePost(async (page) => {
  await send(page, 'form[data-draft=announcement]', { role: 'registrar', text: '请到二号桌' });
  const { announcements } = await arrived(page);
  assert.deepEqual(announcements.map(({ text, role }) => [text, role]), [['请到二号桌', 'registrar']]);
}));

test('control: what does not come through is not with the server, and the page says so', () => atThePost(async (page) => {
  front.refuses = /\/outbox$/;
  await send(page, 'form[data-draft=problem]', { details: '没有水' });
  await page.waitForFunction(() => /1 条在本机还没有送出/.test(document.getElementById('net').textContent));
  assert.ok(!(await truth(page)).requests.some(({ details }) => details === '没有水'));
  await assert.rejects(allSent(page, 3000));
}));

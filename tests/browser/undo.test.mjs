// What was just done can be taken back at once: the page that says "done" offers it (U12).

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { SCREENS } from './rig/browser.mjs';
import { openHouse } from './rig/house.mjs';

/** Orders that the tests give. They end before the house does: hooks run in their order. */
const made = [];
after(() => Promise.all(made.map((order) => ask('duty_officer', `/orders/${order}/closing`, {}))));
const { muster, people } = await openHouse();
const theSite = `/sites/${muster.samples.site}`;

/** What a program would send, as somebody. */
async function ask(role, path, data) {
  const context = await people.context(role);
  try {
    const headers = { origin: muster.address };
    const answer = data ? await context.request.post(`/api/v1${path}`, { data, headers }) : await context.request.get(`/api/v1${path}`);
    assert.ok(answer.ok(), `${path}: ${answer.status()}`);
    return await answer.json();
  } finally {
    await context.close();
  }
}

/** Somebody other than the volunteer whose session the other tests share. */
async function anotherVolunteer() {
  const { people: all } = await ask('duty_officer', '/volunteers');
  return `/volunteers/${all.find(({ id }) => id !== muster.samples.volunteer).id}`;
}

async function aNewAccount() {
  await ask('administrator', '/accounts', { login: 'undone', name: '撤销试验', role: 'allocator' });
  return '/accounts';
}

const aRequest = async () => (await ask('site_chief', `${theSite}/requests`, { kind: 'supplies', details: '口罩两箱' })).id;
const aNewRequest = async () => `/requests/${await aRequest()}`;

/** A request that is said to be done, as its asker looks at it. */
async function aDoneRequest() {
  const id = await aRequest();
  await ask('prevention_group', `/requests/${id}/done`, {});
  return `${theSite}/requests/${id}`;
}

async function aNewOrder() {
  const { order } = await ask('duty_officer', '/orders', { name: '撤销试验', beside: true, order_at: '2031-01-01T00:00', set_up_at: '2031-01-01T05:00', in_place_at: '2031-01-01T08:00', close_at: '2031-01-01T20:00' });
  made.push(order);
  return `/orders/${order}`;
}

/** The chief's site under an order for which nothing has been prepared. */
const aNewDay = async () => `${theSite}/readiness?order=${(await aNewOrder()).split('/').pop()}`;

async function aSiteWithoutZone() {
  await ask('duty_officer', '/sites', { code: `U-${Date.now()}`, name: '无片点', division: '440902001', latitude: 21.6, longitude: 110.9 });
  return '/zones/proposal';
}

const opened = (page) => page.evaluate(() => document.querySelectorAll('main details').forEach((part) => { part.open = true; }));
const fill = (field, text) => (page) => page.locator(`${field}:not(.said *)`).first().fill(text);
const stateOf = (page) => page.locator('p.lead').first().textContent();
const stage = (page) => page.locator('.dock form').getAttribute('action');
// What is said carries a form too: the one that takes it back.
const firstHeadcount = (page) => page.locator('input[name=headcount]:not(.said *)').first();

/** [what, who, where, the button that does it, what is then seen]. Taking it back must show the first picture again. */
const ACTS = [
  ['a site is taken out of use', 'duty_officer', theSite, 'form[action$="/retirement"] button', (page) => page.locator('form[action$="/retirement"] input[name=back]').count()],
  ['a site is changed', 'duty_officer', `${theSite}/edit`, 'form[data-draft=site] button.main', async () => JSON.stringify((({ site, needs }) => [site, needs])(await ask('duty_officer', theSite))), async (page) => {
    await fill('input[name=name]', '改名的点')(page);
    await fill('input[name=latitude]', '21.5')(page);
    await fill('input[name=gatekeeper]', '9')(page);
  }],
  ['zones are made', 'duty_officer', aSiteWithoutZone, 'form[action="/zones/proposal"] button', async () => (await ask('duty_officer', '/zones')).total],
  ['a team is unlinked', 'duty_officer', '/links', 'td form[action="/links"] button', (page) => page.locator('td form[action="/links"]').count()],
  ['a line of the checklist is ticked', 'site_chief', `${theSite}/readiness`, 'form[action$="/marks"] button[value=true]', (page) => page.locator('form[action$="/marks"] button[value=true]').count()],
  ['a site says that it stands', 'site_chief', aNewDay, '.dock form button', stage],
  ['an account is suspended', 'administrator', aNewAccount, 'tr:has(th:text-is("undone")) form[action$="/suspension"] button', (page) => page.locator('form[action$="/suspension"] button.danger:not(.said *)').count()],
  ['somebody has left', 'duty_officer', anotherVolunteer, 'form[action$="/departure"] button', (page) => page.locator('form[action$="/departure"]:not(.said *)').count()],
  ['somebody is put on the commendation list', 'assessment_group', anotherVolunteer, 'form[action="/commendations"] button[value=true]', async () => (await ask('assessment_group', '/commendations')).count, fill('input[name=reason]', '连夜搬运')],
  ['a volunteer says when they can come', 'volunteer', '/record', '#availability button', (page) => page.locator('#availability p').first().textContent(), fill('input[name=from]', '2031-05-06T07:08')],
  ['a headcount is changed', 'duty_officer', `/orders/${muster.samples.order}/posts`, 'form:has(input[name=headcount]) button', (page) => firstHeadcount(page).inputValue(), (page) => firstHeadcount(page).fill('77')],
  ['an order is changed', 'duty_officer', aNewOrder, 'form[data-draft=order] button', (page) => page.locator('h1').textContent(), async (page) => {
    await opened(page);
    await fill('form[data-draft=order] input[name=name]', '另一个名称')(page);
  }],
  ['an order is closed', 'duty_officer', aNewOrder, 'form[action$="/closing"] button', (page) => page.locator('form[action$="/closing"]').count(), opened],
  ['a request is taken', 'prevention_group', aNewRequest, 'form[action$="/take"] button', (page) => page.locator('form[action$="/take"]').count()],
  ['a request is answered', 'prevention_group', aNewRequest, 'form[action$="/answer"] button', stateOf, fill('textarea[name=note]', '半小时内送到')],
  ['a request is handed over', 'duty_officer', aNewRequest, 'form[action$="/handover"] button', stateOf],
  ['a request is reported done', 'prevention_group', aNewRequest, 'form[action$="/done"] button', stateOf],
  ['what was done is confirmed', 'site_chief', aDoneRequest, 'form[action$="/confirmation"] button', stateOf],
  ['what was done is contested', 'site_chief', aDoneRequest, 'form[action$="/contest"] button', stateOf],
  ['somebody is checked in', 'duty_officer', `${theSite}/roster`, 'td form[action$="/arrivals"] button.main', (page) => page.locator('td form[action$="/arrivals"] button.main').count()],
];

describe('taken back', () => {
  for (const [what, role, where, act, seen, prepare] of ACTS) {
    test(what, async () => {
      const page = await people.page(role, { screen: SCREENS.desk });
      page.on('dialog', (dialog) => dialog.accept());
      try {
        const address = typeof where === 'string' ? where : await where();
        await page.goto(address);
        const before = await seen(page);
        await prepare?.(page);
        await Promise.all([page.waitForEvent('load'), page.locator(act).first().click()]);
        await page.waitForLoadState();
        assert.notEqual(await seen(page), before, 'it was done');
        await Promise.all([page.waitForEvent('load'), page.locator('.said form button').click()]);
        await page.goto(address);
        assert.equal(await seen(page), before, 'it was taken back');
      } finally {
        await page.close();
      }
    });
  }
});

describe('on the chief’s own page, where acts are kept on the phone first', () => {
  /** Somebody is checked in; gives what their button says before and after `then`. */
  async function checkedIn(then) {
    const page = await people.page('site_chief', { serviceWorkers: 'block' });
    try {
      await page.goto('/');
      const line = page.locator('li[data-volunteer]', { has: page.locator('form[data-outbox=check_in] input[name=way][value=in]') }).last();
      const button = page.locator(`li[data-volunteer="${await line.getAttribute('data-volunteer')}"] form[data-outbox=check_in] button`);
      const before = await button.textContent();
      await page.waitForFunction(() => window.muster && window.muster.outbox);
      await button.click();
      await page.locator('#toast button').waitFor();
      await then(page);
      await page.waitForFunction(() => window.muster.outbox.unsent.length === 0);
      await page.reload();
      return [before, await button.textContent()];
    } finally {
      await page.close();
    }
  }

  test('a check-in is taken back where it is said', async () => {
    const [before, after] = await checkedIn(async (page) => {
      const made = await page.evaluate(() => window.muster.outbox.entries.length);
      await page.locator('#toast button').click();
      await page.waitForFunction((made) => window.muster.outbox.entries.length > made, made);
    });
    assert.equal(after, before);
  });

  test('control: what is not taken back stays', async () => {
    const [before, after] = await checkedIn(async () => {});
    assert.notEqual(after, before);
  });
});

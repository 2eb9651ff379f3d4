// What was just done can be taken back at once: the page that says "done" offers it (U12).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { SCREENS } from './rig/browser.mjs';
import { openHouse } from './rig/house.mjs';

const { muster, people } = await openHouse();

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

const aNewRequest = async () => `/requests/${(await ask('site_chief', `/sites/${muster.samples.site}/requests`, { kind: 'supplies', details: '口罩两箱' })).id}`;
// What is said carries a form too: the one that takes it back.
const firstHeadcount = (page) => page.locator('input[name=headcount]:not(.said *)').first();

/** [what, who, where, the button that does it, what is then seen]. Taking it back must show the first picture again. */
const ACTS = [
  ['a site is taken out of use', 'duty_officer', `/sites/${muster.samples.site}`, 'form[action$="/retirement"] button', (page) => page.locator('form[action$="/retirement"] input[name=back]').count()],
  ['a team is unlinked', 'duty_officer', '/links', 'td form[action="/links"] button', (page) => page.locator('td form[action="/links"]').count()],
  ['a line of the checklist is ticked', 'site_chief', `/sites/${muster.samples.site}/readiness`, 'form[action$="/marks"] button[value=true]', (page) => page.locator('form[action$="/marks"] button[value=true]').count()],
  ['an account is suspended', 'administrator', aNewAccount, 'tr:has(th:text-is("undone")) form[action$="/suspension"] button', (page) => page.locator('form[action$="/suspension"]:not(.said *)').count()],
  ['somebody has left', 'duty_officer', anotherVolunteer, 'form[action$="/departure"] button', (page) => page.locator('form[action$="/departure"]:not(.said *)').count()],
  ['a headcount is changed', 'duty_officer', `/orders/${muster.samples.order}/posts`, 'form:has(input[name=headcount]) button', (page) => firstHeadcount(page).inputValue(), (page) => firstHeadcount(page).fill('77')],
  ['a request is taken', 'prevention_group', aNewRequest, 'form[action$="/take"] button', (page) => page.locator('form[action$="/take"]').count()],
  ['somebody is checked in', 'duty_officer', `/sites/${muster.samples.site}/roster`, 'td form[action$="/arrivals"] button.main', (page) => page.locator('td form[action$="/arrivals"] button.main').count()],
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

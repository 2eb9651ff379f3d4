// The first evening: a headquarters that has nothing yet. Every list says why it is empty and offers the one next act (U20).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { structured } from './checks/accessible.mjs';
import { language } from './checks/language.mjs';
import { emptyStates } from './checks/lists.mjs';
import { LANGUAGES } from './rig/browser.mjs';
import { addressBook, walk } from './rig/crawl.mjs';
import { openHouse } from './rig/house.mjs';
import { startEmpty } from './rig/muster.mjs';

const { muster, people } = await openHouse(startEmpty);

Object.assign(muster.links, await hire());
const routes = await addressBook(people);
const visits = [];
for (const role of Object.keys(muster.links)) {
  const pages = (await walk(people, role, routes)).filter(({ type, leadsOn }) => type === 'text/html' && !leadsOn);
  visits.push(...pages.map((visit) => ({ ...visit, role })));
}

test('there is something to look at', () => {
  const reached = new Set(visits.map(({ route }) => route));
  for (const route of ['/board', '/orders', '/sites', '/zones', '/teams', '/volunteers', '/requests', '/imports', '/notices']) assert.ok(reached.has(route), route);
});

describe('nothing yet', { concurrency: 2 }, () => {
  for (const visit of visits) test(`${visit.role} ${visit.route}`, () => look(visit));
});

test('control: a list that is empty without a word, or without a next act, is seen', async () => {
  const page = await people.page('duty_officer');
  try {
    await page.goto('/orders');
    assert.deepEqual(await emptyStates(page), []);
    await page.evaluate(() => document.querySelectorAll('.empty a, .empty button, .empty form').forEach((act) => act.remove()));
    assert.match((await emptyStates(page)).join(), /without a next act/);
    await page.evaluate(() => document.querySelectorAll('.empty').forEach((words) => words.replaceWith(document.createElement('ul'))));
    assert.match((await emptyStates(page)).join(), /says nothing/);
  } finally {
    await page.close();
  }
});

async function look({ role, address, status }) {
  assert.equal(status, 200);
  const faults = [];
  for (const wanted of LANGUAGES) {
    const page = await people.page(role, { language: wanted });
    try {
      await page.goto(address, { waitUntil: 'load' });
      const found = [...(await emptyStates(page)), ...(await language(page, wanted)), ...(await structured(page))];
      faults.push(...found.map((fault) => `${wanted}: ${fault}`));
    } finally {
      await page.close();
    }
  }
  assert.deepEqual(faults, []);
}

/** The administrator opens an account for every other role and hands its link over. */
async function hire() {
  const page = await people.page('administrator', { language: 'en' });
  const links = {};
  try {
    await page.goto('/accounts');
    const roles = await page.locator('form[action="/accounts"] select[name=role] option').evaluateAll((options) => options.map(({ value }) => value));
    for (const role of roles.filter((role) => role !== 'administrator')) links[role] = await open(page, role);
  } finally {
    await page.close();
  }
  return links;
}

async function open(page, role) {
  const login = role.replaceAll('_', '-');
  await page.goto('/accounts');
  await page.fill('input[name=login]', login);
  await page.fill('input[name=name]', login);
  await page.selectOption('form[action="/accounts"] select[name=role]', role);
  await page.click('form[action="/accounts"] button');
  await page.locator('tr', { hasText: login }).locator('form[action$="/link"] button').click();
  return page.locator('input[data-select]').inputValue();
}

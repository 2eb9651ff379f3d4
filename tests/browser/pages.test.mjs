// Every page of a running Muster, as every role that can reach it, in both languages: what a person would notice.
// The list of pages is the program's own address book, so a new page is checked without anybody adding it here.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { accessible, structured } from './checks/accessible.mjs';
import { colour } from './checks/colour.mjs';
import { fits } from './checks/fits.mjs';
import { language } from './checks/language.mjs';
import { emptyStates } from './checks/lists.mjs';
import { paper, sheets } from './checks/paper.mjs';
import { strict, watch } from './checks/policy.mjs';
import { mainActInReach, targets } from './checks/targets.mjs';
import { unkept } from './checks/typing.mjs';
import { unfolded } from './checks/unfolded.mjs';
import { silence, wall } from './checks/wall.mjs';
import { weight } from './checks/weight.mjs';
import { LANGUAGES, SCREENS } from './rig/browser.mjs';
import { addressBook, PHONE_ROLES, walk } from './rig/crawl.mjs';
import { openHouse } from './rig/house.mjs';
import { occasions } from './rig/occasions.mjs';

/** Reached otherwise than by a link on a page. */
const WITHOUT_LINK = {
  '/enter/{code}': 'opened from a message; the rig signs everybody in through it',
  '/b/{code}': 'opened by scanning a badge; looked at below',
  '/sign-in/oidc': 'a button where there is an identity provider; oidc.test.mjs goes through it',
  '/sign-in/oidc/answer': 'the identity provider leads back here; oidc.test.mjs goes through it',
  '/conflicts': 'in the navigation only while something waits for a decision; looked at below',
  '/exports': 'in the navigation only while something was asked for; looked at below',
  '/exports/waiting': 'in the navigation only while somebody asks for a long list; looked at below',
};

const { muster, people } = await openHouse();

await occasions(people, muster);
const routes = await addressBook(people);
const visits = await allVisits();

/** Each role's walk; the first role on a route looks more closely than the others. */
async function allVisits() {
  const closely = new Set();
  const all = [];
  for (const role of people.roles) {
    for (const visit of await walk(people, role, routes)) {
      all.push({ ...visit, role, first: !closely.has(visit.route) && !visit.leadsOn });
      if (!visit.leadsOn) closely.add(visit.route);
    }
  }
  for (const address of ['/conflicts', '/exports', '/exports/waiting']) {
    if (!closely.has(address)) all.push({ role: 'duty_officer', route: address, address, type: 'text/html', status: 200, first: true });
  }
  all.push({ role: 'anybody', route: '/b/{code}', address: `/b/${muster.samples.badge}`, type: 'text/html', status: 200, first: true });
  return [...all, { role: 'anybody', route: 'a page that is not there', address: '/there-is-no-such-page', type: 'text/html', status: 404, first: true }];
}

test('the address book: every page is reached by somebody', () => {
  const reached = new Set(visits.map(({ route }) => route));
  const lost = routes.filter((route) => !reached.has(route) && !WITHOUT_LINK[route]);
  assert.deepEqual(lost, [], 'no link leads here; link to it, or argue its line in WITHOUT_LINK');
  assert.deepEqual(Object.keys(WITHOUT_LINK).filter((route) => !routes.includes(route)), [], 'these routes are gone');
});

describe('every page', { concurrency: 2 }, () => {
  for (const visit of visits) {
    test(`${visit.role} ${visit.route}`, () => inspect(visit));
  }
});

/** All faults of one visit, each with the language and screen it was seen on. */
async function inspect(visit) {
  assert.equal(visit.status, visit.route.includes('not there') ? 404 : 200, `${visit.address} answers`);
  if (visit.type !== 'text/html' || visit.leadsOn) return;
  const faults = [];
  // What differs between roles is seen in one language.
  for (const wanted of visit.first ? LANGUAGES : LANGUAGES.slice(0, 1)) faults.push(...(await inLanguage(visit, wanted)));
  assert.deepEqual(faults, [], `${visit.address} as ${visit.role}`);
}

/** One browser for each person and language: what pages share is loaded once, as it is for a person. */
const contexts = new Map();

function contextOf(role, language) {
  const name = `${role} ${language}`;
  if (!contexts.has(name)) contexts.set(name, people.context(role, { language }));
  return contexts.get(name);
}

async function inLanguage(visit, wanted) {
  const page = await (await contextOf(visit.role, wanted)).newPage();
  const faults = [];
  const note = (where, found) => faults.push(...found.map((fault) => `${wanted}, ${where}: ${fault}`));
  try {
    const console = watch(page, muster.address);
    const answer = await page.goto(visit.address, { waitUntil: 'load' });
    const kind = await page.evaluate(() => ['phone', 'wall', 'paper'].find((kind) => document.body.classList.contains(kind)) ?? 'desk');
    note('policy', strict(answer));
    note('words', await language(page, wanted));
    note('lists', await emptyStates(page));
    note('typing', await unkept(page));
    await (kind === 'wall' ? onWall(page, note) : onScreens(page, kind, visit, note, wanted));
    if (visit.first && wanted === 'zh-CN' && kind === 'phone') await asPhone(visit, note);
    if (visit.first && wanted === 'zh-CN' && kind === 'wall') await withoutLine(visit, note);
    const known = visit.status === 404 ? /status of 404/ : null;
    note('console', console().filter((fault) => !known?.test(fault)));
  } finally {
    await page.close();
  }
  return faults;
}

async function onWall(page, note) {
  note('wall', await wall(page, [SCREENS.wall, SCREENS.wall4k]));
  await page.setViewportSize(SCREENS.wall);
  note('wall, axe', await accessible(page));
  note('wall, colours', await colour(page));
}

async function onScreens(page, kind, visit, note, wanted) {
  note('structure', await structured(page));
  note('fits', await fits(page));
  if (kind === 'phone' || PHONE_ROLES.includes(visit.role)) note('targets', [...(await targets(page)), ...(await mainActInReach(page))]);
  note('360 px, axe', await accessible(page));
  if (!visit.first) return;
  await unfolded(page, () => inside(page, kind, note, wanted));
  for (const name of ['tablet', 'desk']) {
    await page.setViewportSize(SCREENS[name]);
    note(`${name}, axe`, await accessible(page));
  }
  // Colours, and what becomes of the page on paper, are the same in every language.
  if (wanted === 'zh-CN') await inOtherLights(page, visit, note);
}

/** What stands in a part that was folded away. */
async function inside(page, kind, note, wanted) {
  note('unfolded, words', await language(page, wanted));
  note('unfolded, fits', await fits(page));
  if (kind === 'phone') note('unfolded, targets', await targets(page));
  note('unfolded, axe', await accessible(page));
  if (wanted === 'zh-CN') note('unfolded, colours', await colour(page));
}

async function inOtherLights(page, visit, note) {
  note('colours', await colour(page));
  await page.emulateMedia({ colorScheme: 'dark' });
  note('dark, axe', await accessible(page, ['color-contrast']));
  note('dark, colours', await colour(page));
  await page.emulateMedia({ colorScheme: null });
  note('paper', await paper(page));
  if (visit.route.endsWith('/report') && (await sheets(page)) < 2) note('paper', ['the report of a night is longer than one sheet']);
}

async function withoutLine(visit, note) {
  const fresh = await people.page(visit.role, { screen: SCREENS.wall });
  try {
    note('line cut', await silence(fresh, visit.address));
  } finally {
    await fresh.close();
  }
}

async function asPhone(visit, note) {
  const fresh = await people.page(visit.role);
  try {
    note('first load', (await weight(fresh, visit.address)).faults);
  } finally {
    await fresh.close();
  }
}

// What is typed at a desk is not lost (U9): reload, back, a crash and the session's end at every field of every kind of
// form; and it is gone when the server has it, when it is thrown away, at sign-out, and for whoever sits there next. The
// chief's own page is looked at in `offline.test.mjs`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { SCREENS } from './rig/browser.mjs';
import { openHouse } from './rig/house.mjs';
import { kill } from './rig/site.mjs';

const { muster, people } = await openHouse();
const { order, site, volunteer } = muster.samples;

/** What a program would send, as somebody. */
async function ask(role, path, data) {
  const context = await people.context(role);
  try {
    const answer = await context.request.post(`/api/v1${path}`, { data, headers: { origin: muster.address } });
    assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
    return await answer.json();
  } finally {
    await context.close();
  }
}

const request = (await ask('site_chief', `/sites/${site}/requests`, { kind: 'supplies', details: '防护服十套' })).id;

/** [who, where, how many fields there are at least]. */
const PAGES = [
  ['duty_officer', `/orders/${order}/posts`, 6],
  ['duty_officer', `/orders/${order}`, 8],
  ['duty_officer', '/orders/new', 10],
  ['duty_officer', '/links', 2],
  ['duty_officer', `/sites/${site}`, 2],
  ['duty_officer', `/sites/${site}/edit`, 10],
  ['duty_officer', '/sites/new', 10],
  ['duty_officer', '/zones', 2],
  ['duty_officer', '/divisions', 4],
  ['duty_officer', '/deeds', 2],
  ['administrator', '/accounts', 4],
  ['prevention_group', `/requests/${request}`, 4],
  ['assessment_group', `/volunteers/${volunteer}`, 2],
  ['site_chief', `/sites/${site}/requests`, 4],
  ['site_chief', `/sites/${site}/announcements`, 2],
  ['volunteer', '/record', 3],
];

const FIELDS = 'form[data-draft] :is(input:not([type=hidden], [readonly]), textarea, select)';

/** Types into every field, or chooses another thing; gives what each shows then. */
const typeAll = (page, fields) => page.evaluate((fields) => {
  const all = [...document.querySelectorAll(fields)];
  all.forEach((field, nth) => {
    if (field.tagName === 'SELECT') field.selectedIndex = field.options.length - 1;
    else if (field.type === 'checkbox') field.checked = !field.checked;
    else if (field.type === 'radio') field.checked = true;
    else if (field.type === 'number') field.value = String(7 + (nth % 3));
    else if (field.type === 'datetime-local') field.value = `2031-05-06T07:${String(nth % 60).padStart(2, '0')}`;
    else field.value = `没发出 ${nth}`;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  return all.map((field) => (['checkbox', 'radio'].includes(field.type) ? field.checked : field.value));
}, fields);

const read = (page, fields) => page.evaluate((fields) => [...document.querySelectorAll(fields)].map((field) => (['checkbox', 'radio'].includes(field.type) ? field.checked : field.value)), fields);

const stored = (page) => page.evaluate(() => Object.entries(localStorage).filter(([name]) => name.startsWith('draft ')));

/** The fields that have not kept what was typed through all that can happen to a page. */
async function lostAfter(role, address, { least = 1, fields = FIELDS, without } = {}) {
  const context = await people.context(role, { screen: SCREENS.desk });
  try {
    if (without) await context.route('**/*', (route) => (route.request().resourceType() === 'document' ? bare(route, without) : route.continue()));
    let page = await context.newPage();
    await page.goto(address);
    const typed = await typeAll(page, fields);
    assert.ok(typed.length >= least, `${typed.length} fields`);
    const lost = [];
    const look = async (name) => {
      const now = await read(page, fields);
      typed.forEach((value, at) => value === now[at] || lost.push(`${name}: field ${at} is "${now[at]}"`));
    };
    await page.reload();
    await look('reload');
    await page.goto('/there-is-no-such-page');
    await page.goBack();
    await look('back');
    await kill(page);
    page = await context.newPage();
    await page.goto(address);
    await look('crash');
    const cookies = await context.cookies();
    await context.clearCookies({ name: 'muster' });
    await page.goto(address);
    await page.locator('input[type=password]').waitFor();
    await context.addCookies(cookies);
    await page.goto(address);
    await look('session end');
    return lost;
  } finally {
    await context.close();
  }
}

/** The page as it came, but without one of its words. */
async function bare(route, word) {
  const answer = await route.fetch();
  await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(word, '') });
}

describe('reload, back, crash and the session’s end', () => {
  for (const [role, address, least] of PAGES) {
    test(`${role} ${address.replace(/[0-9a-f-]{36}/, '…')}`, async () => assert.deepEqual(await lostAfter(role, address, { least }), []));
  }

  test('control: without the attribute it is lost', async () => {
    const lost = await lostAfter('duty_officer', '/links', { fields: 'form.fields[action="/links"] input:not([type=hidden])', without: ' data-draft="link"' });
    assert.match(lost.join(), /crash.*session end/);
  });
});

/** Somebody at a desk, for one test. */
async function at(role, use, options = {}) {
  const page = await people.page(role, { screen: SCREENS.desk, ...options });
  try {
    return await use(page);
  } finally {
    await page.close();
  }
}

describe('it ends', () => {
  test('when the server has it', () => at('prevention_group', async (page) => {
    await page.goto(`/requests/${request}`);
    await page.locator('textarea[name=note]').fill('二十分钟送到');
    await page.locator('form[action$="/answer"] button').click();
    await page.locator('.said').waitFor();
    assert.equal(await page.locator('textarea[name=note]').inputValue(), '');
    assert.deepEqual(await stored(page), []);
  }));

  test('when the server answers with a link to hand over', () => at('duty_officer', async (page) => {
    const fresh = await ask('duty_officer', '/sites', { code: `TYPED-${Date.now()}`, name: '新点', division: '440902001', latitude: 21.6, longitude: 110.9 });
    await page.goto(`/sites/${fresh.site}`);
    await page.locator('input[name=name]').fill('王点长');
    await page.locator('input[name=phone]').fill('13800138000');
    assert.equal((await stored(page)).length, 1);
    await page.locator('form[action$="/chief"] button').click();
    await page.locator('[data-done]').waitFor();
    assert.deepEqual(await stored(page), []);
    await ask('duty_officer', `/sites/${fresh.site}/retirement`, {});
  }));

  test('not when the server refuses it, nor by the word about another form', () => at('duty_officer', async (page) => {
    await page.goto('/links');
    await page.locator('form[data-draft] input[name=team]').fill('没有这队');
    await page.locator('form[data-draft] input[name=site]').fill('没有这点');
    await page.locator('form[data-draft] button').first().click();
    await page.locator('.lead[role=alert]').waitFor();
    await page.goto(`/sites/${site}/edit`);
    await page.locator('form[data-draft] .row button.main').click();
    await page.locator('.said').waitFor();
    await page.goto('/links');
    assert.equal(await page.locator('form[data-draft] input[name=team]').inputValue(), '没有这队');
  }));
});

describe('it is given up', () => {
  test('when it is thrown away', () => at('duty_officer', async (page) => {
    await page.goto('/orders/new');
    const usual = await page.locator('input[name=name]').inputValue();
    await page.locator('input[name=name]').fill('写了一半');
    await page.reload();
    assert.match(await page.locator('.draft').textContent(), /还没有保存：\d\d:\d\d 填的内容/);
    await page.locator('.draft button').click();
    assert.equal(await page.locator('input[name=name]').inputValue(), usual);
    await page.reload();
    assert.equal(await page.locator('input[name=name]').inputValue(), usual);
  }));

  test('at sign-out; another who signs in there sees nothing of it', async () => {
    const { account } = await ask('administrator', '/accounts', { login: `typist-${Date.now()}`, name: '打字', role: 'duty_officer' });
    const { address } = await ask('administrator', `/accounts/${account}/link`, {});
    await at('anybody', async (page) => {
      await page.goto(new URL(address).pathname);
      await page.locator('main button').click();
      await page.waitForURL((url) => !url.pathname.startsWith('/enter'));
      await page.goto('/orders/new');
      await page.locator('input[name=name]').fill('不给别人看');
      assert.equal((await stored(page)).length, 1);
      // Another's session on the same browser, while the first has only ended.
      const mine = await page.context().cookies();
      const other = (await people.context('administrator')).storageState();
      await page.context().addCookies((await other).cookies);
      await page.goto('/accounts');
      assert.deepEqual(await page.locator('.draft').count(), 0);
      await page.context().addCookies(mine);
      await page.goto('/orders/new');
      assert.equal(await page.locator('input[name=name]').inputValue(), '不给别人看');
      await Promise.all([page.waitForEvent('load'), page.locator('form[action="/sign-out"] button').click()]);
      assert.deepEqual(await stored(page), []);
    });
  });
});

test('what others change meanwhile is not put back to how it was', () => at('duty_officer', async (page) => {
  await page.goto(`/orders/${order}/posts`);
  const cells = page.locator('input[name=headcount]');
  await cells.nth(0).fill('61');
  const [there, role] = (await cells.nth(1).getAttribute('data-cell')).split(' ');
  const before = Number(await cells.nth(1).inputValue());
  await ask('duty_officer', `/orders/${order}/posts`, { posts: [{ site: there, role, headcount: before + 5 }] });
  await page.reload();
  assert.deepEqual([await cells.nth(0).inputValue(), await cells.nth(1).inputValue()], ['61', String(before + 5)]);
  await ask('duty_officer', `/orders/${order}/posts`, { posts: [{ site: there, role, headcount: before }] });
}));

test('passwords and codes are never kept', () => at('duty_officer', async (page) => {
  const secret = 'geheim-4711';
  await page.goto('/password');
  await page.locator('input[name=password]').fill(secret);
  await page.context().clearCookies();
  for (const [address, field] of [['/sign-in', 'password'], ['/sign-in', 'login'], ['/enter', 'badge']]) {
    await page.goto(address);
    await page.locator(`input[name=${field}]`).fill(secret);
  }
  const all = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  assert.ok(!all.includes(secret), all);
}));

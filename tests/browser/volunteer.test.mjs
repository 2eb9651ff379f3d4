// A volunteer of one night: from the message to "I am here" by taps alone, on a bad network (U22), and every act of theirs on
// the engine inside WeChat of the time, without service workers (U6).

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { NETWORK } from './checks/speed.mjs';
import { openChromium } from './rig/browser.mjs';
import { click, follow, openChromium86 } from './rig/chromium86.mjs';
import { openDistrict, tellPlan } from './rig/district.mjs';
import { openFront } from './rig/front.mjs';
import { openLetterbox } from './rig/letterbox.mjs';
import { newPhone, until } from './rig/site.mjs';

const IN_PLACE_WITHIN_MS = 30_000;

const post = await openLetterbox();
const house = await openDistrict({ mail: post.port });
const front = await openFront(house.address);
const [browser, old] = await Promise.all([openChromium(), openChromium86()]);
after(async () => {
  await Promise.all([browser.close(), old.close()]);
  front.close();
  await house.stop();
  await post.close();
});

/** The way in that a delivered message carries. */
async function linkOf(nth) {
  const { text } = await post.waitFor(`v${nth}@muster.test`, 20_000);
  const [head, ...body] = text.split(/\r?\n\r?\n/);
  const written = body.join('\n\n');
  const said = /base64/i.test(head) ? Buffer.from(written, 'base64').toString() : written.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  const [path] = /\/enter\/[\w-]+/.exec(said) ?? [];
  assert.ok(path, said);
  return path;
}

/** Where somebody is, as headquarters sees it. */
async function seenOf(nth) {
  const code = `V${String(nth).padStart(3, '0')}`;
  const { id } = (await house.ask(`/volunteers?find=${code}`)).people.find((one) => one.code === code);
  const sites = await house.ask('/sites');
  for (const { site } of sites.sites) {
    const line = (await house.ask(`/sites/${site.id}/roster`)).lines.find(({ volunteer }) => volunteer === id);
    if (line) return { id, ...line.presence };
  }
  return { id, presence: 'nowhere' };
}

/** Who has a post, in the order of the list. */
const posted = [];
for (let nth = 0; posted.length < 11; nth += 1) if ((await seenOf(nth)).presence !== 'nowhere') posted.push(nth);

describe('from the message to being there', () => {
  /** Opens the link of a message and taps what the page offers until headquarters sees them; how long that took. */
  async function byTaps(nth, network) {
    const path = await linkOf(nth);
    const context = await newPhone(browser, front.address);
    context.setDefaultTimeout(network ? IN_PLACE_WITHIN_MS : 5000);
    const page = await context.newPage();
    try {
      const wire = await context.newCDPSession(page);
      await wire.send('Network.enable');
      if (network) await wire.send('Network.emulateNetworkConditions', network);
      const began = Date.now();
      let fields = 0;
      await page.goto(path);
      fields += await page.locator('input:not([type=hidden])').count();
      await page.locator('main button').tap();
      await page.locator('form[action="/duty/acknowledgement"] button').tap();
      await page.locator('form[action="/duty/check-in"] button').tap();
      await page.locator('form[action="/duty/check-out"]').waitFor();
      fields += await page.locator('input[type=password]').count();
      const took_ms = Date.now() - began;
      assert.equal((await seenOf(nth)).presence, 'arrived');
      const there_and_back_ms = await page.evaluate(async () => {
        const asked = performance.now();
        await fetch('/healthz', { cache: 'no-store' });
        return performance.now() - asked;
      });
      return { took_ms, fields, there_and_back_ms };
    } finally {
      await context.close();
    }
  }

  test('within thirty seconds, nothing typed, at 400 kbit/s and 400 ms', async (t) => {
    const slow = await byTaps(posted[0], NETWORK);
    const fast = await byTaps(posted[1], null);
    t.diagnostic(`${slow.took_ms} ms; ${fast.took_ms} ms on a good network`);
    assert.equal(slow.fields, 0, 'nothing is asked for');
    assert.ok(slow.took_ms <= IN_PLACE_WITHIN_MS, `${slow.took_ms} ms`);
    assert.ok(slow.there_and_back_ms >= NETWORK.latency && fast.there_and_back_ms < NETWORK.latency, 'the network was bad, and only there');
  });

  test('control: a way in that was taken away lets nobody in', async () => {
    await linkOf(posted[2]);
    await house.ask(`/volunteers/${(await seenOf(posted[2])).id}/link`, {});
    await assert.rejects(byTaps(posted[2], null));
    assert.equal((await seenOf(posted[2])).presence, 'told');
  });
});

describe('two on one phone', () => {
  async function signIn(page, nth) {
    await page.goto(await linkOf(nth));
    await page.locator('main button').tap();
    await page.waitForFunction(() => window.muster && window.muster.outbox);
  }

  /** One is there without a network, the other signs in on the same phone; what becomes of what the one said. */
  async function taken(from, [one, other], change) {
    const context = await newPhone(browser, front.address);
    const page = await context.newPage();
    try {
      await signIn(page, one);
      await page.locator('form[action="/duty/acknowledgement"] button').tap();
      front.refuses = /check-in$/;
      await page.locator('form[action="/duty/check-in"] button').tap();
      await page.locator('.pending').waitFor();
      await signIn(page, other);
      await page.evaluate(change);
      front.refuses = null;
      await page.evaluate(() => window.muster.outbox.send());
      await from({ page, one, other });
    } finally {
      front.refuses = null;
      await context.close();
    }
  }

  test('what one said without a network the other does not do; it is sent when they are back', () => taken(async ({ page, one, other }) => {
    assert.equal((await seenOf(other)).presence, 'told');
    assert.equal((await seenOf(one)).presence, 'coming');
    assert.equal(await page.evaluate(() => window.muster.outbox.unsent.length), 1);
    assert.equal(await page.locator('.pending').count(), 0, 'nothing of the other waits');
    const { id } = await seenOf(one);
    const refused = await page.evaluate(async (id) => {
      const headers = { 'content-type': 'application/json', 'muster-who': id };
      return (await (await fetch('/api/v1/duty/check-in', { method: 'POST', headers, body: '{}' })).json()).code;
    }, id);
    assert.equal(refused, 'web.32', 'also where the page does not know who has signed in since');
    await signIn(page, one);
    await page.locator('form[action="/duty/check-out"]').waitFor();
    assert.equal((await seenOf(one)).presence, 'arrived');
  }, [posted[5], posted[6]], () => {}));

  test('control: an act that is nobody’s is done by whoever is there', () => taken(async ({ page, other }) => {
    await page.locator('form[action="/duty/check-out"]').waitFor();
    assert.equal((await seenOf(other)).presence, 'arrived');
  }, [posted[7], posted[6]], async () => {
    const open = indexedDB.open('muster');
    await new Promise((done) => { open.onsuccess = done; });
    const store = open.result.transaction('entries', 'readwrite').objectStore('entries');
    const all = store.getAll();
    await new Promise((done) => { all.onsuccess = done; });
    for (const { who, ...entry } of all.result) store.put(entry);
    await new Promise((done) => { store.transaction.oncomplete = done; });
  }));
});

// What follows runs on Chromium 86.

/** Waits until something is on the page. */
const shown = (page, selector, within_ms = 20_000) => page.waitForFunction((selector) => document.querySelector(selector), selector, { timeout: within_ms });

const api = (page, path) => page.evaluate(async (path) => (await fetch(`/api/v1${path}`)).json(), path);

async function byLink(page, nth) {
  await page.goto(await linkOf(nth));
  await click(page, 'main button');
}

/** Opens a phone, comes in and stands before the day's page. */
async function inFrontOf(nth, use, comeIn = byLink) {
  const context = await newPhone(old.browser, front.address, undefined, { serviceWorkers: 'block' });
  const page = await context.newPage();
  page.on('dialog', (dialog) => dialog.accept());
  const broken = [];
  page.on('pageerror', (error) => broken.push(error.message));
  try {
    await comeIn(page, nth);
    await shown(page, '.dock form[data-own]');
    await page.waitForFunction(() => window.muster && window.muster.outbox);
    assert.equal(await page.evaluate(() => navigator.serviceWorker && navigator.serviceWorker.controller), null);
    await use(page);
    assert.deepEqual(broken, []);
  } finally {
    front.refuses = null;
    await context.close();
  }
}

/** The code on somebody's badge. */
async function badgeOf(nth) {
  const code = `V${String(nth).padStart(3, '0')}`;
  const [team] = (await house.ask('/teams')).teams;
  const { badges } = await house.ask(`/teams/${team.id}/badges`);
  return badges.find((one) => one.code === code).badge;
}

/** Comes in without a link: what stands on the badge, and the end of the own number (all of these end in the nth). */
async function byBadge(page, nth, digits = String(nth).padStart(4, '0')) {
  const values = { badge: (await badgeOf(nth)).toLowerCase(), digits };
  await page.goto('/enter');
  await page.evaluate((values) => {
    const form = document.querySelector('form[action="/enter"]');
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  }, values);
  await follow(page, 'form[action="/enter"] button');
}

describe('on Chromium 86 without service workers', () => {
  test('coming, there, gone; when one can come; an objection', () => inFrontOf(posted[3], async (page) => {
    await click(page, 'form[action="/duty/acknowledgement"] button');
    await shown(page, 'form[action="/duty/check-in"]');
    assert.equal((await seenOf(posted[3])).presence, 'coming');
    await click(page, 'form[action="/duty/check-in"] button');
    await shown(page, 'form[action="/duty/check-out"]');
    assert.equal((await seenOf(posted[3])).presence, 'arrived');
    await click(page, 'form[action="/duty/check-out"] button');
    await until(page, async () => (await (await fetch('/api/v1/record')).json()).stays.some(({ stay }) => stay.out_at));
    assert.equal((await seenOf(posted[3])).presence, 'left');
    await page.waitForFunction(() => /任务完成/.test(document.querySelector('.dock').textContent));
    await page.goto('/record');
    await page.evaluate(() => { document.querySelector('#availability input[name=from]').value = '2031-05-06T07:08'; });
    await Promise.all([page.waitForEvent('load'), click(page, '#availability button')]);
    assert.ok((await api(page, '/record')).available_from);
    await page.evaluate(() => { document.querySelector('form[data-draft=missing] textarea').value = '我七点就到了'; });
    await Promise.all([page.waitForEvent('load'), click(page, 'form[data-draft=missing] button')]);
    assert.equal((await api(page, '/record')).corrections[0].objection, '我七点就到了');
  }));

  test('declining with a reason, and coming after all', () => inFrontOf(posted[4], async (page) => {
    await page.evaluate(() => { document.querySelector('form[action="/duty/refusal"] textarea').value = '孩子发烧'; });
    await click(page, 'form[action="/duty/refusal"] input[name=why]');
    await click(page, 'form[action="/duty/refusal"] button.danger');
    await until(page, async () => !(await (await fetch('/api/v1/duty')).json()).duty);
    const { id } = await seenOf(posted[4]);
    const { orders } = await house.ask('/orders');
    const { lines } = await house.ask(`/orders/${orders[0].id}/declined`);
    assert.equal(lines.find(({ volunteer }) => volunteer === id)?.note, '孩子发烧');
    // It was a slip, or somebody else takes the child: one can come after all.
    await shown(page, 'form[action="/duty/return"]');
    await click(page, 'form[action="/duty/return"] button');
    await shown(page, 'form[action="/duty/check-in"]');
    assert.equal((await seenOf(posted[4])).presence, 'coming');
  }));

  test('control: an act that does not come through is not seen', () => inFrontOf(posted[1], async (page) => {
    front.refuses = /check-out$/;
    await click(page, 'form[action="/duty/check-out"] button');
    await shown(page, '.pending');
    assert.equal((await seenOf(posted[1])).presence, 'arrived');
  }));
});

describe('on Chromium 86: in by the badge, and what is said to somebody', () => {
  test('in by the badge and the last four digits; a changed duty is seen', () => inFrontOf(posted[8], async (page) => {
    assert.equal(new URL(page.url()).pathname, '/duty');
    const { duty } = await api(page, '/duty');
    const { id } = await seenOf(posted[8]);
    const [{ id: order }] = (await house.ask('/orders')).orders;
    const other = (await house.ask('/sites')).sites.map(({ site }) => site.id).find((site) => site !== duty.site);
    await house.ask(`/orders/${order}/pins`, { volunteer: id, site: other, role: duty.role });
    await tellPlan(house.ask, order);
    await page.reload({ waitUntil: 'load' });
    const changed = (await api(page, '/duty')).duty;
    assert.deepEqual([changed.site, changed.is_unseen_change], [other, true]);
    assert.match(await page.evaluate(() => document.querySelector('#duty [role=alert]').textContent), new RegExp(duty.site_name));
    await click(page, 'form[action="/duty/acknowledgement"] button');
    await shown(page, 'form[action="/duty/check-in"]');
    assert.equal((await api(page, '/duty')).duty.is_unseen_change, false);
    assert.ok(!(await page.evaluate(() => document.querySelector('#duty [role=alert]'))), 'said no more');
  }, byBadge));

  test('control: with other digits nobody comes in', async () => {
    const wrong = (page, nth) => byBadge(page, nth, '9999').then(() => shown(page, '.dock form[data-own]', 2000));
    await assert.rejects(inFrontOf(posted[9], () => {}, wrong), /Timeout/);
  });

  test('what was announced is seen, and headquarters counts it', () => inFrontOf(posted[9], async (page) => {
    const { duty } = await api(page, '/duty');
    const heard = async () => (await house.ask(`/sites/${duty.site}/announcements`)).announcements.find(({ text }) => text === '请带水杯').seen;
    await house.ask(`/sites/${duty.site}/announcements`, { text: '请带水杯' });
    await page.reload({ waitUntil: 'load' });
    assert.match(await page.evaluate(() => document.querySelector('#duty [role=alert]').textContent), /请带水杯/);
    assert.equal(await heard(), 0, 'looking is not seeing');
    await follow(page, 'form[action="/duty/notices/seen"] button');
    assert.equal(await heard(), 1);
    await page.goto('/duty', { waitUntil: 'load' });
    assert.ok(!(await page.evaluate(() => document.querySelector('#duty [role=alert]'))), 'said no more');
  }));

  test('a deed told of them is consented to', () => inFrontOf(posted[10], async (page) => {
    await house.ask('/deeds', { badge: await badgeOf(posted[10]), story: '扶一位老人回家' });
    await page.goto('/record', { waitUntil: 'load' });
    assert.equal((await api(page, '/record')).deeds[0].state, 'told');
    await follow(page, '#deeds button[name=consent][value=true]');
    const [deed] = (await api(page, '/record')).deeds;
    assert.deepEqual([deed.story, deed.state], ['扶一位老人回家', 'consented']);
  }));
});

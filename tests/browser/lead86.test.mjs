// What a zone lead does with a phone, on the engine inside WeChat of the time, without service workers (U6): the link of the
// headquarters opens the zone, what a site asks for comes by itself, is taken, and is answered with a time.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { click, follow, openChromium86 } from './rig/chromium86.mjs';
import { openPost } from './rig/post.mjs';
import { newPhone, until } from './rig/site.mjs';

const { house, front } = await openPost();
const old = await openChromium86();
after(() => old.close());

/** The sites become a zone; gives its id and the way in of who leads it. */
async function led() {
  const { stamp } = await house.ask('/zones/proposal');
  await house.ask('/zones/proposal', { stamp });
  const [{ zone }] = (await house.ask('/zones')).zones;
  const { address } = await house.ask(`/zones/${zone.id}/lead`, { name: '王片长', phone: '13900139001' });
  return { zone: zone.id, way: new URL(address).pathname };
}

const { zone, way } = await led();
let session;

/** Works on the page of the zone; the first time by the link, which can be used once. */
async function inTheZone(use) {
  const context = await newPhone(old.browser, front.address, session, { serviceWorkers: 'block' });
  const page = await context.newPage();
  const broken = [];
  page.on('pageerror', (error) => broken.push(error.message));
  try {
    await page.goto(session ? `/zones/${zone}` : way, { waitUntil: 'load' });
    if (!session) await follow(page, 'main button');
    session = (await context.cookies()).find(({ name }) => name === 'muster').value;
    assert.equal(new URL(page.url()).pathname, `/zones/${zone}`);
    await use(page);
    assert.deepEqual(broken, []);
  } finally {
    await context.close();
  }
}

/** What a site asks for while the zone's page is open. */
async function asked(page, details) {
  const { id } = await house.ask(`/sites/${house.site}/requests`, { kind: 'supplies', details });
  await until(page, `Boolean(document.querySelector('#zone a[href="/requests/${id}"]'))`, { within_ms: 10_000 });
  return id;
}

const lineOf = async (id) => (await house.ask(`/requests/${id}`)).line;

test('a request comes by itself, is taken, and is answered with a time', () => inTheZone(async (page) => {
  const id = await asked(page, '帐篷两顶');
  await follow(page, `#zone a[href="/requests/${id}"]`);
  await follow(page, 'form[action$="/take"] button');
  assert.equal((await lineOf(id)).state.state, 'taken');
  await page.evaluate(() => {
    const { note, minutes } = document.querySelector('form[action$="/answer"]').elements;
    [note.value, minutes.value] = ['车已出发', '20'];
  });
  await follow(page, 'form[action$="/answer"] button');
  const line = await lineOf(id);
  assert.equal(line.state.state, 'answered');
  assert.ok(line.promised_for, 'the site is told when');
}));

test('control: an answer without words is not sent', () => inTheZone(async (page) => {
  const id = await asked(page, '帐篷三顶');
  await follow(page, `#zone a[href="/requests/${id}"]`);
  await click(page, 'form[action$="/answer"] button');
  await page.waitForTimeout(1000);
  assert.equal((await lineOf(id)).state.state, 'raised');
}));

// A long import: rows are counted at once, the person goes away and comes back, other pages stay quick, and at the end the
// rejected rows are there as a file with their reasons (U13). 20,000 rows of a program built without optimisation;
// IMPORT_ROWS=100000 asks for the whole promise of the program that people get (`scripts/soak`).

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { test } from 'node:test';

import { SCREENS } from './rig/browser.mjs';
import { openHouse } from './rig/house.mjs';
import { startMuster } from './rig/muster.mjs';

const IS_WHOLE = 'IMPORT_ROWS' in process.env;
const ROWS = Number(process.env.IMPORT_ROWS ?? 20_000);
const EVERY_BAD = 1_000;
// The first thousand rows take an unoptimised program ten times as long, on a machine that does other work besides.
const PROGRESS_WITHIN_MS = IS_WHOLE ? 1_000 : 2_000;
const ANSWER_WITHIN_MS = 1_000;
const MOVES_WITHIN_MS = 15_000;
const END_WITHIN_MS = 600_000;

// Its own: so many people must not stand in the way of other tests.
const { muster, people } = await openHouse(startMuster);

/** Volunteers of the first team; every thousandth has no role. */
async function file(page) {
  const team = await page.context().request.get('/api/v1/teams').then((answer) => answer.json());
  return tableOf(JSON.stringify(team).match(/"code":"([^"]+)"/)[1]);
}

function tableOf(team) {
  const lines = ['编码,姓名,手机,队伍,纬度,经度,岗位'];
  for (let at = 1; at <= ROWS; at += 1) {
    const phone = 13_900_000_000 + at;
    lines.push(`L${String(at).padStart(6, '0')},长表${at},${phone},${team},21.66,110.91,${at % EVERY_BAD ? 'gatekeeper' : ''}`);
  }
  return { name: '长表.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) };
}

/** Opens other pages until told to stop; gives how long each took. */
function lookAround(page, addresses) {
  const waits = [];
  let isOver = false;
  const walked = (async () => {
    for (let at = 0; !isOver; at += 1) {
      const began = performance.now();
      const answer = await page.context().request.get(addresses[at % addresses.length]);
      waits.push({ address: addresses[at % addresses.length], ms: performance.now() - began });
      assert.equal(answer.status(), 200);
      await page.waitForTimeout(100);
    }
  })();
  return async () => {
    isOver = true;
    await walked;
    return waits;
  };
}

/** The rows counted so far, as the page says them: "已读 1,200 行（6%）". */
const rowsSaid = (page) => page.evaluate(() => Number(document.querySelector('#import progress ~ p')?.textContent.replace(/[,\s]/g, '').match(/\d+/)?.[0] ?? 0));

/** Waits for the end of what runs; the page tells it by itself. */
async function ended(page) {
  await page.waitForFunction(() => !document.querySelector('#import progress'), undefined, { timeout: END_WITHIN_MS });
}

/** Sends the file and waits until the page of its import is there; gives its address. */
async function send(page) {
  await page.goto('/imports');
  await page.locator('select[name=register]').selectOption('volunteers');
  await page.locator('input[type=file]').setInputFiles(await file(page));
  await Promise.all([page.waitForURL(/\/imports\/[0-9a-f-]+/), page.locator('form:has(input[type=file]) button').first().click()]);
  return new URL(page.url()).pathname;
}

/** Whether the count on the page moves by itself: from one number to another, or to the end. */
async function standsStill(page) {
  const before = await rowsSaid(page);
  const hasMoved = (before) => {
    const said = document.querySelector('#import progress ~ p');
    return !said || Number(said.textContent.replace(/[,\s]/g, '').match(/\d+/)?.[0] ?? 0) > before;
  };
  return page.waitForFunction(hasMoved, before, { timeout: MOVES_WITHIN_MS }).then(() => false, () => true);
}

/** What is wrong with the file of rejected rows. */
function faultsOf(text, bad) {
  // Below the headings; at the foot of the file stands who took it.
  const rows = text.split('\n').filter((line) => /L\d{6}/.test(line));
  const faults = rows.filter((line) => !line.includes('岗位')).map((line) => `without its reason: ${line}`);
  return rows.length === bad ? faults : [...faults, `${rows.length} of ${bad} rejected rows`];
}

test(`${ROWS} rows through the browser`, async () => {
  const page = await people.page('duty_officer', { screen: SCREENS.desk });
  const stop = lookAround(await people.page('allocator', { screen: SCREENS.desk }), ['/board', '/orders', '/sites', `/sites/${muster.samples.site}/roster`]);

  const sent = performance.now();
  const address = await send(page);
  const landed = performance.now();
  await page.waitForFunction(() => /[1-9]/.test(document.querySelector('#import progress ~ p')?.textContent.split('（')[0] ?? ''), undefined, { timeout: 30_000 });
  const progress_ms = performance.now() - landed;
  const first = await rowsSaid(page);
  assert.equal(await standsStill(page), false, 'the count moves by itself');

  // Away, and back by the list.
  await page.goto('/orders');
  await page.goto('/imports');
  await page.locator(`a[href="${address}"]`).first().click();
  const later = await page.locator('#import progress').count() ? await rowsSaid(page) : ROWS;
  assert.ok(later >= first, `it went on meanwhile: ${first}, then ${later}`);
  await ended(page);
  const judged = performance.now();

  await Promise.all([page.waitForEvent('load'), page.locator('form[action$="/application"] button').first().click()]);
  await ended(page);
  const applied = performance.now();
  const waits = await stop();

  const bad = Math.floor(ROWS / EVERY_BAD);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('form[action$="/rejected"] button[value=csv]').click()]);
  const rejected = await readFile(await download.path(), 'utf8');
  assert.deepEqual(faultsOf(rejected, bad), []);
  const lines = rejected.split('\n');
  const last = lines.findLastIndex((line) => /L\d{6}/.test(line));
  assert.match(faultsOf(lines.toSpliced(last, 1).join('\n'), bad).join(), /of \d+ rejected rows/, 'control: a file that is cut is seen');
  assert.match(faultsOf(rejected.replaceAll('岗位', ''), bad).join(), /without its reason/, 'control: a file without reasons is seen');
  const shown = await page.locator('.figures').innerText();
  assert.ok(shown.includes(String(ROWS - bad)), shown);

  const slowest = waits.reduce((worst, wait) => (wait.ms > worst.ms ? wait : worst));
  const round = (ms) => Math.round(ms);
  console.log(`sent ${round(landed - sent)} ms, rows counted after ${round(progress_ms)} ms, judged after ${round(judged - sent)} ms, written after ${round(applied - judged)} ms; ${waits.length} other pages, slowest ${round(slowest.ms)} ms`);
  assert.ok(progress_ms <= PROGRESS_WITHIN_MS, `rows are counted after ${round(progress_ms)} ms`);
  assert.ok(waits.length > 10, `${waits.length} looks at other pages`);
  assert.ok(slowest.ms <= ANSWER_WITHIN_MS, `${slowest.address} took ${round(slowest.ms)} ms`);
});

test('control: a page whose count stands still is seen', async () => {
  const page = await people.page('duty_officer', { screen: SCREENS.desk });
  await page.route(/\/imports\/[0-9a-f-]+$/, (route) => (route.request().headers()['hx-request'] ? route.abort() : route.continue()));
  await send(page);
  assert.equal(await standsStill(page), true);
});

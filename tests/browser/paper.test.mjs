// The rosters on paper (U16): A4, numbered sheets, no row cut, everybody in one print, and a code that leads from the sheet back
// to its page. PAPER_WHOLE=1 prints a district of 4,000 people instead of its first division.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

import { paper, sheets } from './checks/paper.mjs';
import { SCREENS } from './rig/browser.mjs';
import { openHouse } from './rig/house.mjs';
import { startMuster } from './rig/muster.mjs';

const zxing = await import(fileURLToPath(new URL('../../phone/node_modules/zxing-wasm/dist/es/reader/index.js', import.meta.url)));
const wasm = await readFile(fileURLToPath(new URL('../../phone/node_modules/zxing-wasm/dist/reader/zxing_reader.wasm', import.meta.url)));
zxing.prepareZXingModule({ overrides: { wasmBinary: wasm.buffer } });

const { muster, people } = await openHouse('PAPER_WHOLE' in process.env ? () => startMuster({ isWhole: true }) : undefined);
const ROSTERS = [`/orders/${muster.samples.order}/roster?whole=true`, `/sites/${muster.samples.site}/roster`];
const IN_PARTS = `/orders/${muster.samples.order}/roster`;
const A4_PX = { width: 718, height: 1000 };

/** What the code on the sheet says; nothing when there is none to be read. */
async function codeOn(page) {
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize(A4_PX);
  const picture = await page.screenshot({ fullPage: true });
  await page.emulateMedia({ media: null });
  return (await zxing.readBarcodes(new Blob([picture]), { formats: ['QRCode'] }))[0]?.text;
}

for (const address of ROSTERS) {
  test(`${address.replace(/[0-9a-f-]{36}/, '…')} is printed by a button and found again by its code`, async (t) => {
    const page = await people.page('duty_officer', { screen: SCREENS.desk });
    try {
      await page.goto(address);
      await page.evaluate(() => { window.print = () => { document.title = 'printed'; }; });
      await page.locator('[data-print]').click();
      assert.equal(await page.title(), 'printed');
      assert.deepEqual(await paper(page), []);
      t.diagnostic(`${await sheets(page)} sheets`);
      const rows = await page.locator('tbody tr').count();
      const code = await codeOn(page);
      await page.goto('/');
      await page.goto(new URL(code).pathname + new URL(code).search);
      assert.equal(await page.locator('tbody tr').count(), rows);
    } finally {
      await page.close();
    }
  });
}

test('the roster of an order goes site by site, over all its pages', async () => {
  const page = await people.page('duty_officer', { screen: SCREENS.desk });
  try {
    const sites = [];
    for (let address = IN_PARTS; address; address = await page.locator('a[href*="roster?after="]').getAttribute('href', { timeout: 500 }).catch(() => null)) {
      await page.goto(address);
      sites.push(...(await page.locator('tbody td:nth-child(3)').allTextContents()));
    }
    const turns = sites.filter((site, at) => site !== sites[at - 1]);
    assert.ok(sites.length > 100 && turns.length === new Set(sites).size, `${sites.length} people, ${turns.length} turns at ${new Set(sites).size} sites`);
  } finally {
    await page.close();
  }
});

/** Everybody that an address gives, over all its parts, as a program gets them. */
async function everybody(page, address, of) {
  const found = [];
  for (let after = ''; after !== null;) {
    const part = await (await page.context().request.get(`/api/v1${address}${after && `?after=${after}`}`)).json();
    found.push(...of(part));
    after = part.next ?? null;
  }
  return found;
}

/** Who would be missing on the paper that lies before one now. */
async function missing(page, codes) {
  const shown = new Set(await page.locator('tbody th .fine, .badge .fine:last-child').allTextContents().then((all) => all.map((text) => text.split(' · ')[0])));
  return codes.filter((code) => !shown.has(code));
}

test('an order is printed whole: one print with everybody, reached from its first part', async (t) => {
  const page = await people.page('duty_officer', { screen: SCREENS.desk });
  try {
    const all = await everybody(page, IN_PARTS, ({ lines }) => lines.map(({ code }) => code));
    await page.goto(IN_PARTS);
    assert.ok((await missing(page, all)).length > 0, 'control: its first part lacks people');
    assert.match(await page.locator('main').textContent(), /只是名册的一部分/);
    assert.equal(await page.locator('[data-print]').count(), 0, 'a part is not offered as if it were all');
    const began = Date.now();
    await page.locator('a[href*="whole=true"]').click();
    await page.locator('[data-print]').waitFor();
    const opened_ms = Date.now() - began;
    assert.deepEqual(await missing(page, all), []);
    assert.ok(!/只是名册的一部分/.test(await page.locator('main').textContent()));
    const count = await sheets(page);
    t.diagnostic(`${all.length} people, open in ${opened_ms} ms, ${count} sheets in ${Date.now() - began} ms`);
    assert.ok(count >= all.length / 60, `${count} sheets`);
  } finally {
    await page.close();
  }
});

test('the badges of a team are printed whole, at least eight a sheet, reached from its first part', async (t) => {
  const page = await people.page('duty_officer', { screen: SCREENS.desk });
  try {
    const { teams } = await (await page.context().request.get('/api/v1/teams')).json();
    const large = teams.reduce((one, other) => (other.people > one.people ? other : one));
    const address = `/teams/${large.id}/badges`;
    const all = await everybody(page, address, ({ badges }) => badges.map(({ code }) => code));
    await page.goto(address);
    assert.ok((await missing(page, all)).length > 0, 'control: its first part lacks people');
    const began = Date.now();
    await page.locator('a[href*="whole=true"]').click();
    await page.locator('[data-print]').waitFor();
    assert.deepEqual(await missing(page, all), []);
    const count = await sheets(page);
    t.diagnostic(`${all.length} badges, ${count} sheets in ${Date.now() - began} ms`);
    assert.ok(count > 1 && count <= Math.ceil(all.length / 8), `${count} sheets`);
  } finally {
    await page.close();
  }
});

test('control: a sheet without its code turns red, and nothing is read from it', async () => {
  const page = await people.page('duty_officer', { screen: SCREENS.desk });
  try {
    await page.goto(ROSTERS[0]);
    await page.evaluate(() => document.querySelector('.way-back').remove());
    assert.match((await paper(page)).join(), /no code/);
    assert.equal(await codeOn(page), undefined);
  } finally {
    await page.close();
  }
});

// The rosters on paper (U16): A4, numbered sheets, no row cut, and a code that leads from the sheet back to its page.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

import { paper, sheets } from './checks/paper.mjs';
import { SCREENS } from './rig/browser.mjs';
import { openHouse } from './rig/house.mjs';

const zxing = await import(fileURLToPath(new URL('../../phone/node_modules/zxing-wasm/dist/es/reader/index.js', import.meta.url)));
const wasm = await readFile(fileURLToPath(new URL('../../phone/node_modules/zxing-wasm/dist/reader/zxing_reader.wasm', import.meta.url)));
zxing.prepareZXingModule({ overrides: { wasmBinary: wasm.buffer } });

const { muster, people } = await openHouse();
const ROSTERS = [`/orders/${muster.samples.order}/roster`, `/sites/${muster.samples.site}/roster`];
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
    for (let address = ROSTERS[0]; address; address = await page.locator('a[href*="roster?after="]').getAttribute('href', { timeout: 500 }).catch(() => null)) {
      await page.goto(address);
      sites.push(...(await page.locator('tbody td:nth-child(3)').allTextContents()));
    }
    const turns = sites.filter((site, at) => site !== sites[at - 1]);
    assert.ok(sites.length > 100 && turns.length === new Set(sites).size, `${sites.length} people, ${turns.length} turns at ${new Set(sites).size} sites`);
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

// A backup is restored over what came after it: whatever is still on a phone comes back by itself, once. The control is a
// phone that does not learn that the database began another life.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { openChromium } from './rig/browser.mjs';
import { openDistrict } from './rig/district.mjs';
import { openFront } from './rig/front.mjs';
import { command, serve } from './rig/muster.mjs';
import { allSent, newPhone, openSite, tap, truth } from './rig/site.mjs';

const folder = await mkdtemp(join(tmpdir(), 'muster-restore-'));
const house = await openDistrict();
const front = await openFront(house.address);
const browser = await openChromium();
let restored;
after(async () => {
  await browser.close();
  front.close();
  await restored?.stop();
  await house.stop();
  await rm(folder, { recursive: true, force: true });
});

const phone = () => newPhone(browser, front.address, house.tokens.site_chief, { serviceWorkers: 'block' });

const received = async (page) => {
  const device = await page.evaluate(() => /phone=([^.;]+)/.exec(document.cookie)[1]);
  return (await truth(page)).phones.find((one) => one.device === device)?.received ?? 0;
};

test('a restored server gets back what phones still have', { timeout: 180_000 }, async (t) => {
  const { database, key } = house;
  const contexts = [await phone(), await phone()];
  const pages = await Promise.all(contexts.map((context) => openSite(context, `/sites/${house.site}/post`)));
  const [page, deaf] = pages;
  await tap(page, 3);
  await allSent(page);
  const backup = join(folder, 'night.backup');
  await command('backup', backup, '--database', `sqlite:${database}`, '--key-file', key);
  const { epoch } = await truth(page);
  await tap(page, 5, 3);
  await tap(deaf, 4, 10);
  for (const one of pages) await allSent(one);
  assert.deepEqual([await received(page), await received(deaf)], [8, 4]);

  const again = join(folder, 'restored.db');
  await command('restore', backup, '--database', `sqlite:${again}`, '--key-file', key);
  front.setDown(true);
  restored = await serve(again, key);
  front.target = restored.address;
  // The control's phone is told the old life for ever.
  const old = (text) => text.replace(/"epoch":"[^"]+"/, `"epoch":"${epoch}"`).replace(/data-epoch="[^"]+"/g, `data-epoch="${epoch}"`);
  await deaf.route('**/post', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: old(await answer.text()) });
  });
  await deaf.route('**/outbox', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: old(await answer.text()) });
  });
  front.setDown(false);
  await page.waitForFunction(() => window.muster.outbox.entries.every(({ state }) => state === 'checked') && document.querySelector('#net[data-net=on][data-unsent="0"]'), null, { timeout: 40_000 });
  const wanted = Date.now() + 40_000;
  while ((await received(page)) < 8 && Date.now() < wanted) await page.waitForTimeout(300);
  assert.equal(await received(page), 8, 'everything that was still on the phone is back, once');
  t.diagnostic('8 of 8 are back');
  assert.equal(await received(deaf), 0, 'control: a phone that does not learn of it brings nothing back');
});

// A badge in front of the camera, without a network: a real picture of a real badge goes through the fake camera of Chromium
// and the reader that phones load on demand. Where nothing can be scanned, the page says why and what to do.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { openChromium } from './rig/browser.mjs';
import { openDistrict } from './rig/district.mjs';
import { allSent, entries, kept, newPhone, openSite, until } from './rig/site.mjs';

const READ_WITHIN_MS = 20_000;
const FAKE_CAMERA = '--use-fake-device-for-media-stream';
const ALLOWED = '--use-fake-ui-for-media-stream';

const folder = await mkdtemp(join(tmpdir(), 'muster-scan-'));
const district = await openDistrict();
const browser = await openChromium();
after(async () => {
  await browser.close();
  await district.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Somebody of the chief's site, with their badge. */
async function somebody() {
  const [person] = (await district.ask(`/sites/${district.site}/post`)).groups[0].people;
  const [team] = (await district.ask('/teams')).teams;
  const sheet = await district.ask(`/teams/${team.id}/badges?after=${person.code.slice(0, -1)}`);
  return { ...person, ...sheet.badges.find(({ code }) => code === person.code) };
}

/** One picture as the camera's film. */
async function film(name, html) {
  const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
  await page.setContent(`<body style="margin:0;background:#ddd;display:grid;place-items:center;height:100vh">${html}</body>`);
  const path = join(folder, `${name}.mjpeg`);
  await page.screenshot({ path, type: 'jpeg', quality: 95 });
  await page.close();
  return path;
}

/** The chief's page in front of a camera that shows that film, without a network; gives what was read back and entered. */
async function scan(path, within_ms = READ_WITHIN_MS) {
  const camera = await openChromium([ALLOWED, FAKE_CAMERA, `--use-file-for-fake-video-capture=${path}`]);
  try {
    const context = await newPhone(camera, district.address, district.tokens.site_chief, { permissions: ['camera'] });
    const page = await openSite(context);
    await kept(page);
    // What the scanner needs has been fetched while the phone had nothing else to do.
    await until(page, async () => Boolean((await caches.match('/assets/zxing_reader.wasm')) && (await caches.match('/assets/zxing.js'))), { within_ms: 60_000 });
    await context.setOffline(true);
    await page.locator('[data-scan]').click();
    await page.waitForFunction(() => window.muster.outbox.entries.length > 0, null, { timeout: within_ms }).catch(() => {});
    const said = await page.locator('#read-back').textContent();
    const entered = await entries(page);
    await page.locator('[data-close-scanner]').click();
    await context.setOffline(false);
    await allSent(page);
    return { said, entered, states: (await entries(page)).map(({ state, sentence }) => sentence ?? state) };
  } finally {
    await camera.close();
  }
}

test('a badge is read and its owner checked in without a network', { timeout: 180_000 }, async () => {
  const person = await somebody();
  const svg = person.qr.replace('<svg', '<svg style="width:380px;height:380px;background:#fff"');
  const { said, entered, states } = await scan(await film('badge', svg));
  assert.match(said, new RegExp(`${person.name}.*已(签到|在岗)`));
  assert.equal(entered[0].body.volunteer, person.volunteer);
  assert.equal(entered.length, 1, 'the badge stays in the picture and is read once');
  assert.deepEqual(states, ['checked']);
});

test('control: an empty picture enters nobody', { timeout: 120_000 }, async () => {
  const { said, entered } = await scan(await film('nothing', '<p>没有码</p>'), 8000);
  assert.match(said, /放进画面/, 'the camera is on and looks');
  assert.deepEqual(entered, []);
});

/** What the page says when somebody wants to scan with such a browser, and which field has the focus then. */
async function saidWith(flags, prepare = () => {}) {
  const chromium = await openChromium(flags);
  try {
    const page = await openSite(await newPhone(chromium, district.address, district.tokens.site_chief, { serviceWorkers: 'block' }));
    await prepare(page);
    await page.locator('[data-scan]').click();
    await page.locator('#read-back.tag-bad').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.name), 'badge', 'the code can be typed at once');
    return await page.locator('#read-back').textContent();
  } finally {
    await chromium.close();
  }
}

test('no camera, a refused one, a reader that is not there: each is said, with what to do', { timeout: 120_000 }, async () => {
  assert.match(await saidWith([ALLOWED]), /没有能用的相机.*输入胸牌码/);
  assert.match(await saidWith([FAKE_CAMERA, '--deny-permission-prompts']), /没有获准.*设置里允许/);
  const withoutReader = (page) => page.route('**/zxing_reader.wasm', (route) => route.abort());
  assert.match(await saidWith([ALLOWED, FAKE_CAMERA], withoutReader), /没有读码程序.*联网后/);
  const withoutModule = (page) => page.route('**/scan.js', (route) => route.abort());
  assert.match(await saidWith([ALLOWED, FAKE_CAMERA], withoutModule), /没有读码程序.*联网后/);
});

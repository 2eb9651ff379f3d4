// The site chief's page as a hand uses it.

import { SCREENS } from './browser.mjs';

/** A phone with nothing on it, signed in by a session's secret. */
export async function newPhone(browser, address, token, { spoil, ...options } = {}) {
  const context = await browser.newContext({ baseURL: address, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: SCREENS.phone, hasTouch: true, ...options });
  if (token) await context.addCookies([{ name: 'muster', value: token, url: address }]);
  if (spoil) await context.addInitScript(spoil);
  return context;
}

/** Opens the page; ready when its outbox is. */
export async function openSite(context, path = '/') {
  const page = await context.newPage();
  await page.goto(path, { waitUntil: 'load' });
  await ready(page);
  return page;
}

export const ready = (page) => page.waitForFunction(() => window.muster && window.muster.outbox, null, { timeout: 20_000 });

/**
 * Asks the page until the answer is yes. `waitForFunction` takes a promise for a yes, so a question that has to wait for its
 * answer is asked here.
 */
export async function until(page, question, { within_ms = 20_000 } = {}) {
  const last = Date.now() + within_ms;
  while (!(await page.evaluate(question))) {
    if (Date.now() > last) throw new Error(`not within ${within_ms / 1000} s: ${question}`);
    await page.waitForTimeout(100);
  }
}

/** The service worker looks after the page, and has kept it. */
export const kept = (page) => until(page, async () => {
  const copy = navigator.serviceWorker.controller && (await (await caches.open('pages')).match(location.pathname));
  return Boolean(copy);
});

export const entries = (page) => page.evaluate(() => window.muster.outbox.entries);

/**
 * Taps the button of `count` people, beginning with the `from`-th of all by their ids: the list itself is sorted anew when
 * somebody has arrived. Gives what was tapped, once this phone has it.
 */
export async function tap(page, count, from = 0) {
  return page.evaluate(async ({ count, from }) => {
    const { outbox } = window.muster;
    const tapped = [];
    for (let nth = 0; nth < count; nth += 1) {
      const lines = [...document.querySelectorAll('li[data-volunteer]')].sort((a, b) => (a.dataset.volunteer < b.dataset.volunteer ? -1 : 1));
      const line = lines[(from + nth) % lines.length];
      const form = line.querySelector('form[data-outbox]');
      const [volunteer, way, before] = [line.dataset.volunteer, form.querySelector('[name=way]').value, outbox.entries.length];
      form.querySelector('button').click();
      for (let tries = 0; outbox.entries.length === before && tries < 2000; tries += 1) await new Promise((done) => setTimeout(done, 5));
      if (outbox.entries.length === before) throw new Error(`tap ${nth} was not kept within 10 s`);
      tapped.push({ volunteer, way });
      // Around the whole list: the same person again is a slip of the finger when it comes too soon.
      if ((nth + 1) % lines.length === 0) await new Promise((done) => setTimeout(done, 850));
    }
    return tapped;
  }, { count, from });
}

/** Kills the tab as a phone short of memory does: no event, no good-bye. */
export async function kill(page) {
  const wire = await page.context().newCDPSession(page);
  const gone = page.waitForEvent('crash', { timeout: 5000 }).catch(() => {});
  wire.send('Page.crash').catch(() => {});
  await gone;
  await page.close().catch(() => {});
}

export const allSent = (page, timeout = 60_000) =>
  page.waitForFunction(() => window.muster.outbox.unsent.length === 0, null, { timeout, polling: 100 });

/** What the server says of the site. */
export async function truth(page) {
  return page.evaluate(async () => (await fetch(`/api/v1${location.pathname}`)).json());
}

/** What differs between what was tapped and what the server has. */
export async function differences(page, tapped) {
  const told = await truth(page);
  const device = await page.evaluate(() => /phone=([^.;]+)/.exec(document.cookie)[1]);
  const phone = told.phones.find((one) => one.device === device) ?? { received: 0, lost: 0 };
  const last = new Map(tapped.map(({ volunteer, way }) => [volunteer, way]));
  const faults = [];
  if (phone.received !== tapped.length) faults.push(`${tapped.length} tapped, ${phone.received} received`);
  for (const { volunteer, presence } of told.groups.flatMap(({ people }) => people)) {
    const here = ['arrived', 'walked_in'].includes(presence.presence);
    if (last.has(volunteer) && here !== (last.get(volunteer) === 'in')) faults.push(`${volunteer} ${presence.presence}, last tapped ${last.get(volunteer)}`);
  }
  return faults;
}

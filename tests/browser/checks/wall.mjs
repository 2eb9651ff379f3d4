// The wall screen is read from five metres: large text, everything at once, its own age (U17).

import { until } from '../rig/site.mjs';

const LEAST_PX_AT_1080 = 32;

export async function wall(page, screens) {
  const before = page.viewportSize();
  const faults = [];
  for (const screen of screens) {
    await page.setViewportSize(screen);
    const least = (LEAST_PX_AT_1080 * screen.height) / 1080;
    faults.push(...(await page.evaluate(fromFiveMetres, { least, where: `${screen.width}×${screen.height}` })));
  }
  await page.setViewportSize(before);
  return faults;
}

/** How long after the last word from the server a wall must have turned red. */
const OLD_S = 62;

/** Cuts the line of a wall and lets a minute pass: its stamp must turn red and say how old it is. */
export async function silence(page, address) {
  await page.clock.install();
  await page.goto(address, { waitUntil: 'load' });
  const before = await page.evaluate(stamp);
  if (!before) return ['the wall has no stamp'];
  await page.context().setOffline(true);
  await page.clock.runFor(OLD_S * 1000);
  const after = await page.evaluate(stamp);
  await page.context().setOffline(false);
  const faults = [];
  if (before.isRed) faults.push('the stamp is red while the line is good');
  if (!after.isRed) faults.push(`the stamp is not red ${OLD_S} s after the line was cut: rgb(${after.rgb})`);
  if (after.text === before.text) faults.push(`the stamp does not say how old it is: ${after.text}`);
  return faults;
}

/** Counts what the stream says to the parts of a page, by its kind. Before the page is opened. */
export const listen = (page) => page.addInitScript(() => {
  window.heard = { alive: 0, changed: 0 };
  document.addEventListener('htmx:sseOpen', ({ detail }) => Object.keys(window.heard).forEach((kind) => {
    detail.source.addEventListener(kind, () => { window.heard[kind] += 1; });
  }));
});

/** Waits for the stream's next word; "alive" comes every 15 s of the server's clock, however far ahead the page's own is. */
export async function nextWord(page, kind = 'alive', cause = () => {}) {
  const before = await page.evaluate((kind) => window.heard[kind], kind);
  await cause();
  await until(page, `window.heard.${kind} > ${before}`, { within_ms: 20_000 });
}

/** Refuses whatever live parts of a page ask for, and leaves their stream alone. Gives what was refused, and a way to end it. */
export async function refuseParts(page) {
  const refused = [];
  const isPart = (url) => url.pathname === new URL(page.url()).pathname;
  await page.route(isPart, async (route) => {
    if (!route.request().headers()['hx-request']) return route.continue();
    refused.push(route.request().url());
    return route.fulfill({ status: 503, body: '' });
  });
  return { refused, end: () => page.unroute(isPart) };
}

/** A wall whose figures are refused while its stream speaks (`word` waits for it): it must turn red all the same, keep them, and come back with new ones. */
export async function unanswered(page, address, word = nextWord) {
  await page.clock.install();
  await listen(page);
  await page.goto(address, { waitUntil: 'load' });
  const before = await page.evaluate(stamp);
  if (!before) return ['the wall has no stamp'];
  const { refused, end } = await refuseParts(page);
  await page.clock.runFor((OLD_S - 20) * 1000);
  const isHeard = await word(page).then(() => true, () => false);
  await page.clock.runFor(20_000);
  const after = await page.evaluate(stamp);
  const faults = [];
  if (!refused.length) faults.push('the wall asks for no figures');
  if (!isHeard) faults.push('the stream says nothing');
  if (before.isRed) faults.push('the stamp is red while the line is good');
  if (!after) return [...faults, 'the figures are gone'];
  if (!after.isRed) faults.push(`the stamp is not red ${OLD_S} s after the last figures, while the stream speaks: rgb(${after.rgb})`);
  if (after.text === before.text) faults.push(`the stamp does not say how old it is: ${after.text}`);
  await end();
  await page.clock.runFor(30_000);
  const isBack = await until(page, () => !document.querySelector('[data-stale]')).then(() => true, () => false);
  if (!isBack) faults.push('the stamp stays red when figures come again');
  return faults;
}

function stamp() {
  const element = document.querySelector('.stamp');
  if (!element) return null;
  const rgb = (getComputedStyle(element).color.match(/[\d.]+/g) ?? []).map(Number);
  const isGrey = [...document.querySelectorAll('*')].some((around) => around.contains(element) && getComputedStyle(around).filter !== 'none');
  return { text: element.textContent.trim(), rgb, isRed: !isGrey && rgb[0] > rgb[1] + 60 && rgb[0] > rgb[2] + 60 };
}

function fromFiveMetres({ least, where }) {
  const faults = new Set();
  const root = document.documentElement;
  if (root.scrollHeight > innerHeight || root.scrollWidth > innerWidth) faults.add(`${where}: has to be scrolled (${root.scrollWidth}×${root.scrollHeight})`);
  const hides = (element) => getComputedStyle(element).overflowY !== 'visible' && element.scrollHeight > element.clientHeight + 1;
  for (const element of [...document.body.querySelectorAll('*')].filter((box) => box.checkVisibility() && !box.closest('svg, .skip') && hides(box))) {
    faults.add(`${where}: ${element.scrollHeight - element.clientHeight} px are cut off: ${element.outerHTML.replace(/\s+/g, ' ').slice(0, 60)}`);
  }
  for (const tag of [...document.querySelectorAll('.tag')].filter((it) => it.checkVisibility() && it.clientWidth > 0 && it.scrollWidth > it.clientWidth + 1)) {
    faults.add(`${where}: runs out of its box: ${tag.textContent.trim()}`);
  }
  const hasOwnText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  for (const element of document.body.querySelectorAll('*')) {
    const box = element.getBoundingClientRect();
    if (!hasOwnText(element) || !element.checkVisibility() || box.width < 2 || element.closest('.skip')) continue;
    const style = getComputedStyle(element);
    // Text in a drawing is as large as the drawing is drawn.
    const scale = element.ownerSVGElement ? element.getScreenCTM().a : 1;
    const size = parseFloat(style.fontSize) * scale;
    if (size < least - 0.5) faults.add(`${where}: text of ${Math.round(size)} px, ${least} at least: ${element.textContent.trim().slice(0, 40)}`);
  }
  if (![...document.querySelectorAll('[data-age], time[datetime]')].some((element) => element.checkVisibility())) faults.add(`${where}: does not say how old it is`);
  return [...faults].slice(0, 6);
}

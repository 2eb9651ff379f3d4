// How soon a page is there (U4), measured by the browser itself: the first look on a bad network (400 kbit/s, 400 ms to the
// server and back, nothing in the cache), the next look, and how long a slow phone is too busy to be tapped after the first paint.

import { cpus, loadavg } from 'node:os';

export const NETWORK = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const FIRST_PAINT_MS = 2_500;
const SHIFT = 0.02;
const NEXT_PAINT_MS = 300;
/** A phone of the time against a desk's processor, as Lighthouse has it. */
const SLOWER = 4;
const UNHEARD_MS = 50;
const BLOCKED_MS = 100;
const SETTLE_MS = 700;
const PATIENCE_MS = 30_000;
const CROWDED = 1.5;

const paintedAt = (page) => page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);

/**
 * Looks again while there are faults: a page that is too heavy is too slow each time. Where so many wait for the processor that
 * its clock says nothing of a page, the test says that it was not asked instead of a fault.
 */
export async function patiently(t, look) {
  const until = Date.now() + PATIENCE_MS;
  let seen = await look();
  while (seen.faults.length && Date.now() < until) seen = await look();
  const waiting = loadavg()[0] / cpus().length;
  if (!seen.faults.length || waiting < CROWDED) return seen;
  t.skip(`the machine is too crowded: ${waiting.toFixed(1)} wait for each processor; ${seen.faults}`);
  return { ...seen, faults: [] };
}

/** `page` must be new: nothing of the address may be in its cache. */
export async function firstLook(page, address) {
  await page.addInitScript(() => {
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const wire = await page.context().newCDPSession(page);
  await wire.send('Network.enable');
  await wire.send('Network.emulateNetworkConditions', NETWORK);
  await page.goto(address, { waitUntil: 'load' });
  await page.waitForTimeout(SETTLE_MS);
  await wire.detach();
  const [paint_ms, shift] = [await paintedAt(page), await page.evaluate(() => window.shifted)];
  const faults = [];
  if (!(paint_ms <= FIRST_PAINT_MS)) faults.push(`first paint after ${Math.round(paint_ms)} ms on a bad network, ${FIRST_PAINT_MS} at most`);
  if (shift > SHIFT) faults.push(`what is shown jumps: layout shift ${shift.toFixed(3)}, ${SHIFT} at most`);
  return { faults, paint_ms, shift };
}

/** The page has been opened here before: what it loads is in the cache, or the phone has kept it. */
export async function nextLook(page, address) {
  // Going to the address one is at would ask for everything again.
  await page.goto('about:blank');
  await page.goto(address, { waitUntil: 'load' });
  await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length);
  const paint_ms = await paintedAt(page);
  const isSoon = paint_ms <= NEXT_PAINT_MS;
  return { paint_ms, faults: isSoon ? [] : [`first paint after ${Math.round(paint_ms)} ms on the next visit, ${NEXT_PAINT_MS} at most`] };
}

/**
 * `page` must be new. What a task takes beyond 50 ms is time in which a tap is not heard, counted from the first paint on as
 * Lighthouse does; but in the processor's time instead of the clock's, so that it is the page that is measured, whatever else
 * the machine does.
 */
export async function busyLook(page, address) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ['toplevel', 'loading', 'disabled-by-default-devtools.timeline'] });
  await page.goto(address, { waitUntil: 'load' });
  await page.waitForTimeout(SETTLE_MS);
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const tasks = tasksAfterPaint(traceEvents).map(({ tdur }) => (tdur / 1000) * SLOWER);
  const blocked_ms = tasks.reduce((sum, ms) => sum + Math.max(0, ms - UNHEARD_MS), 0);
  return { blocked_ms, faults: blocked_ms <= BLOCKED_MS ? [] : [`too busy to be tapped for ${Math.round(blocked_ms)} ms, ${BLOCKED_MS} at most`] };
}

function tasksAfterPaint(events) {
  const painted = events.find(({ name }) => name === 'firstContentfulPaint');
  if (!painted) throw new Error('nothing was painted');
  const isOfPage = ({ pid, tid }) => pid === painted.pid && tid === painted.tid;
  return events.filter((event) => event.name === 'RunTask' && isOfPage(event) && event.ts >= painted.ts);
}

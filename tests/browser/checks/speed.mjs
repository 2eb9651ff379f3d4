// The first look on a bad network: 400 kbit/s with 400 ms to the server and back, nothing in the cache (U4). Measured by
// the browser itself: first contentful paint and layout shift.

export const NETWORK = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const FIRST_PAINT_MS = 2_500;
const SHIFT = 0.02;
const SETTLE_MS = 700;

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
  const { paint_ms, shift } = await page.evaluate(() => ({
    paint_ms: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    shift: window.shifted,
  }));
  const faults = [];
  if (!(paint_ms <= FIRST_PAINT_MS)) faults.push(`first paint after ${Math.round(paint_ms)} ms on a bad network, ${FIRST_PAINT_MS} at most`);
  if (shift > SHIFT) faults.push(`what is shown jumps: layout shift ${shift.toFixed(3)}, ${SHIFT} at most`);
  return { faults, paint_ms, shift };
}

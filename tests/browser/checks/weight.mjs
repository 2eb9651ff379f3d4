// The first load of a phone page: small, from this server alone, without web fonts (U5). A browser with an empty cache
// loads it; the bytes are those on the wire, headers included.

const MOST_BYTES = 60 * 1024;
const SETTLE_MS = 500;

/** `page` must be new: nothing of the address may be in its cache. */
export async function weight(page, address) {
  const wire = await page.context().newCDPSession(page);
  const urls = new Map();
  const loaded = [];
  wire.on('Network.requestWillBeSent', ({ requestId, request, type }) => urls.set(requestId, { url: request.url, type }));
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => loaded.push({ ...urls.get(requestId), bytes: encodedDataLength }));
  await wire.send('Network.enable');
  await page.goto(address, { waitUntil: 'load' });
  await page.waitForTimeout(SETTLE_MS);
  await wire.detach();
  const bytes = loaded.reduce((sum, { bytes }) => sum + bytes, 0);
  const faults = [...urls.values()].filter(({ type }) => type === 'Font').map(({ url }) => `loads a web font: ${url}`);
  if (bytes > MOST_BYTES) {
    const parts = loaded.sort((a, b) => b.bytes - a.bytes).map(({ url, bytes }) => `${bytes} ${new URL(url).pathname}`);
    faults.push(`${bytes} bytes in the first load, ${MOST_BYTES} at most: ${parts.join(', ')}`);
  }
  return { faults, bytes };
}

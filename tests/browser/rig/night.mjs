// A night at a site whose network is gone, and its end.

import { allSent, kept, kill, openSite, tap } from './site.mjs';

const KILLS = 5;

/** Works through `total` entries while the server behind `front` cannot be reached, the tab being killed five times. */
export async function nightWithout(front, context, { isBlocked, total }) {
  let page = await openSite(context);
  const path = new URL(page.url()).pathname;
  if (!isBlocked) await kept(page);
  // Where service workers are blocked the page itself must come from the network: then only the way in is closed.
  if (isBlocked) front.refuses = /\/outbox$/;
  else front.setDown(true);
  const tapped = [];
  for (let round = 0; round <= KILLS; round += 1) {
    const share = Math.ceil(total / (KILLS + 1));
    tapped.push(...(await tap(page, Math.min(share, total - tapped.length), tapped.length)));
    if (round === KILLS) break;
    await kill(page);
    page = await openSite(context, path);
  }
  return { page, tapped };
}

/** The network is back: gives how long the page took to send everything, in milliseconds. */
export async function reconnect(front, page) {
  const began = Date.now();
  front.setDown(false);
  front.refuses = null;
  await page.evaluate(() => window.muster.outbox.send());
  await allSent(page);
  return Date.now() - began;
}

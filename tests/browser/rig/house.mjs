// The district's night that the test files share, a browser, and its people.

import { after } from 'node:test';

import { openChromium, People } from './browser.mjs';
import { openMuster } from './muster.mjs';

/** Opened for the tests of one file and closed after them. `open`: another Muster than the shared one. */
export async function openHouse(open = openMuster) {
  const muster = await open();
  const browser = await openChromium();
  after(async () => {
    await browser.close();
    await muster.stop();
  });
  return { muster, browser, people: new People(browser, muster) };
}

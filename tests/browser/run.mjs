// Runs test files on one Muster: the district's night is set up once and everybody signs in once. `node run.mjs FILE…`

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { argv, execPath, exit } from 'node:process';

import { openChromium, People } from './rig/browser.mjs';
import { startMuster } from './rig/muster.mjs';

const files = argv.slice(2);
if (!files.length) {
  console.error('which files? node tests/browser/run.mjs tests/browser/pages.test.mjs …');
  exit(2);
}
const folder = await mkdtemp(join(tmpdir(), 'muster-run-'));
const muster = await startMuster();
// Somebody's Ctrl-C must not leave a server behind.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => muster.stop().finally(() => exit(130)));
let code = 1;
try {
  const open = join(folder, 'open.json');
  await writeFile(open, JSON.stringify({ ...muster, sessions: await signIn(muster) }), { mode: 0o600 });
  code = await tests({ ...process.env, MUSTER_OPEN: open });
} finally {
  await muster.stop();
  await rm(folder, { recursive: true, force: true });
}
exit(code);

async function signIn(muster) {
  const browser = await openChromium();
  try {
    return await new People(browser, muster).sessions();
  } finally {
    await browser.close();
  }
}

/** One file after the other, as they watch clocks; the runner's own closing lines count them together. */
function tests(env) {
  return new Promise((resolve, reject) => {
    const child = spawn(execPath, ['--test', '--test-reporter=spec', '--test-concurrency=1', ...files], { env, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

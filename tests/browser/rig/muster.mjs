// Starts a Muster of its own for a test: fresh database, the demo district with its plan published, a free port.
// The program prints one line of JSON when it serves: its address and a sign-in link per role.

import { execFile, spawn } from 'node:child_process';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
// Half a night is played first.
const READY_WITHIN_MS = 900_000;
const DIVISIONS = '1';
const STOP_WITHIN_MS = 10_000;

const PROGRAM = process.env.MUSTER_BIN ?? join(ROOT, 'target/debug/muster');

/** Runs one command of the program to its end; gives what it printed. */
export async function command(...args) {
  const { stdout } = await promisify(execFile)(PROGRAM, args, { cwd: ROOT });
  return stdout;
}

/** Serves a database that is there already, as after a restore. `stop()` ends the server and leaves the database. */
export async function serve(database, keyFile, ...more) {
  const child = spawn(PROGRAM, ['serve', '--database', `sqlite:${database}`, '--key-file', keyFile, '--listen', '127.0.0.1:0', ...more], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const complaints = keepTail(child.stderr);
  const address = await new Promise((resolve, reject) => {
    child.once('close', (code) => reject(new Error([`muster serve ended with ${code}`, ...complaints].join('\n'))));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
        if (found) resolve(found);
      });
    }
  });
  return { address, stop: () => end(child) };
}

/** The Muster that all files of a run share (`run.mjs` names it), or one of one's own. */
export async function openMuster() {
  const shared = process.env.MUSTER_OPEN;
  return shared ? { ...JSON.parse(await readFile(shared, 'utf8')), stop: async () => {} } : startMuster();
}

/**
 * Starts the program with the demo district and waits until it serves: its first division, which has every kind of page,
 * or with `isWhole` all 4,000 people of it. `stop()` ends it and removes its database.
 */
export function startMuster({ isWhole = false, more = [], ...options } = {}) {
  const size = isWhole ? [] : ['--divisions', DIVISIONS];
  const command = (database) => ['demo', '--still', ...size, '--database', database, '--listen', '127.0.0.1:0', '--json', ...more];
  return start(command, (line) => (line.startsWith('{') ? JSON.parse(line) : undefined), options);
}

/** Starts the program as a new headquarters finds it: nothing in it, one link for the first administrator. */
export function startEmpty(options = {}) {
  const command = (database) => ['serve', '--database', database, '--listen', '127.0.0.1:0'];
  const understand = (line) => {
    const [, address, code] = /open (http\S+)\/enter\/(\S+)/.exec(line) ?? [];
    return code && { address, links: { administrator: `${address}/enter/${code}` } };
  };
  return start(command, understand, options);
}

async function start(command, understand, { program = PROGRAM, env = {} }) {
  await access(program).catch(() => {
    throw new Error(`${program} is missing: build it with "cargo build -p muster", or set MUSTER_BIN`);
  });
  const folder = await mkdtemp(join(tmpdir(), 'muster-pages-'));
  const given = command(`sqlite:${join(folder, 'district.db')}`);
  const [file, args] = program.endsWith('.mjs') ? [process.execPath, [program, ...given]] : [program, given];
  const child = spawn(file, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const complaints = keepTail(child.stderr);
  try {
    const ready = await firstWord(child, complaints, understand);
    return { ...ready, folder, pid: child.pid, complaints, stop: () => stop(child, folder) };
  } catch (error) {
    await stop(child, folder);
    throw error;
  }
}

function keepTail(stream, lines = 40) {
  const tail = [];
  createInterface({ input: stream }).on('line', (line) => {
    tail.push(line);
    if (tail.length > lines) tail.shift();
  });
  return tail;
}

async function firstWord(child, complaints, understand) {
  let timer;
  try {
    return await new Promise((resolve, reject) => {
      const fail = (reason) => reject(new Error([`Muster did not start: ${reason}`, ...complaints].join('\n')));
      timer = setTimeout(() => fail(`no address within ${READY_WITHIN_MS / 1000} s`), READY_WITHIN_MS);
      child.once('error', (error) => fail(error.message));
      child.once('close', (code, signal) => fail(`it ended with ${signal ?? code}`));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const ready = understand(line);
        if (ready) resolve(ready);
      });
    });
  } finally {
    clearTimeout(timer);
  }
}

async function stop(child, folder) {
  await end(child);
  await rm(folder, { recursive: true, force: true });
}

async function end(child) {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  }
}

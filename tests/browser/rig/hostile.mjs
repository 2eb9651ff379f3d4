// A fresh Muster in which everything that people name or write is an attack, brought in over its API: one site, one team,
// one volunteer and one of each saying for every attack there is.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Out of an attribute, out of a script, into markup, into an address, if nothing stops it. */
export const ATTACKS = JSON.parse(await readFile(new URL('attacks.json', import.meta.url), 'utf8'));
const [ATTACK] = ATTACKS;
/** `S1`, `S2`, … with the attack that belongs to it. */
const each = (letter, line) => ATTACKS.map((attack, at) => line(`${letter}${at + 1}`, cell(attack), at)).join('\n');

/** Starts the program over an empty database; gives its address and the code of the first administrator. */
async function serve() {
  const folder = await mkdtemp(join(tmpdir(), 'muster-hostile-'));
  const program = process.env.MUSTER_BIN ?? join(ROOT, 'target/debug/muster');
  const child = spawn(program, ['serve', '--database', `sqlite:${join(folder, 'fresh.db')}`, '--listen', '127.0.0.1:0'], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const stop = async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const found = line.match(/(http:\S+)\/enter\/(\S+)/);
    if (found) return { address: found[1], code: found[2], stop };
  }
  throw new Error('the program ended before it served');
}

class Somebody {
  constructor(context, address) {
    this.context = context;
    this.address = address;
  }

  async enter(link) {
    await this.context.request.post(link, { headers: { origin: this.address }, maxRedirects: 0 });
    return this;
  }

  get(path) {
    return this.#answer(this.context.request.get(`/api/v1${path}`));
  }

  post(path, data) {
    return this.#answer(this.context.request.post(`/api/v1${path}`, { data, headers: { origin: this.address } }));
  }

  async import(register, text) {
    const file = { name: `${ATTACK}.csv`.replaceAll('/', ''), mimeType: 'text/csv', buffer: Buffer.from(text) };
    const sent = this.context.request.post('/api/v1/imports', { multipart: { register, file }, headers: { origin: this.address } });
    const { import: id } = await this.#answer(sent);
    await until(async () => (await this.get(`/imports/${id}`)).state === 'judged');
    await this.post(`/imports/${id}/application`, { choice: 'all' });
    await until(async () => !['judged', 'applying'].includes((await this.get(`/imports/${id}`)).state));
  }

  async #answer(asked) {
    const answer = await asked;
    if (!answer.ok()) throw new Error(`${answer.url()} answered ${answer.status()}: ${(await answer.text()).slice(0, 300)}`);
    return answer.json();
  }
}

async function until(holds) {
  for (let nth = 0; nth < 300; nth += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('what was waited for did not happen within 30 s');
}

/** The hostile house: its address, a sign-in link per role, and a way to end it. */
export async function startHostile(browser) {
  const muster = await serve();
  const { address } = muster;
  const person = async (link) => new Somebody(await browser.newContext({ baseURL: address }), address).enter(link);
  const administrator = await person(`/enter/${muster.code}`);
  const linkOf = async (account) => (await administrator.post(`/accounts/${account}/link`, {})).address;
  const links = {};
  let officer;
  for (const role of ['administrator', 'duty_officer', 'assessment_group']) {
    const { account } = await administrator.post('/accounts', { login: `${role}${ATTACK}`, name: ATTACK, role });
    if (role === 'duty_officer') officer = await person(await linkOf(account));
    links[role] = await linkOf(account);
  }
  Object.assign(links, await fill(officer));
  return { address, links, stop: muster.stop };
}

/** One of each saying. */
async function say(officer, order, text) {
  const { id } = await officer.post('/sites/S1/requests', { kind: 'problem', details: text });
  await officer.post(`/requests/${id}/answer`, { note: text });
  await officer.post('/sites/S1/announcements', { text });
  await officer.post(`/orders/${order}/announcements`, { text });
}

const cell = (text) => `"${text.replaceAll('"', '""')}"`;

/** Registers, a night, sayings; gives the links of a chief and a volunteer. */
async function fill(officer) {
  const street = (at) => `4409020${10 + at}`;
  for (const [at, name] of ATTACKS.entries()) await officer.post('/divisions', { code: street(at), name });
  const sites = each('S', (code, text, at) => `${code},${text},${street(at)},${text},${21.66 + at / 500},110.90,1,0,0,0`);
  await officer.import('sites', `code,name,division,address,latitude,longitude,gatekeeper,registrar,queue_marshal,runner\n${sites}\n`);
  await officer.import('teams', `code,name,organisation,latitude,longitude\n${each('T', (code, text) => `${code},${text},${text},21.66,110.90`)}\n`);
  const people = each('V', (code, text, at) => `${code},${text},138001380${10 + at},T${at + 1},21.66,110.90,gatekeeper;registrar,${text}`);
  await officer.import('volunteers', `code,name,phone,team,latitude,longitude,roles,languages\n${people}\n`);
  await officer.post('/zones/proposal', { stamp: (await officer.get('/zones/proposal')).stamp });
  const chief = await officer.post('/sites/S1/chief', { name: ATTACK, phone: '13900139000' });
  const { order } = await officer.post('/orders', { name: ATTACK });
  const { plan } = await officer.post(`/orders/${order}/plans`, {});
  await until(async () => (await officer.context.request.post(`/api/v1/orders/${order}/plans/${plan}/publication`, { data: {}, headers: { origin: officer.address } })).ok());
  await officer.post(`/orders/${order}/plans`, {});
  for (const text of ATTACKS) await say(officer, order, text);
  const badge = (await officer.get('/volunteers/V1')).badge;
  // Nobody tells of more than ten at once.
  for (const story of ATTACKS.slice(0, 9)) await officer.post('/deeds', { badge, story });
  return { site_chief: chief.address, volunteer: (await officer.post('/volunteers/V1/link', {})).address };
}

// A fresh Muster in which everything that people name or write is an attack, brought in over its API.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Breaks out of an attribute, out of a script and into markup, if nothing stops it. */
export const ATTACK = `"'><svg/onload=alert(1)>{{7*7}}</script>`;

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

const cell = (text) => `"${text.replaceAll('"', '""')}"`;

/** Registers, a night, sayings; gives the links of a chief and a volunteer. */
async function fill(officer) {
  const [one, street] = [cell(ATTACK), '440902001'];
  await officer.post('/divisions', { code: street, name: ATTACK });
  const site = (code) => `${code},${one},${street},${one},21.66,110.90,1,1,0,0`;
  await officer.import('sites', `code,name,division,address,latitude,longitude,gatekeeper,registrar,queue_marshal,runner\n${site('S1')}\n${site('S2')}\n`);
  await officer.import('teams', `code,name,organisation,latitude,longitude\nT1,${one},${one},21.66,110.90\n`);
  const volunteer = (nth) => `V${nth},${one},1380013800${nth},T1,21.66,110.90,gatekeeper;registrar,${one}`;
  await officer.import('volunteers', `code,name,phone,team,latitude,longitude,roles,languages\n${[1, 2, 3, 4].map(volunteer).join('\n')}\n`);
  const chief = await officer.post('/sites/S1/chief', { name: ATTACK, phone: '13900139000' });
  const { order } = await officer.post('/orders', { name: ATTACK });
  const { plan } = await officer.post(`/orders/${order}/plans`, {});
  await until(async () => (await officer.context.request.post(`/api/v1/orders/${order}/plans/${plan}/publication`, { data: {}, headers: { origin: officer.address } })).ok());
  await officer.post('/sites/S1/requests', { kind: 'problem', details: ATTACK });
  const badge = (await officer.get('/volunteers/V1')).badge;
  await officer.post('/deeds', { badge, story: ATTACK });
  return { site_chief: chief.address, volunteer: (await officer.post('/volunteers/V1/link', {})).address };
}

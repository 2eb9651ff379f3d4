// A small real district, told and at work, in a few seconds: two sites, one team, thirty people, an order in force. For
// tests that need one site's night and not a whole district's.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { command, serve } from './muster.mjs';

const PEOPLE = 30;
const PLAN_WITHIN_MS = 60_000;

const FILES = {
  divisions: 'code,name\n440902001,红旗街道\n',
  sites: ['code,name,division,address,latitude,longitude,gatekeeper,registrar,queue_marshal,runner',
    'S1,文明路采样点,440902001,文明路1号,21.660,110.900,4,6,3,3', 'S2,人民路采样点,440902001,人民路2号,21.665,110.910,2,4,2,1'].join('\n'),
  teams: 'code,name,organisation,latitude,longitude\nT1,第一队,区直机关,21.66,110.90\n',
  links: 'team,site\nT1,S1\nT1,S2\n',
  volunteers: ['code,name,phone,team,latitude,longitude,roles,email',
    ...Array.from({ length: PEOPLE }, (_, nth) => `V${String(nth).padStart(3, '0')},志愿者${nth},1380013${String(nth).padStart(4, '0')},T1,21.66,110.90,gatekeeper;registrar;queue_marshal;runner,v${nth}@muster.test`)].join('\n'),
};

/** Sets it up and serves it. `tokens` are sessions without an end, for the cookie `muster`. `mail`: the port of a letterbox. */
export async function openDistrict({ mail } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'muster-district-'));
  const database = join(folder, 'district.db');
  const key = join(folder, 'muster.key');
  const at = ['--database', `sqlite:${database}`, '--key-file', key];
  for (const [register, text] of Object.entries(FILES)) {
    const file = join(folder, `${register}.csv`);
    await writeFile(file, text);
    await command('import', register, file, '--yes', ...at);
  }
  const token = async (...of) => (await command('token', ...of, ...at)).trim().split('\n').pop();
  const tokens = { duty_officer: await token('--role', 'duty_officer'), site_chief: await token('--role', 'site_chief', '--site', 'S1') };
  const settings = join(folder, 'muster.toml');
  await writeFile(settings, mail ? `[notices.smtp]\nhost = "127.0.0.1"\nport = ${mail}\nplain = true\nfrom = "muster@muster.test"\n` : '');
  const server = await serve(database, key, '--config', settings);
  const district = { ...server, folder, database, key, tokens, ask: (...asked) => ask(server.address, tokens.duty_officer, ...asked) };
  district.stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await giveOrder(district);
    // Who runs the first site finds it behind the front door.
    const home = await fetch(server.address, { headers: { cookie: `muster=${tokens.site_chief}` }, redirect: 'manual' });
    [, district.site] = /sites\/([^/]+)/.exec(home.headers.get('location'));
    return district;
  } catch (error) {
    await district.stop();
    throw error;
  }
}

async function giveOrder({ ask }) {
  const { order } = await ask('/orders', { name: '九月十五日采样' });
  await tellPlan(ask, order);
}

/** A plan of the order as things stand, published: whoever is newly called or moved is told. */
export async function tellPlan(ask, order) {
  const { plan } = await ask(`/orders/${order}/plans`, {});
  const until = Date.now() + PLAN_WITHIN_MS;
  while (!(await ask(`/orders/${order}/plans/${plan}`)).plan.stage?.stage?.startsWith('ready')) {
    if (Date.now() > until) throw new Error(`no plan: ${JSON.stringify((await ask(`/orders/${order}/plans/${plan}`)).plan.stage)}`);
    await new Promise((done) => setTimeout(done, 200));
  }
  await ask(`/orders/${order}/plans/${plan}/publication`, {});
}

/** One question to the JSON API as the duty officer: a POST when there is a body. */
async function ask(address, token, path, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${address}/api/v1${path}`, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

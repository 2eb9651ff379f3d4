// What a quiet evening has not had: a file with a row that is not accepted, a second plan of the order, somebody who is put on
// the commendation list, a request of the chief's site. Pages that only these lead to are reached then.

const WITHIN_MS = 120_000;

const VOLUNTEERS = ['code,name,phone,team,latitude,longitude,roles', ',没有编号,13800139999,没有这个队,21.66,110.90,gatekeeper'].join('\n');

/** Makes them happen, once per Muster. */
export async function occasions(people, { address, samples }) {
  const headers = { origin: address };
  const as = async (role, use) => {
    const context = await people.context(role);
    const ask = async (path, data) => {
      const sent = data?.multipart ? { multipart: data.multipart, headers } : { data, headers };
      const answer = data ? await context.request.post(`/api/v1${path}`, sent) : await context.request.get(`/api/v1${path}`);
      if (!answer.ok()) throw new Error(`${role} ${path}: ${answer.status()} ${(await answer.text()).slice(0, 300)}`);
      return answer.json();
    };
    try {
      return await use(ask);
    } finally {
      await context.close();
    }
  };
  await as('duty_officer', async (ask) => {
    const file = { name: 'volunteers.csv', mimeType: 'text/csv', buffer: Buffer.from(VOLUNTEERS) };
    const sent = await ask('/imports', { multipart: { register: 'volunteers', file } });
    await until(async () => (await ask(`/imports/${sent.import}`)).state === 'judged');
    const { order } = samples;
    const { plan } = await ask(`/orders/${order}/plans`, {});
    await until(async () => (await ask(`/orders/${order}/plans/${plan}`)).plan.stage?.stage?.startsWith('ready'));
  });
  await as('assessment_group', async (ask) => {
    await ask('/commendations', { volunteer: samples.volunteer, listed: true, reason: '连续三夜到岗' });
  });
  await as('site_chief', (ask) => ask(`/sites/${samples.site}/requests`, { kind: 'supplies', details: '口罩两箱' }));
}

async function until(holds) {
  const last = Date.now() + WITHIN_MS;
  while (!(await holds())) {
    if (Date.now() > last) throw new Error(`what was waited for did not happen within ${WITHIN_MS / 1000} s`);
    await new Promise((done) => setTimeout(done, 300));
  }
}

// Signing in with an identity that a real provider vouches for: who gets in, who does not, and what is said to them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { request as playwright } from 'playwright-core';

import { accessible, structured } from './checks/accessible.mjs';
import { fits } from './checks/fits.mjs';
import { language } from './checks/language.mjs';
import { strict } from './checks/policy.mjs';
import { unkept } from './checks/typing.mjs';
import { LANGUAGES, openChromium, SCREENS } from './rig/browser.mjs';
import { startEmpty } from './rig/muster.mjs';
import { CLIENT, openProvider } from './rig/provider.mjs';

const LABEL = '茂南统一身份';
const confirmed = (email) => ({ email, email_verified: true });

const provider = await openProvider({
  'sub-chief': confirmed('Chief@muster.test'),
  'sub-second': confirmed('second@muster.test'),
  'sub-nobody': confirmed('nobody@muster.test'),
  'sub-loose': { email: 'loose@muster.test', email_verified: false },
  'sub-suspended': confirmed('suspended@muster.test'),
  'sub-fresh': confirmed('fresh@muster.test'),
});
const muster = await startEmpty({
  env: { MUSTER_OIDC_ISSUER: provider.issuer, MUSTER_OIDC_CLIENT_ID: CLIENT.id, MUSTER_OIDC_CLIENT_SECRET: CLIENT.secret, MUSTER_OIDC_LABEL: LABEL },
});
await provider.serveFor(muster.address);
const plain = await startEmpty();
const browser = await openChromium();
const administrator = await enter();
after(async () => {
  await browser.close();
  await muster.stop();
  await plain.stop();
  await provider.close();
});

async function enter() {
  const context = await someone();
  await context.post(muster.links.administrator, { headers: { origin: muster.address } });
  return context;
}

function someone() {
  return playwright.newContext({ baseURL: muster.address, extraHTTPHeaders: { 'accept-language': 'en' } });
}

async function ask(path, data) {
  const answer = await administrator.post(`/api/v1${path}`, { data, headers: { origin: muster.address } });
  assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
}

async function accountOf(login, identity) {
  const { account } = await ask('/accounts', { login, name: login, role: 'duty_officer' });
  await ask(`/accounts/${account}/identity`, { identity });
  return account;
}

const at = { maxRedirects: 0 };

/** As far as the provider's answer, which is not yet brought back: its address. */
async function vouched(context, login, next) {
  const query = next === undefined ? '' : `?next=${encodeURIComponent(next)}`;
  let answer = await context.get(`/sign-in/oidc${query}`, at);
  for (let step = 0; step < 10; step += 1) {
    const location = answer.headers().location;
    assert.ok(location, `${answer.url()} answered ${answer.status()}: ${await answer.text()}`);
    const to = new URL(location, answer.url()).href;
    if (to.startsWith(`${muster.address}/sign-in/oidc/answer`)) return to;
    answer = to.includes('/interaction/') ? await context.post(to, { ...at, form: { login } }) : await context.get(to, at);
  }
  throw new Error('the provider sends round and round');
}

async function comeBack(context, address) {
  const answer = await context.get(address, at);
  return { status: answer.status(), text: await answer.text(), location: answer.headers().location, cookies: answer.headersArray().filter(({ name }) => name.toLowerCase() === 'set-cookie').map(({ value }) => value) };
}

async function signIn(login, next) {
  const context = await someone();
  return { context, ...(await comeBack(context, await vouched(context, login, next))) };
}

const isIn = async (context) => (await context.get('/api/v1/password', at)).ok();

/** Refused with this number and these words, and not let in. */
async function refused(attempt, code, words) {
  assert.notEqual(attempt.status, 303, `let in: ${attempt.location}`);
  assert.ok(attempt.text.includes(code) && words.test(attempt.text), `${attempt.status} ${attempt.text}`);
  assert.equal(await isIn(attempt.context), false, 'somebody is signed in');
  assert.ok(!attempt.cookies.some((cookie) => cookie.startsWith('muster=')), 'a session was begun');
}

await accountOf('chief', 'chief@MUSTER.test');

test('a person signs in by the button and comes to the page they wanted', async () => {
  const context = await browser.newContext({ baseURL: muster.address, locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto('/sign-in?next=/password');
  const button = page.locator('a[data-oidc]');
  assert.equal(await button.textContent(), LABEL);
  await button.click();
  await page.fill('input[name=login]', 'sub-chief');
  await page.click('button');
  await page.waitForURL(`${muster.address}/password`);
  const cookies = await context.cookies(muster.address);
  assert.ok(cookies.some(({ name, httpOnly, sameSite }) => name === 'muster' && httpOnly && sameSite === 'Lax'));
  assert.ok(!cookies.some(({ name }) => name === 'oidc'), 'nothing of the way there is left');
  await context.close();
});

test('the button is only there where a provider is', async () => {
  const page = await browser.newPage({ locale: 'en' });
  await page.goto(`${plain.address}/sign-in`);
  assert.equal(await page.locator('a[data-oidc]').count(), 0);
  await page.goto(`${muster.address}/sign-in`);
  assert.equal(await page.locator('a[data-oidc]').textContent(), 'Sign in with your organisation’s identity');
  const answer = await page.goto(`${plain.address}/sign-in/oidc`);
  assert.equal(answer.status(), 404);
  await page.close();
});

test('an administrator writes an identity on the page of accounts, which is as every page', async () => {
  const storageState = await administrator.storageState();
  for (const wanted of LANGUAGES) {
    const context = await browser.newContext({ baseURL: muster.address, locale: wanted, viewport: SCREENS.phone, hasTouch: true, storageState });
    const page = await context.newPage();
    for (const address of ['/accounts', '/sign-in']) {
      const answer = await page.goto(address);
      const faults = [strict(answer), await language(page, wanted), await unkept(page), await structured(page), await fits(page), await accessible(page)];
      assert.deepEqual(faults.flat(), [], `${address} in ${wanted}`);
    }
    await context.close();
  }
  const page = await (await browser.newContext({ baseURL: muster.address, locale: 'en', storageState })).newPage();
  await page.goto('/accounts');
  const row = page.locator('tr', { has: page.locator('th', { hasText: /^chief$/ }) });
  assert.ok(await row.getByText('joined').isVisible(), 'who has come in is seen to be joined');
  await page.locator('tr', { has: page.locator('th', { hasText: 'administrator' }) }).locator('[name=identity]').fill('head@muster.test');
  await page.locator('tr', { has: page.locator('th', { hasText: 'administrator' }) }).getByText('Save identity').click();
  await page.getByText('The identity is saved').waitFor();
  provider.people['sub-head'] = confirmed('head@muster.test');
  assert.equal((await signIn('sub-head')).status, 303);
  await page.context().close();
});

test('from the second time on the subject counts and the address does not', async () => {
  const before = (await signIn('sub-chief')).status;
  // The address now belongs to somebody else at the provider, and the first person has another.
  provider.people['sub-heir'] = confirmed('chief@muster.test');
  provider.people['sub-chief'] = confirmed('married@muster.test');
  const again = await signIn('sub-chief');
  await refused(await signIn('sub-heir'), 'web.26', /Ask an administrator to write your e-mail address into your account/);
  assert.deepEqual([before, again.status, await isIn(again.context)], [303, 303, true]);
});

test('who is unknown, unconfirmed or suspended is told what to do', async () => {
  await refused(await signIn('sub-nobody'), 'web.26', /Ask an administrator/);
  await accountOf('loose', 'loose@muster.test');
  await refused(await signIn('sub-loose'), 'web.27', /Confirm it there/);
  provider.people['sub-loose'].email_verified = true;
  assert.equal((await signIn('sub-loose')).status, 303, 'the control: confirmed, they come in');
  const account = await accountOf('suspended', 'suspended@muster.test');
  const joined = await signIn('sub-suspended');
  assert.equal(joined.status, 303);
  await ask(`/accounts/${account}/suspension`, {});
  assert.equal(await isIn(joined.context), false, 'the session ends at once');
  await refused(await signIn('sub-suspended'), 'web.26', /or it is suspended/);
  await ask(`/accounts/${account}/suspension`, { back: true });
  assert.equal((await signIn('sub-suspended')).status, 303, 'the control: reinstated, they come in');
});

test('writing another identity parts the former one and ends its sessions', async () => {
  const account = await accountOf('second', 'second@muster.test');
  const { context } = await signIn('sub-second');
  assert.ok(await isIn(context));
  const taken = await administrator.post(`/api/v1/accounts/${account}/identity`, { data: { identity: 'Chief@muster.test' }, headers: { origin: muster.address } });
  assert.equal((await taken.json()).code, 'web.31');
  assert.ok(await isIn(context), 'what is refused changes nothing');
  await ask(`/accounts/${account}/identity`, { identity: '' });
  assert.equal(await isIn(context), false);
  await refused(await signIn('sub-second'), 'web.26', /Ask an administrator/);
});

test('an answer belongs to one browser, one sign-in and ten minutes', async (t) => {
  const context = await someone();
  const answer = await vouched(context, 'sub-chief');
  await t.test('another browser', async () => {
    const stranger = await someone();
    await refused({ context: stranger, ...(await comeBack(stranger, answer)) }, 'web.25', /begun in another browser/);
    await vouched(stranger, 'sub-chief');
    await refused({ context: stranger, ...(await comeBack(stranger, answer)) }, 'web.25', /begun in another browser/);
  });
  await t.test('another state', async () => {
    const other = new URL(answer);
    other.searchParams.set('state', 'x'.repeat(22));
    await refused({ context, ...(await comeBack(context, other.href)) }, 'web.25', /Begin again/);
    other.searchParams.delete('state');
    await refused({ context, ...(await comeBack(context, other.href)) }, 'web.25', /Begin again/);
  });
  await t.test('the same once more', async () => {
    const { cookies } = await context.storageState();
    assert.equal((await comeBack(context, answer)).status, 303, 'the control: the first time it is good');
    // With the cookie of before, as somebody has it who copied both.
    const copied = await playwright.newContext({ baseURL: muster.address, extraHTTPHeaders: { 'accept-language': 'en' }, storageState: { cookies: cookies.filter(({ name }) => name === 'oidc'), origins: [] } });
    await refused({ context: copied, ...(await comeBack(copied, answer)) }, 'web.25', /was used already/);
  });
  await t.test('the same code under a state of its own', async () => {
    const other = await someone();
    const mine = new URL(await vouched(other, 'sub-chief'));
    mine.searchParams.set('code', new URL(answer).searchParams.get('code'));
    await refused({ context: other, ...(await comeBack(other, mine.href)) }, 'web.30', /cannot be trusted/);
  });
  await t.test('another issuer, or a no', async () => {
    const other = await someone();
    const mine = new URL(await vouched(other, 'sub-chief'));
    mine.searchParams.set('iss', 'https://evil.example');
    await refused({ context: other, ...(await comeBack(other, mine.href)) }, 'web.30', /cannot be trusted/);
    const said = await signIn('');
    await refused(said, 'web.28', /did not let you in/);
  });
});

test('answers that nobody here set out for keep nobody out', async () => {
  const stray = await someone();
  for (let turn = 0; turn < 120; turn += 1) {
    const { status } = await comeBack(stray, `${muster.address}/sign-in/oidc/answer?state=${turn}&code=x`);
    assert.equal(status, 403);
  }
  assert.equal((await signIn('sub-chief')).status, 303);
});

test('who is joined comes in although the provider keeps their address to itself', async () => {
  const said = provider.people['sub-chief'];
  provider.people['sub-chief'] = {};
  assert.equal((await signIn('sub-chief')).status, 303);
  provider.people['sub-chief'] = said;
});

const forgeries = {
  nonce: (claims) => ({ ...claims, nonce: 'another' }),
  'no nonce': ({ nonce, ...claims }) => claims,
  issuer: (claims) => ({ ...claims, iss: 'https://evil.example' }),
  audience: (claims) => ({ ...claims, aud: 'another' }),
  'one audience more': (claims) => ({ ...claims, aud: [CLIENT.id, 'another'] }),
  'long over': (claims) => ({ ...claims, exp: Math.floor(Date.now() / 1000) - 90 }),
  'from the future': (claims) => ({ ...claims, iat: Math.floor(Date.now() / 1000) + 90 }),
  'another access token': (claims) => ({ ...claims, at_hash: 'another' }),
};

test('a token that does not say what it should lets nobody in', async (t) => {
  for (const [name, forge] of Object.entries(forgeries)) {
    await t.test(name, async () => {
      provider.forge = forge;
      await refused(await signIn('sub-chief'), 'web.30', /cannot be trusted/);
    });
  }
  provider.forge = null;
  const tokens = {
    unsigned: (token) => new UnsecuredJWT(decodeJwt(token)).encode(),
    'signed with the secret of the client': (token) => new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(CLIENT.secret)),
    'changed after signing': (token) => {
      const [head, , signature] = token.split('.');
      return [head, Buffer.from(JSON.stringify({ ...decodeJwt(token), sub: 'sub-second' })).toString('base64url'), signature].join('.');
    },
  };
  for (const [name, forge] of Object.entries(tokens)) {
    await t.test(name, async () => {
      provider.forgeToken = forge;
      await refused(await signIn('sub-chief'), 'web.30', /cannot be trusted/);
    });
  }
  provider.forgeToken = null;
  await t.test('control: within a minute of skew, and as it was signed, it does', async () => {
    provider.forge = (claims) => ({ ...claims, exp: Math.floor(Date.now() / 1000) - 20, iat: Math.floor(Date.now() / 1000) + 20 });
    assert.equal((await signIn('sub-chief')).status, 303);
    provider.forge = null;
  });
});

test('nobody is led elsewhere afterwards', async () => {
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)']) {
    assert.equal((await signIn('sub-chief', next)).location, '/', next);
  }
  assert.equal((await signIn('sub-chief', '/password')).location, '/password', 'the control');
});

test('a session begins anew, and the one before it ends', async () => {
  const { context } = await signIn('sub-chief');
  const secret = async () => (await context.storageState()).cookies.find(({ name }) => name === 'muster').value;
  const before = await secret();
  const again = await comeBack(context, await vouched(context, 'sub-chief'));
  assert.equal(again.status, 303);
  assert.notEqual(await secret(), before);
  const old = await playwright.newContext({ baseURL: muster.address, extraHTTPHeaders: { cookie: `muster=${before}` } });
  assert.equal(await isIn(old), false);
});

test('new keys of the provider are fetched when they are needed', async () => {
  await provider.serveFor(muster.address);
  assert.equal((await signIn('sub-chief')).status, 303);
});

test('what the provider puts into the token itself counts as well', async () => {
  provider.inToken = true;
  await provider.serveFor(muster.address);
  await accountOf('fresh', 'fresh@muster.test');
  assert.equal((await signIn('sub-fresh')).status, 303);
});

test('a provider that is away is said to be away, passwords work, and a server starts', async () => {
  const context = await someone();
  const answer = await vouched(context, 'sub-chief');
  await provider.close();
  await refused({ context, ...(await comeBack(context, answer)) }, 'web.29', /Use your password/);
  const env = { MUSTER_OIDC_ISSUER: provider.issuer, MUSTER_OIDC_CLIENT_ID: CLIENT.id };
  const other = await startEmpty({ env });
  try {
    const began = Date.now();
    const visitor = await playwright.newContext({ baseURL: other.address, extraHTTPHeaders: { 'accept-language': 'en' } });
    const page = await visitor.get('/sign-in');
    assert.ok((await page.text()).includes('data-oidc') && (await page.text()).includes('type="password"'));
    await refused({ context: visitor, ...(await comeBack(visitor, '/sign-in/oidc')) }, 'web.29', /Use your password/);
    assert.ok(Date.now() - began < 15_000, 'it is said in time');
    await visitor.post(other.links.administrator, { headers: { origin: other.address } });
    const password = 'correct horse battery staple';
    await visitor.post('/password', { form: { password }, headers: { origin: other.address } });
    const fresh = await playwright.newContext({ baseURL: other.address });
    const signed = await fresh.post('/sign-in', { ...at, form: { login: 'administrator', password }, headers: { origin: other.address } });
    assert.equal(signed.status(), 303);
    assert.ok(await isIn(fresh));
  } finally {
    await other.stop();
    await provider.reopen();
  }
  await new Promise((resolve) => setTimeout(resolve, 3_500));
  assert.equal((await signIn('sub-chief')).status, 303, 'the control: it is back');
});

test('a provider that is out of order is away too', async () => {
  const context = await someone();
  const answer = await vouched(context, 'sub-chief');
  provider.isBroken = true;
  await refused({ context, ...(await comeBack(context, answer)) }, 'web.29', /try again in a minute/);
  provider.isBroken = false;
  assert.equal((await signIn('sub-chief')).status, 303, 'the control: it works again');
});

test('the journal tells of all this, and neither address nor subject lies open in the database', async () => {
  const files = await Promise.all(['district.db', 'district.db-wal'].map((file) => readFile(join(muster.folder, file), 'latin1').catch(() => '')));
  const has = (text) => files.some((file) => file.includes(text));
  for (const kind of ['web.identity_written', 'web.identity_joined', 'web.signed_in', 'web.sign_in_failed']) assert.ok(has(kind), kind);
  for (const open of ['sub-chief', 'chief@', 'sub-second', 'second@', CLIENT.secret]) assert.ok(!has(open), open);
});

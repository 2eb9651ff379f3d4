// An identity provider that is a real one (the npm package oidc-provider), and can be made to misbehave: gone, with new
// keys, or with tokens that say something else than they should.

import { createServer } from 'node:http';

import { decodeJwt, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';

export const CLIENT = { id: 'muster', secret: 'a-secret-between-the-two' };

/**
 * Listens on a free port; `serveFor` begins to answer for the Muster at that address. `people`: by what they sign in with,
 * their claims. `forge`: changes what an id_token says, or whole tokens with `forgeToken`.
 */
export async function openProvider(people) {
  const provider = { people, forge: null, forgeToken: null, inToken: false, isBroken: false };
  let answer = null;
  let server = null;
  const listen = (port) => new Promise((resolve) => {
    server = createServer((asked, reply) => (answer && !provider.isBroken ? answer(asked, reply) : reply.writeHead(503).end('no'))).listen(port, '127.0.0.1', resolve);
  });
  await listen(0);
  const { port } = server.address();
  // Another site than Muster's, which is at 127.0.0.1: cookies then go as they go between an office and its provider.
  provider.issuer = `http://localhost:${port}`;
  provider.serveFor = async (muster) => {
    answer = await answering(provider, muster);
  };
  provider.close = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  provider.reopen = () => listen(port);
  return provider;
}

async function answering(provider, muster) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: `key-${Math.random()}` };
  const oidc = new Provider(provider.issuer, {
    jwks: { keys: [key] },
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [`${muster}/sign-in/oidc/answer`] }],
    claims: { email: ['email', 'email_verified'], profile: ['preferred_username'] },
    conformIdTokenClaims: !provider.inToken,
    cookies: { keys: ['only for tests'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, id) => provider.people[id] && { accountId: id, claims: () => ({ sub: id, ...provider.people[id] }) },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: CLIENT.id, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  oidc.use(async (ctx, next) => {
    await next();
    if (ctx.path !== '/token' || !ctx.body?.id_token) return;
    if (provider.forge) ctx.body = { ...ctx.body, id_token: await signed(key, provider.forge(decodeJwt(ctx.body.id_token))) };
    if (provider.forgeToken) ctx.body = { ...ctx.body, id_token: await provider.forgeToken(ctx.body.id_token) };
  });
  const usual = oidc.callback();
  return (asked, reply) => (asked.url.startsWith('/interaction/') ? interaction(oidc, asked, reply) : usual(asked, reply));
}

async function signed(key, claims) {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid }).sign(await importJWK(key, 'RS256'));
}

/** Whoever says who they are is believed: this provider asks for no password. */
async function interaction(oidc, asked, reply) {
  if (asked.method !== 'POST') {
    reply.writeHead(200, { 'content-type': 'text/html' });
    reply.end('<!doctype html><title>Identity</title><form method="post"><input name="login"><button>Yes</button></form>');
    return;
  }
  let text = '';
  for await (const part of asked) text += part;
  const login = new URLSearchParams(text).get('login');
  const result = login ? { login: { accountId: login } } : { error: 'access_denied' };
  await oidc.interactionFinished(asked, reply, result, { mergeWithLastSubmission: false });
}

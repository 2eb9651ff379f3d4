// A very small stand-in for the program, with the same outside: one line of JSON, sign-in links that ask for a tap, an
// address book, pages with a strict policy. The rig is tried on it, and every check must turn red on one of its bad pages.

import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const POLICY = "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; style-src 'self' 'unsafe-inline'";
const ROUTES = ['/', '/enter/{code}', '/sites', '/sites/{site}', '/nobody-links-here', '/roster.csv'];

const frame = (body, { lang = 'zh-CN', head = '', kind = '' } = {}) => `<!doctype html><html lang="${lang}"><head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>点位</title>
<link rel="stylesheet" href="/good.css">${head}</head><body class="${kind}"><main>${body}</main></body></html>`;

const STYLE = `body { font: 16px/1.6 sans-serif; margin: 1rem; color: #111; background: #fff } td, time { font-variant-numeric: tabular-nums }
a, button { display: inline-block; min-height: 48px; min-width: 48px } p a { display: inline; min-height: 0 }
.wall { font-size: 3vw; margin: 0 } .wall h1 { font-size: inherit; margin: 0 }
tr { break-inside: avoid } @page { margin: 10mm; @bottom-right { content: counter(page) "/" counter(pages) } }`;

/** Serves on a free port of this machine. `pages` maps a path to the inside of a page, or to { body, policy, type, … }. */
export async function openSmallHouse(pages = {}, language = 'zh-CN') {
  const sessions = new Set();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://x');
    if (pathname === '/good.css') return response.setHeader('content-type', 'text/css').end(STYLE);
    if (pathname === '/api/v1/pages') return json(response, { pages: ROUTES.map((path) => ({ path, way: 'GET' })) });
    if (pathname.startsWith('/enter/')) return door(request, response, sessions);
    const page = pages[pathname];
    if (page === undefined) return response.writeHead(404).end();
    const { body, policy = POLICY, type = 'text/html; charset=utf-8', ...more } = typeof page === 'string' ? { body: page } : page;
    response.setHeader('content-type', type).setHeader('content-security-policy', policy);
    response.end(type.startsWith('text/html') ? frame(body, { lang: language, ...more }) : body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  return { address, sessions, close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))) };
}

/** A one-time link: looking does not use it up, the tap does. */
function door(request, response, sessions) {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  if (request.method === 'GET') return response.end(frame('<h1>进入</h1><form method="post"><button>进入</button></form>'));
  const session = randomUUID();
  sessions.add(session);
  response.writeHead(303, { location: '/', 'set-cookie': `session=${session}; HttpOnly; Path=/` }).end();
}

function json(response, body) {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
}

/** As a program: what the rig starts instead of Muster. */
if (argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await openSmallHouse({
    '/': '<h1>总览</h1><a href="/sites">全部点位</a>',
    '/sites': '<h1>点位</h1><a href="/sites/S001">一号</a> <a href="/sites/S002">二号</a> <a href="/roster.csv">下载名单</a> <a href="/sites/S001/gone">没有的页</a>',
    '/sites/S001': '<h1>一号点位</h1>',
    '/sites/S002': '<h1>二号点位</h1>',
    '/roster.csv': { body: 'a,b', type: 'text/csv' },
  });
  if (argv.includes('--refuse')) {
    console.error('the database is newer than this program');
    process.exit(3);
  }
  console.log('starting');
  console.log(JSON.stringify({ address, links: { administrator: `${address}/enter/a`, site_chief: `${address}/enter/b` } }));
  process.on('SIGTERM', () => process.exit(0));
}

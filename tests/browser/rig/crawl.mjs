// Finds every page there is. The program's own address book (`GET /api/v1/pages`) says which routes exist; links on the
// pages say how a person gets there. A route that no link reaches is a fault, so a new page cannot be forgotten.

const AT_MOST = 400;

/** The GET routes of the address book, as a role that may read it sees them. */
export async function addressBook(people, role = 'administrator') {
  const context = await people.context(role);
  try {
    const answer = await context.request.get('/api/v1/pages', { headers: { accept: 'application/json' } });
    if (!answer.ok()) throw new Error(`GET /api/v1/pages as ${role} answered ${answer.status()}`);
    const body = await answer.json();
    const entries = Array.isArray(body) ? body : body.pages;
    return [...new Set(entries.filter((entry) => (entry.way ?? 'GET') === 'GET').map((entry) => entry.path))];
  } finally {
    await context.close();
  }
}

/** The route that an address belongs to: the one with the most fixed parts wins. */
export function routeOf(path, routes) {
  const parts = path.split('/');
  const fits = (route) => {
    const pattern = route.split('/');
    return pattern.length === parts.length && pattern.every((part, at) => part.startsWith('{') || part === parts[at]);
  };
  const fixed = (route) => route.split('/').filter((part) => !part.startsWith('{')).length;
  return routes.filter(fits).sort((a, b) => fixed(b) - fixed(a))[0];
}

/**
 * Follows links from `/`, one address per route and role. Gives [{ route, address, type, status, leadsOn }]; `type` is the
 * content type, `leadsOn` says that the address only sends one to another.
 */
export async function walk(people, role, routes) {
  const context = await people.context(role);
  try {
    const page = await context.newPage();
    const found = new Map();
    const waiting = ['/'];
    const seen = new Set(waiting);
    while (waiting.length && found.size < AT_MOST) {
      const address = waiting.shift();
      // A link that no route answers is looked at under its own name: it is dead, or a file.
      const route = routeOf(new URL(address, 'http://x').pathname, routes) ?? address;
      if (found.has(route)) continue;
      const { type, status, links, landed } = await look(context, page, address);
      found.set(route, { route, address, type, status, leadsOn: landed !== address });
      for (const link of [landed, ...links]) {
        if (!seen.has(link)) waiting.push(link);
        seen.add(link);
      }
    }
    return [...found.values()];
  } finally {
    await context.close();
  }
}

async function look(context, page, address) {
  const answer = await context.request.get(address, { headers: { accept: 'text/html' } });
  const type = (answer.headers()['content-type'] ?? '').split(';')[0];
  const landed = pathOf(answer.url());
  if (type !== 'text/html') return { type, status: answer.status(), links: [], landed };
  // Read, not opened: pages come whole from the server, and drawing each one to find its links costs minutes.
  const hrefs = await page.evaluate(linksOf, { html: await answer.text(), url: answer.url() });
  const here = new URL(answer.url()).origin;
  const links = hrefs.filter((href) => href.startsWith(`${here}/`)).map(pathOf);
  return { type, status: answer.status(), links, landed };
}

/** A link in a drawing has no plain `href` of its own. */
function linksOf({ html, url }) {
  const links = new DOMParser().parseFromString(html, 'text/html').querySelectorAll('a[href]');
  return [...links].map((link) => new URL(link.getAttribute('href'), url).href);
}

/** Without the choice of language: that is the same page. */
function pathOf(href) {
  const url = new URL(href);
  url.searchParams.delete('lang');
  return url.pathname + url.search;
}

/** Whose pages are always for the phone. */
export const PHONE_ROLES = ['volunteer', 'site_chief', 'zone_lead'];

/** Every page that one of them can reach. */
export async function phonePages(people) {
  const routes = await addressBook(people);
  const visits = [];
  for (const role of PHONE_ROLES) {
    const pages = (await walk(people, role, routes)).filter(({ type, leadsOn }) => type === 'text/html' && !leadsOn);
    visits.push(...pages.map((visit) => ({ ...visit, role })));
  }
  return visits;
}

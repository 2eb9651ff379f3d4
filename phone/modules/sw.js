// The service worker: keeps the scripts and styles, and the last state of the pages that must open without a network.
// What is entered is none of its business: the pages' outbox keeps that, with or without this.

const DIGEST = '{{digest}}';
const SHELL = `shell-${DIGEST}`;
const PAGES = 'pages';
const FILES = [
  'app.css', 'app.js', 'icon.svg', 'idb.js', 'device.js', 'drafts.js', 'duty.js', 'entries.js', 'net.js',
  'outbox.js', 'parts.js', 'people.js', 'scan.js', 'shelf.js', 'site.js', 'status.js', 'toast.js', 'words.js', 'worker.js',
];
/** Where somebody signs in or out: the pages kept so far are another's from then on. */
const DOORS = /^\/(enter|sign-in|sign-out)(\/|$)/;
const KEPT_PAGES = [/^\/sites\/[^/]+\/post$/, /^\/duty$/];
/** A page that is there already does not wait longer for a bad network. */
const PATIENCE_MS = 4000;

const plain = (name) => `/assets/${name}`;

self.addEventListener('install', (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

async function fill() {
  const shell = await caches.open(SHELL);
  await Promise.all(FILES.map(async (name) => shell.put(plain(name), await fetch(`/assets/${DIGEST}/${name}`))));
}

self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith('shell-') && name !== SHELL).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === 'POST' && DOORS.test(pathname)) event.respondWith(door(request));
  if (request.method !== 'GET') return;
  const [, folder, digest, name] = pathname.split('/');
  if (folder === 'assets') event.respondWith(asset(request, digest, name));
  else if (KEPT_PAGES.some((kept) => kept.test(pathname))) event.respondWith(page(request, pathname));
});

/** By name: a kept page of an older version still finds its scripts when there is no network. */
async function asset(request, digest, name) {
  const shell = await caches.open(SHELL);
  const kept = await shell.match(plain(name));
  if (kept && digest === DIGEST) return kept;
  try {
    const fresh = await fetch(request);
    if (fresh.ok && digest === DIGEST) await shell.put(plain(name), fresh.clone());
    return fresh;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

/** A door that stays shut (a wrong code, no network) leaves what is kept; one that opens sends on to the next page. */
async function door(request) {
  const answer = await fetch(request);
  if (answer.type === 'opaqueredirect') await caches.delete(PAGES);
  return answer;
}

/** From the network, and kept; without one, the last state, marked with its time. */
async function page(request, pathname) {
  const kept = request.mode === 'navigate' ? await (await caches.open(PAGES)).match(pathname) : undefined;
  const fresh = fetch(request).then((answer) => keep(pathname, answer));
  if (!kept) return fresh;
  fresh.catch(() => {});
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  return Promise.race([fresh, late]).then((answer) => answer || marked(kept), () => marked(kept));
}

async function keep(pathname, answer) {
  if (answer.ok && !answer.redirected && answer.type === 'basic') {
    const headers = new Headers(answer.headers);
    headers.set('x-kept-at', String(Date.now()));
    // The copy is kept unpacked.
    headers.delete('content-encoding');
    headers.delete('content-length');
    const copy = new Response(await answer.clone().text(), { headers });
    await (await caches.open(PAGES)).put(pathname, copy);
  }
  return answer;
}

async function marked(kept) {
  const html = await kept.text();
  const at = kept.headers.get('x-kept-at');
  return new Response(html.replace('<body', `<body data-kept-at="${at}"`), { headers: kept.headers });
}

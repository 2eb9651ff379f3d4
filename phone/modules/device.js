// Who is signed in on this phone, its name and its running number. The number is kept twice, on the shelf and in a cookie: when a browser clears
// its storage the cookie stays, so the next number leaves a gap that the server sees.

const YEAR_S = 365 * 24 * 3600;

/** Who this page was made for; empty when nobody is signed in. */
export function who() {
  return document.documentElement.dataset.who || '';
}

/** A UUID (version 4), also on engines without crypto.randomUUID. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = 0x40 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

/** Makes both copies agree. Gives whether the shelf had been cleared since numbers were given. */
export async function recall(shelf) {
  const kept = await shelf.fact('site');
  const told = fromCookie();
  const isCleared = !shelf.isVolatile && !kept && told !== null && told.top > 0;
  const id = (kept && kept.id) || (told && told.id) || uuid();
  const top = Math.max((kept && kept.top) || 0, told && told.id === id ? told.top : 0);
  await shelf.note('site', { id, top });
  if (!(await shelf.fact('own'))) await shelf.note('own', { id: 'own', top: 0 });
  if (top > 0) remember({ id, top });
  return isCleared;
}

export function remember({ id, top }) {
  const told = fromCookie();
  // Another page of this phone may have gone further.
  if (told && told.id === id && told.top > top) return;
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `phone=${id}.${top}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
}

function fromCookie() {
  const found = /(?:^|; )phone=([0-9a-f-]{36})\.(\d{1,9})(?:;|$)/.exec(document.cookie);
  return found && { id: found[1], top: Number(found[2]) };
}

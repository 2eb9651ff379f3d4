// The words of the page, in its language: the server writes them beside the page as data attributes, what every page says at
// its line.

/** `say(words.dataset.unsent, { count: 3 })` */
export function say(pattern, values = {}) {
  return (pattern || '').replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function words() {
  const [line, own] = ['line', 'words'].map((id) => document.getElementById(id));
  return { ...(line && line.dataset), ...(own && own.dataset) };
}

/** How much is only on this phone, and since when; empty when everything has arrived. */
export function waiting(unsent) {
  if (!unsent.length) return '';
  return say(words().unsent, { count: unsent.length, age: ago(Math.min(...unsent.map(({ at }) => at))) });
}

/** `3 min ago` */
export function ago(since_ms) {
  const s = Math.max(0, Math.round((Date.now() - since_ms) / 1000));
  const { s: seconds, min, h, d } = words();
  if (s < 60) return say(seconds, { count: s });
  if (s < 5400) return say(min, { count: Math.floor(s / 60) });
  if (s < 172_800) return say(h, { count: Math.floor(s / 3600) });
  return say(d, { count: Math.floor(s / 86_400) });
}

export function hhmm(at_ms) {
  const at = new Date(at_ms);
  return [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** The word, shape and colour of an entry's state. */
export function stateTag({ state }) {
  const tag = document.createElement('span');
  tag.className = `tag ${{ here: 'tag-warn', received: '', checked: 'tag-good', no: 'tag-bad' }[state]}`;
  tag.textContent = words()[state];
  return tag;
}

// What every page needs beyond HTML: going back, asking before a grave act, not sending a form twice, selecting an
// address at a touch, and saying when a live part has gone silent. Runs on Chromium 86.

import './drafts.js';

// Everybody is told when there is no network; pages with an outbox say it with what they hold, a wall by its age.
if (!document.getElementById('net') && !document.body.classList.contains('wall')) import('./line.js');

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-back]')) history.back();
  if (event.target.closest('[data-print]')) window.print();
  const field = event.target.closest('[data-select]');
  if (field) field.select();
  const copy = event.target.closest('[data-copy]');
  if (copy) copyText(copy);
});

document.addEventListener('submit', (event) => {
  // Some forms are taken over by their page: kept on the phone first.
  if (event.defaultPrevented) return;
  const form = event.target;
  const question = form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  // A form that gives a file leaves its page standing.
  if ('download' in form.dataset) return;
  // The button is put out of use after this turn, so that its own value still goes with the form.
  setTimeout(() => form.querySelectorAll('button').forEach((button) => { button.disabled = true; }), 0);
});

// Coming back through the browser's memory must find the buttons usable again.
window.addEventListener('pageshow', () => {
  document.querySelectorAll('form button[disabled]:not([data-off])').forEach((button) => { button.disabled = false; });
});

async function copyText(button) {
  const text = document.getElementById(button.dataset.copy).textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const range = document.createRange();
    range.selectNodeContents(document.getElementById(button.dataset.copy));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    document.execCommand('copy');
  }
  button.textContent = button.dataset.copied || button.textContent;
}

// A live part turns grey when its figures are a minute old, and says how old they are. What asks again by itself is as old as
// the last answer that came: a stream goes on saying "alive" (every 15 s) while every answer fails. What asks only when
// the stream says so is good as long as the stream is heard, so that a quiet night is not taken for a broken line.
const OLD_MS = 60_000;
const openedAt = Date.now();
const goodAt = new WeakMap();
/** Parts that were told of a change, or may have missed one, and have no answer yet. */
const waiting = new WeakSet();
const partOfStream = new WeakMap();
const hasHadStream = new WeakSet();
const asksByItself = (part) => /\bevery\b/.test(part.getAttribute('hx-trigger'));
const partOf = (event) => event.target.closest('[data-live]');

document.addEventListener('htmx:afterSwap', (event) => {
  const part = partOf(event);
  if (!part) return;
  waiting.delete(part);
  goodAt.set(part, Date.now());
});
// An answer without the part, the sign-in page after a session's end, would leave nothing where the figures stood.
document.addEventListener('htmx:beforeSwap', (event) => {
  const part = partOf(event);
  if (part && !event.detail.serverResponse.includes(`id="${part.id}"`)) event.detail.shouldSwap = false;
});
document.addEventListener('htmx:sseMessage', (event) => waiting.add(event.target));
document.addEventListener('htmx:sseOpen', (event) => {
  const part = event.target;
  const { source } = event.detail;
  partOfStream.set(source, part);
  source.addEventListener('alive', hear);
  // What changed while the line was gone was told to nobody.
  if (hasHadStream.has(part)) waiting.add(part);
  hasHadStream.add(part);
  hear({ target: source });
});

/** A part whose answer failed asks again: the next change may be hours away. */
function hear({ target }) {
  const part = partOfStream.get(target);
  if (waiting.has(part)) window.htmx.trigger(part, 'sse:changed');
  else if (!asksByItself(part)) goodAt.set(part, Date.now());
}

// Made by whoever speaks first: it takes a slow phone a tenth of a second, and most pages have no live part.
let spoken;
function inWords(age_s) {
  spoken = spoken || new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'always' });
  return age_s < 90 ? spoken.format(-age_s, 'second') : spoken.format(-Math.floor(age_s / 60), 'minute');
}

function sayAge(part) {
  const age_ms = Date.now() - (goodAt.get(part) || openedAt);
  const age_s = Math.floor(age_ms / 1000);
  part.toggleAttribute('data-stale', age_ms > OLD_MS);
  // Ten seconds are nothing to look at; a number that runs every second only distracts.
  part.querySelectorAll('[data-age]').forEach((age) => { age.textContent = age_s < 10 ? '' : inWords(age_s - (age_s % 10)); });
}
setInterval(() => document.querySelectorAll('[data-live]').forEach(sayAge), 2000);

// The strip of ways round begins where one is.
const here = document.querySelector('.bar nav [aria-current]');
if (here) here.parentElement.scrollLeft = here.offsetLeft - 80;

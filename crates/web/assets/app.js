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

// Live parts know when the server was last heard; after a minute of silence they turn grey and say how old they are. The
// stream says "alive" every 15 s, so a quiet night is not taken for a broken line.
const OLD_MS = 60_000;
let heardAt = Date.now();
const hear = () => { heardAt = Date.now(); };
document.addEventListener('htmx:afterSwap', hear);
document.addEventListener('htmx:sseMessage', hear);
document.addEventListener('htmx:sseOpen', (event) => {
  hear();
  event.detail.source.addEventListener('alive', hear);
});
// Made by whoever speaks first: it takes a slow phone a tenth of a second, and most pages have no live part.
let spoken;
function inWords(age_s) {
  spoken = spoken || new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'always' });
  return age_s < 90 ? spoken.format(-age_s, 'second') : spoken.format(-Math.floor(age_s / 60), 'minute');
}
setInterval(() => {
  const age_s = Math.floor((Date.now() - heardAt) / 1000);
  document.querySelectorAll('[data-live]').forEach((part) => {
    part.toggleAttribute('data-stale', Date.now() - heardAt > OLD_MS);
    // Ten seconds are nothing to look at; a number that runs every second only distracts.
    part.querySelectorAll('[data-age]').forEach((age) => { age.textContent = age_s < 10 ? '' : inWords(age_s - (age_s % 10)); });
  });
}, 2000);

// The strip of ways round begins where one is.
const here = document.querySelector('.bar nav [aria-current]');
if (here) here.parentElement.scrollLeft = here.offsetLeft - 80;

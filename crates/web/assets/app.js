// What every page needs beyond HTML: going back, asking before a grave act, not sending a form twice, selecting an
// address at a touch, and saying when a live part has gone silent. Runs on Chromium 86.

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-back]')) history.back();
  if (event.target.closest('[data-print]')) window.print();
  const field = event.target.closest('[data-select]');
  if (field) field.select();
  const copy = event.target.closest('[data-copy]');
  if (copy) copyText(copy);
});

document.addEventListener('submit', (event) => {
  const form = event.target;
  const question = form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
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

// Live parts carry the time of their making; older than a minute they turn grey.
const OLD_MS = 60_000;
const heard = new WeakMap();
document.addEventListener('htmx:afterSwap', (event) => heard.set(event.target, Date.now()));
setInterval(() => {
  document.querySelectorAll('[data-live]').forEach((part) => {
    if (!heard.has(part)) heard.set(part, Date.now());
    part.toggleAttribute('data-stale', Date.now() - heard.get(part) > OLD_MS);
  });
}, 2000);

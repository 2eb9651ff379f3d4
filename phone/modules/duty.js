// A volunteer's own page without a network: the last known state with its age; answers, coming and going are kept on the
// phone and sent afterwards.

import { uuid } from './device.js';
import { drop } from './drafts.js';
import { listen, net } from './net.js';
import { Outbox } from './outbox.js';
import { refresh } from './parts.js';
import { showStatus } from './status.js';
import { stateTag } from './words.js';
import { keepWorking } from './worker.js';

const LOCATED_WITHIN_MS = 3000;
const OWN_FIELDS = ['_key'];

let outbox;

/** What the form says; coming and going also carry an id, when, and where the phone says it is. */
async function bodyOf(form) {
  const body = {};
  new FormData(form).forEach((value, name) => {
    if (!OWN_FIELDS.includes(name) && value !== '') body[name] = value;
  });
  if (!form.hasAttribute('data-moment')) return body;
  const where = form.hasAttribute('data-locate') ? await locate() : {};
  return { ...body, id: uuid(), at: String(Date.now()), ...where };
}

/** Where the phone is, when it says so soon; it decides nothing. */
function locate() {
  return new Promise((resolve) => {
    setTimeout(() => resolve({}), LOCATED_WITHIN_MS);
    if (!navigator.geolocation) return resolve({});
    const told = ({ coords: { latitude, longitude } }) => resolve({ latitude, longitude });
    navigator.geolocation.getCurrentPosition(told, () => resolve({}), { timeout: LOCATED_WITHIN_MS, maximumAge: 60_000 });
  });
}

async function take(form) {
  form.querySelectorAll('button').forEach((button) => { button.disabled = true; });
  await outbox.addOwn(new URL(form.action).pathname, await bodyOf(form));
  drop(form);
}

/** A form whose act waits on this phone says so and is not offered again. */
function paint() {
  for (const form of document.querySelectorAll('form[data-own]')) {
    const last = outbox.lastOwn(new URL(form.action).pathname);
    const isWaiting = Boolean(last) && last.state === 'here';
    form.querySelectorAll('.pending').forEach((tag) => tag.remove());
    form.querySelectorAll('button').forEach((button) => { button.disabled = isWaiting; });
    if (!last || !(isWaiting || last.state === 'no')) continue;
    const line = document.createElement('p');
    line.className = 'pending';
    line.append(stateTag(last), ' ', last.sentence || document.getElementById('words').dataset.sentLater);
    form.prepend(line);
  }
}

async function begin() {
  outbox = await Outbox.open();
  window.muster = { outbox };
  showStatus(outbox);
  const ask = () => refresh(paint);
  let unsent = outbox.unsent.length;
  outbox.watch(() => {
    paint();
    if (outbox.unsent.length < unsent) ask();
    unsent = outbox.unsent.length;
  });
  net.watch((state) => state === 'on' && ask());
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches('[data-own]')) return;
    event.preventDefault();
    if (!form.dataset.confirm || window.confirm(form.dataset.confirm)) take(form);
  }, true);
  if (document.body.dataset.keptAt) ask();
  else outbox.seen(document.getElementById('words').dataset.epoch);
  paint();
  listen('deployments', ask);
  keepWorking();
}

begin();

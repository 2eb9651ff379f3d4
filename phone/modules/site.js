// The page of a site's chief. Every form marked data-outbox is kept on this phone first; the page shows at once what this
// phone knows and never more than the server has said.

import { drop } from './drafts.js';
import { listen, net, request } from './net.js';
import { Outbox } from './outbox.js';
import { refresh } from './parts.js';
import { byBadge, isHere, isNews, paintPeople, readBadge, row } from './people.js';
import { showStatus } from './status.js';
import { say, words } from './words.js';
import { paintEntries, paintWaiting, wireFiles } from './entries.js';
import { toast } from './toast.js';
import { keepWorking } from './worker.js';

const site = document.getElementById('site').dataset;
const order = site.order || undefined;
let outbox;

/** A second tap in the same moment is a slip: the button under the finger has changed its meaning. */
const SLIP_MS = 800;

/** What each form says, as an entry. */
const READ = {
  check_in: (form) => tapped(row(form.get('volunteer')), form.get('way')),
  badge: (form, element) => byCode(form.get('badge'), element),
  mark: (form) => keep({ kind: 'mark', item: form.get('item'), done: form.get('done') === 'true' }),
  request: (form, element) => send(element, {
    kind: 'request',
    request: form.get('kind'),
    role: form.get('role') || undefined,
    count: Number(form.get('count')) || undefined,
    details: form.get('details') || undefined,
  }),
  announcement: (form, element) => send(element, { kind: 'announcement', role: form.get('role') || undefined, text: form.get('text') }),
};

async function keep(body) {
  return outbox.add({ ...body, order });
}

/** A form with words in it: kept, emptied, and said that it is not sent before it is. */
async function send(element, body) {
  await keep(body);
  drop(element);
  element.reset();
  const around = element.closest('details');
  if (around) around.open = false;
  toast(words().sentLater);
}

let lastTap = { at: 0 };

async function tapped(line, way) {
  const { volunteer } = line.dataset;
  if (lastTap.volunteer === volunteer && Date.now() - lastTap.at < SLIP_MS) return;
  lastTap = { volunteer, at: Date.now() };
  await checkIn(line, way);
}

async function checkIn(line, way) {
  const { volunteer, name, role } = line.dataset;
  await keep({ kind: 'check_in', volunteer, way });
  toast(`${name} ${role} · ${way === 'out' ? site.out : site.in}`, () => keep({ kind: 'check_in', volunteer, way: 'undo' }));
}

/** A code, scanned or typed. Gives what to read back, and whether it was good. */
async function badge(typed) {
  const code = readBadge(typed);
  if (!code) return { isGood: false, text: site.misread };
  const line = await byBadge(code);
  if (!line) {
    await keep({ kind: 'check_in', badge: code, way: 'in' });
    return { isGood: true, text: site.stranger };
  }
  const { name, role } = line.dataset;
  if (isHere(line, outbox.entries)) return { isGood: true, text: `${name} ${role} · ${site.twice}` };
  await checkIn(line, 'in');
  return { isGood: true, text: `${name} ${role} · ${site.in}` };
}

async function byCode(typed, form) {
  const { isGood, text } = await badge(typed);
  readBack(isGood, text);
  if (isGood) form.reset();
  form.querySelector('input').focus();
}

function readBack(isGood, text) {
  const line = document.getElementById('read-back');
  line.textContent = text;
  line.className = `lead tag ${isGood ? 'tag-good' : 'tag-bad'}`;
  if (navigator.vibrate) navigator.vibrate(isGood ? 80 : [80, 60, 80]);
}

function wireForms() {
  // Before the general handler, which looks whether somebody has taken the form over.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.matches('[data-call]')) {
      event.preventDefault();
      call(form);
    }
    const read = READ[form.dataset.outbox];
    if (!read) return;
    event.preventDefault();
    Promise.resolve(read(new FormData(form), form)).catch((error) => {
      console.warn('not kept', error);
      toast(words().volatile);
    });
  }, true);
}

/** The number is asked for, which is written down, and dialled. */
async function call(form) {
  const body = JSON.stringify({ volunteer: new FormData(form).get('volunteer') });
  try {
    const answer = await request(form.action.replace('/sites/', '/api/v1/sites/'), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { phone, message } = await answer.json();
    if (answer.ok) location.href = `tel:${phone}`;
    else toast(message);
  } catch {
    toast(site.callOffline);
  }
}

/** The camera and its reader are loaded when somebody wants to scan. */
function wireScanner() {
  const panel = document.getElementById('scanner');
  if (!panel) return;
  const close = panel.querySelector('[data-close-scanner]');
  let scanner;
  const open = (isWithCamera) => {
    panel.hidden = close.hidden = false;
    panel.classList.add('sheet');
    document.getElementById('read-back').textContent = isWithCamera ? site.aim : '';
    document.getElementById('read-back').className = 'lead';
    if (!isWithCamera) panel.querySelector('input').focus();
  };
  panel.hidden = true;
  document.getElementById('dock').hidden = false;
  document.querySelector('[data-type-code]').addEventListener('click', () => open(false));
  document.querySelector('[data-scan]').addEventListener('click', async () => {
    open(true);
    try {
      const { startScanner } = await import('./scan.js');
      scanner = await startScanner(panel, async (text) => {
        const { isGood, text: said } = await badge(text);
        readBack(isGood, said);
      });
    } catch (error) {
      console.warn('no scanner', error);
      readBack(false, noScanner(error));
      panel.querySelector('input').focus();
    }
  });
  close.addEventListener('click', () => {
    if (scanner) scanner.stop();
    panel.hidden = true;
  });
}

/** Why nothing is scanned and what to do. The scanner itself is a module that may not be on this phone yet. */
function noScanner({ why = 'reader' }) {
  return { camera: site.noCamera, refused: site.cameraRefused, busy: site.cameraBusy, reader: site.noReader }[why];
}

function paint() {
  paintPeople(outbox.entries, site);
  paintMarks(outbox.entries);
  paintWaiting(outbox.entries, site);
  paintEntries(outbox.entries, site);
}

/** The last tick of each line of the checklist, sent or not. */
function paintMarks(entries) {
  for (const form of document.querySelectorAll('form[data-outbox=mark]')) {
    const item = form.querySelector('[name=item]').value;
    const last = entries.filter((entry) => entry.body.kind === 'mark' && entry.body.item === item && isNews(entry)).pop();
    const button = form.querySelector('button');
    button.classList.toggle('pending', Boolean(last) && last.state === 'here');
    if (!last) continue;
    button.setAttribute('aria-pressed', last.body.done);
    form.querySelector('[name=done]').value = !last.body.done;
  }
}

async function begin() {
  outbox = await Outbox.open(site.site);
  window.muster = { outbox };
  showStatus(outbox);
  if (outbox.isCleared) toast(site.lostHere);
  const fresh = () => {
    paint();
    const { epoch } = document.getElementById('site').dataset;
    outbox.seen(epoch);
  };
  const ask = () => refresh((document_) => {
    document.getElementById('site').dataset.epoch = document_.getElementById('site').dataset.epoch;
    fresh();
  });
  let answered = answeredOf(outbox);
  outbox.watch(() => {
    paint();
    if (answeredOf(outbox) === answered) return;
    answered = answeredOf(outbox);
    ask();
  });
  net.watch((state) => state === 'on' && ask());
  if (document.body.dataset.keptAt) ask();
  else outbox.seen(site.epoch);
  wireForms();
  wireScanner();
  wireFiles(outbox, site);
  paint();
  listen('deployments,places,problems,notices', ask);
  const scanner = document.getElementById('scanner');
  keepWorking(ask, scanner ? [scanner.dataset.zxing, scanner.dataset.wasm] : []);
}

function answeredOf({ entries }) {
  return entries.filter(({ state }) => state !== 'here').length;
}

begin();

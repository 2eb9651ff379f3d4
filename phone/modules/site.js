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
  badge: (form, element) => byCode(form, element),
  mark: (form) => keep({ kind: 'mark', item: form.get('item'), done: form.get('done') === 'true' }),
  stage: (form, element) => declare(form.get('stage'), element),
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

/** How far the site has come. What is so already is not said again; the server opens no site that lacks something. */
async function declare(stage, element) {
  const button = element.querySelector('button');
  if (button.getAttribute('aria-pressed') === 'true') return;
  const lacking = [...document.querySelectorAll('form[data-required] button[aria-pressed=false]')];
  if (stage === 'open' && lacking.length) {
    toast(`${site.lacks} ${lacking.map((tick) => tick.firstChild.textContent).join(' · ')}`);
    return;
  }
  if (element.dataset.sure && !window.confirm(element.dataset.sure)) return;
  await keep({ kind: 'stage', stage });
  toast(button.textContent, () => keep({ kind: 'stage', stage, undo: true }));
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

/** The code of somebody who is not of this site, while it is asked for which post they come. */
let asked;

/**
 * A code, scanned or typed. Gives what to read back, and whether it was good. Whoever is not of this site is entered once it
 * is known for which post; the shortest one is proposed.
 */
async function badge(typed, role) {
  const code = readBadge(typed);
  if (!code) return { isGood: false, text: site.misread };
  if (asked && asked !== code) await enterAsked();
  const line = await byBadge(code);
  if (!line && asked !== code) {
    askRole(code);
    return { isGood: false, text: site.strangerAs };
  }
  if (!line) {
    await enterAsked(role);
    return { isGood: true, text: site.stranger };
  }
  const { name, role: post } = line.dataset;
  if (isHere(line, outbox.entries)) return { isGood: true, text: `${name} ${post} · ${site.twice}` };
  await checkIn(line, 'in');
  return { isGood: true, text: `${name} ${post} · ${site.in}` };
}

function askRole(code) {
  asked = code;
  const form = document.querySelector('form[data-outbox=badge]');
  form.querySelector('[name=badge]').value = code;
  form.querySelector('[data-ask-role]').hidden = false;
  form.querySelector('select').value = shortest() || form.querySelector('select').value;
}

/** Whoever was scanned came, also when nobody chose a post before the next one: then for the one that was proposed. */
async function enterAsked(role) {
  const code = asked;
  const label = document.querySelector('[data-ask-role]');
  asked = undefined;
  label.hidden = true;
  await keep({ kind: 'check_in', badge: code, way: 'in', role: role || label.querySelector('select').value });
}

/** The post that lacks most people, with those who were entered here and are not in the list yet. */
function shortest() {
  const came = outbox.entries.filter((entry) => entry.body.kind === 'check_in' && entry.body.role && isNews(entry));
  const short = ({ role, short: lacking }) => Number(lacking) - came.filter(({ body }) => body.role === role).length;
  const posts = [...document.querySelectorAll('#part-people details[data-role]')].map(({ dataset }) => dataset).filter(({ role }) => role);
  return posts.sort((a, b) => short(b) - short(a)).map(({ role }) => role)[0];
}

async function byCode(said, form) {
  const { isGood, text } = await badge(said.get('badge'), said.get('role'));
  readBack(isGood, text);
  if (isGood) form.reset();
  form.querySelector(asked ? 'select' : 'input').focus();
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
  panel.hidden = panel.querySelector('[data-ask-role]').hidden = true;
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
    if (asked) enterAsked();
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
  paintStages(outbox.entries);
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

/** The stages as the server has them, and what was said here since. */
function paintStages(entries) {
  const forms = new Map([...document.querySelectorAll('form[data-outbox=stage]')].map((form) => [form.querySelector('[name=stage]').value, form]));
  if (!forms.size) return;
  const is = new Map([...forms].map(([stage, form]) => [stage, form.dataset.said === 'true']));
  const news = entries.filter((entry) => entry.body.kind === 'stage' && entry.body.order === order && isNews(entry));
  for (const { body: { stage, undo } } of news) {
    is.set(stage, !undo);
    if (stage === 'open' && !undo) is.set('set_up', true).set('closed', false);
    if (stage === 'closed') is.set('open', Boolean(undo));
  }
  for (const [stage, form] of forms) {
    const button = form.querySelector('button');
    button.setAttribute('aria-pressed', is.get(stage));
    button.classList.toggle('pending', news.some(({ body, state }) => body.stage === stage && state === 'here'));
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
  keepWorking(scanner ? [scanner.dataset.zxing, scanner.dataset.wasm] : []);
}

function answeredOf({ entries }) {
  return entries.filter(({ state }) => state !== 'here').length;
}

begin();

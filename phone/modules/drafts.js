// What is typed into forms marked data-draft is not lost: kept with every stroke, per person and form, put back when the
// form is seen again, dropped when the server has said that it was done, when it is thrown away, and at sign-out. A field is
// kept when it differs from what the page came with: what others change meanwhile is not put back to how it was.

import { who } from './device.js';

const KEPT_MS = 3 * 24 * 3600 * 1000;
const PREFIX = 'draft ';
const UNKEPT = ['hidden', 'password', 'file', 'submit', 'button'];

const own = () => `${PREFIX}${who()} `;

function nameOf(form) {
  return `${own()}${new URL(form.action).pathname} ${form.dataset.draft}`;
}

function fieldsOf(form) {
  return [...form.elements].filter(({ name, type }) => name && !UNKEPT.includes(type));
}

/** Fields of one name (radio buttons) come in their order; the cells of a grid have names of their own. */
function namesOf(fields) {
  const seen = {};
  return fields.map(({ name, dataset }) => dataset.cell || `${name} ${(seen[name] = (seen[name] || 0) + 1)}`);
}

function isTouched(field) {
  if (['checkbox', 'radio'].includes(field.type)) return field.checked !== field.defaultChecked;
  if (field.tagName !== 'SELECT') return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
}

function valueOf(field) {
  return ['checkbox', 'radio'].includes(field.type) ? field.checked : field.value;
}

function fill(field, value) {
  if (['checkbox', 'radio'].includes(field.type)) field.checked = value;
  else field.value = value;
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, draft) {
  try {
    localStorage.setItem(name, JSON.stringify(draft));
  } catch {
    // Storage refused: the page says so elsewhere; typing goes on.
  }
}

const stored = () => {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  } catch {
    return [];
  }
};

function keep(form, more) {
  const fields = fieldsOf(form);
  const names = namesOf(fields);
  const values = fields.map((field, at) => [names[at], valueOf(field)]).filter((_, at) => isTouched(fields[at]));
  if (values.length) write(nameOf(form), { at: Date.now(), values, ...more });
  else drop(form);
}

/** Whoever finds own words again knows that they are not saved, and can do without them. */
function say(form, at) {
  const { draft, discard, lang } = { ...document.documentElement.dataset, lang: document.documentElement.lang };
  if (!draft || form.querySelector('.draft')) return;
  const note = document.createElement('p');
  note.className = 'draft';
  note.append(draft.replace('{at}', new Date(at).toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit', hour12: false })), ' ');
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'link', textContent: discard });
  button.addEventListener('click', () => {
    drop(form);
    form.reset();
    note.remove();
  });
  note.append(button);
  form.prepend(note);
}

/** The words of a form have gone where they should. */
export function drop(form) {
  try {
    localStorage.removeItem(nameOf(form));
  } catch {
    // Nothing was kept then.
  }
}

/** Puts drafts back into the forms of the page. */
export function restore(root = document) {
  for (const form of root.querySelectorAll('form[data-draft]')) {
    const draft = read(nameOf(form));
    if (!draft) continue;
    const values = new Map(draft.values);
    const fields = fieldsOf(form);
    const names = namesOf(fields);
    const found = fields.filter((field, at) => values.has(names[at]) && !field.readOnly);
    if (!found.length) continue;
    found.forEach((field) => fill(field, values.get(names[fields.indexOf(field)])));
    say(form, draft.at);
    const around = form.closest('details');
    if (around) around.open = true;
  }
}

/** A page that says that something was done ends the draft that was sent; without such a word it stays. */
function settle() {
  const isDone = document.querySelector('.said, [data-done]');
  for (const name of stored()) {
    const draft = read(name);
    const isOld = !draft || Date.now() - draft.at > KEPT_MS;
    if (isOld || (draft.isSent && isDone && name.startsWith(own()))) localStorage.removeItem(name);
  }
}

/** A form has gone to the server. The next word of the server is about this one, not about those before it. */
function sent(form) {
  const isOver = new URL(form.action).pathname === '/sign-out';
  for (const name of stored().filter((name) => name.startsWith(own()))) {
    if (isOver) localStorage.removeItem(name);
    else write(name, { ...read(name), isSent: undefined });
  }
  // A form that gives a file leaves its page standing, with what was typed.
  if (form.matches('[data-draft][data-download]')) drop(form);
  else if (form.matches('[data-draft]')) keep(form, { isSent: true });
}

document.addEventListener('input', ({ target }) => target.form && target.form.matches('[data-draft]') && keep(target.form));
document.addEventListener('submit', (event) => {
  // Whether the form goes at all is known after everybody was asked.
  setTimeout(() => event.defaultPrevented || sent(event.target), 0);
});
document.addEventListener('htmx:afterSwap', ({ target }) => restore(target));
settle();
restore();

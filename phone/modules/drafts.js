// What is typed into forms marked data-draft is not lost: kept with every stroke, per person and form, put back when the
// form is seen again, dropped when the server has said that it was done.

const KEPT_MS = 3 * 24 * 3600 * 1000;
const PREFIX = 'draft ';
const UNKEPT = ['hidden', 'password', 'file', 'submit', 'button'];

function who() {
  return document.documentElement.dataset.who || '';
}

function nameOf(form) {
  return `${PREFIX}${who()} ${new URL(form.action).pathname} ${form.dataset.draft}`;
}

function fieldsOf(form) {
  return [...form.elements].filter(({ name, type }) => name && !UNKEPT.includes(type));
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

function keep(form) {
  write(nameOf(form), { at: Date.now(), values: fieldsOf(form).map((field) => [field.name, valueOf(field)]) });
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
    // Fields of one name (radio buttons) come in their order.
    fieldsOf(form).forEach((field, at) => {
      const [name, value] = draft.values[at] || [];
      if (name === field.name) fill(field, value);
    });
    const around = form.closest('details');
    if (around) around.open = true;
  }
}

/** A page that says that something was done ends the drafts that were sent; without such a word they stay. */
function settle() {
  const isDone = document.querySelector('.said');
  for (const name of stored()) {
    const draft = read(name);
    const isOld = !draft || Date.now() - draft.at > KEPT_MS;
    if (isOld || (draft.isSent && isDone)) localStorage.removeItem(name);
  }
}

document.addEventListener('input', ({ target }) => target.form && target.form.matches('[data-draft]') && keep(target.form));
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('[data-draft]')) return;
  const name = nameOf(form);
  const sent = { at: Date.now(), values: fieldsOf(form).map((field) => [field.name, valueOf(field)]), isSent: true };
  // Whether the form goes at all is known after everybody was asked.
  setTimeout(() => event.defaultPrevented || write(name, sent), 0);
});
document.addEventListener('htmx:afterSwap', ({ target }) => restore(target));
settle();
restore();

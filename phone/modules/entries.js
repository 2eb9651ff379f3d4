// The list of what was entered on this phone and how far it has come; requests that the server has not numbered yet; the
// outbox as a file.

import { toast } from './toast.js';
import { hhmm, say, stateTag } from './words.js';

const SHOWN = 30;

function what({ body, volunteer }, site) {
  if (body.kind === 'check_in') {
    const line = document.querySelector(`li[data-volunteer="${body.volunteer || volunteer}"]`);
    const way = { in: site.checkIn, out: site.checkOut, undo: site.undo }[body.way];
    return `${way} ${line ? line.dataset.name : body.badge || ''}`;
  }
  if (body.kind === 'mark') {
    const button = document.querySelector(`form[data-outbox=mark] [name=item][value="${body.item}"] ~ button`);
    return `${site.mark} ${button ? button.textContent : ''}`;
  }
  if (body.kind === 'stage') {
    const button = document.querySelector(`form[data-outbox=stage] [name=stage][value="${body.stage}"] ~ button`);
    return `${body.undo ? site.undo : ''} ${button ? button.textContent : ''}`;
  }
  return `${site[body.kind]} ${body.details || body.text || body.role || ''}`;
}

export function paintEntries(all, site) {
  const box = document.getElementById('outbox');
  const entries = all.filter(({ body }) => body.kind);
  box.hidden = false;
  if (!box.open && box.dataset.wired) return;
  const lines = entries.slice(-SHOWN).reverse().map((entry) => {
    const line = document.createElement('p');
    line.append(hhmm(entry.at), ' ', what(entry, site), ' ', stateTag(entry));
    if (entry.number) line.append(' ', entry.number);
    if (entry.sentence) line.append(document.createElement('br'), entry.sentence);
    return line;
  });
  document.getElementById('entries').replaceChildren(...lines);
}

/** Requests, announcements and stages that are only on this phone, above those the server has. */
export function paintWaiting(entries, site) {
  const box = document.getElementById('waiting-requests');
  const waiting = entries.filter(({ body, state }) => ['request', 'announcement', 'stage'].includes(body.kind) && ['here', 'no'].includes(state));
  box.replaceChildren(...waiting.slice(-SHOWN).map((entry) => {
    const card = document.createElement('p');
    card.className = 'panel';
    card.append(what(entry, site), ' ', stateTag(entry));
    if (entry.sentence) card.append(document.createElement('br'), entry.sentence);
    return card;
  }));
}

export function wireFiles(outbox, site) {
  const box = document.getElementById('outbox');
  box.dataset.wired = 'true';
  box.addEventListener('toggle', () => paintEntries(outbox.entries, site));
  document.getElementById('save-file').addEventListener('click', () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([outbox.toFile()], { type: 'application/json' }));
    link.download = `muster-${site.file}-${new Date().toISOString().slice(0, 16).replace(/\W/g, '')}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
  document.getElementById('read-file').addEventListener('change', async ({ target }) => {
    try {
      toast(say(site.readIn, { count: await outbox.readFile(await target.files[0].text()) }));
    } catch {
      toast(site.noFile);
    }
    target.value = '';
  });
}

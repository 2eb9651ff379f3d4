// The list of people, as the server knows it with what this phone knows beyond that: who was checked in or out here and is
// not yet in the server's list.

import { shown_at } from './parts.js';
import { stateTag } from './words.js';

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;

export const row = (volunteer) => document.querySelector(`li[data-volunteer="${volunteer}"]`);

/** A code as it was meant; none when it cannot be one of ours (its last letter checks the others). */
export function readBadge(typed) {
  const last = typed.trim().split('/').pop();
  const code = last.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  const values = [...code].map((letter) => LETTERS.indexOf(letter));
  if (code.length !== LENGTH || values.includes(-1)) return null;
  const twice = (value) => ((value << 1) & 32 ? ((value << 1) ^ 0b100101) & 31 : value << 1);
  return values.slice(0, -1).reduce((sum, value) => twice(sum ^ value), 0) === values[LENGTH - 1] ? code : null;
}

/** The person of this site with that badge; the list holds only the first bytes of each code's digest. */
export async function byBadge(code) {
  if (!crypto.subtle) return null;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code)));
  const mark = [...digest.slice(0, 3)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return document.querySelector(`li[data-mark="${mark}"]`);
}

/** Entered here, and not yet in what the screen shows from the server. */
export function isNews({ state, answered_at }) {
  return state === 'here' || (state === 'checked' && answered_at >= shown_at);
}

/** What this phone knows of people and the list does not show yet: volunteer → entries, in their order. */
function news(entries) {
  const found = new Map();
  for (const entry of entries) {
    const who = entry.body.volunteer || entry.volunteer;
    if (!isNews(entry) || entry.body.kind !== 'check_in' || !who) continue;
    found.set(who, [...(found.get(who) || []), entry]);
  }
  return found;
}

/** Whether somebody is here, by all that is known. */
export function isHere(line, entries) {
  const trail = [['arrived', 'walked_in'].includes(line.dataset.presence)];
  for (const { body } of news(entries).get(line.dataset.volunteer) || []) {
    if (body.way !== 'undo') trail.push(body.way === 'in');
    else if (trail.length > 1) trail.pop();
    else trail[0] = !trail[0];
  }
  return trail[trail.length - 1];
}

/** Paints the buttons and the tags of what is not sent yet. */
export function paintPeople(entries, words) {
  const known = news(entries);
  for (const line of document.querySelectorAll('li[data-volunteer]')) {
    const own = known.get(line.dataset.volunteer) || [];
    line.querySelectorAll('.pending').forEach((tag) => tag.remove());
    if (own.length) {
      const tag = stateTag(own[own.length - 1]);
      tag.classList.add('pending');
      line.querySelector('p').append(' ', tag);
    }
    const here = isHere(line, entries);
    const form = line.querySelector('form[data-outbox]');
    form.querySelector('[name=way]').value = here ? 'out' : 'in';
    const button = form.querySelector('button');
    button.textContent = here ? words.checkOut : words.checkIn;
    button.classList.toggle('main', !here);
  }
}

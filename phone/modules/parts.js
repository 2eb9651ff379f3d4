// The parts of a page that are asked for anew when something has changed; what is being typed lies outside of them.

import { request } from './net.js';

const PACE_MS = 1500;

let isAsking = false;
let isWanted = false;

/** When what is on the screen was true, by this phone's clock. */
export let shown_at = Number(document.body.dataset.keptAt) || Date.now();

/** Asks for the page again and puts its parts in place; `done` is called with the fresh document. */
export async function refresh(done) {
  isWanted = true;
  if (isAsking) return;
  isAsking = true;
  try {
    while (isWanted) {
      isWanted = false;
      await once(done);
      await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    }
  } catch {
    // No network: the page stays as it is and says so; it asks again when there is one.
  } finally {
    isAsking = false;
  }
}

async function once(done) {
  const asked_at = Date.now();
  const answer = await request(location.pathname, { headers: { accept: 'text/html' } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-part]')) {
    const other = fresh.getElementById(part.id);
    if (!other) continue;
    keepOpen(part, other);
    keepPlaces(part, other);
    part.replaceWith(document.adoptNode(other));
  }
  shown_at = asked_at;
  delete document.body.dataset.keptAt;
  done(fresh);
}

function keepOpen(part, fresh) {
  for (const details of part.querySelectorAll('details[id]')) {
    const other = fresh.querySelector(`#${details.id}`);
    if (other) other.open = details.open;
  }
}

/** Rows stay where they are as long as the page is open: in a list that moves under the finger the wrong person is tapped. */
function keepPlaces(part, fresh) {
  const places = new Map([...part.querySelectorAll('li[data-volunteer]')].map((row, nth) => [row.dataset.volunteer, nth]));
  const place = ({ dataset }) => (places.has(dataset.volunteer) ? places.get(dataset.volunteer) : places.size);
  for (const list of fresh.querySelectorAll('ul.people')) {
    list.append(...[...list.children].sort((a, b) => place(a) - place(b)));
  }
}

// The line that says how things are: network or not, how much is only on this phone, and since when. It says "received"
// only when the server has said so.

import { net } from './net.js';
import { ago, say, waiting, words } from './words.js';

const SHAPES = { on: 'tag-good', busy: 'tag-warn', off: 'tag-warn', out: 'tag-bad' };

export function showStatus(outbox) {
  const paint = () => paintNet(outbox);
  net.watch(paint);
  outbox.watch(paint);
  setInterval(paint, 1000);
  paint();
  document.getElementById('volatile').textContent = words().volatile;
  showAge();
}

function paintNet(outbox) {
  const { unsent } = outbox;
  document.getElementById('volatile').hidden = !outbox.isVolatile;
  const tone = net.state === 'on' && unsent.length ? 'busy' : net.state;
  const left = waiting(unsent) || (net.state === 'on' ? words().all : '');
  const text = [words()[net.state], left].filter(Boolean).join(' · ');
  const line = document.getElementById('net');
  line.hidden = false;
  line.dataset.net = net.state;
  line.dataset.unsent = unsent.length;
  const wanted = `net tag ${SHAPES[tone]}`;
  if (line.className !== wanted) line.className = wanted;
  if (line.textContent === text) return;
  line.textContent = text;
  if (net.state === 'out') line.append(' ', signInLink());
}

function signInLink() {
  const link = document.createElement('a');
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = '→';
  return link;
}

/** A page from the phone's own cache says how old it is. */
function showAge() {
  const line = document.getElementById('kept');
  const paint = () => {
    const { keptAt } = document.body.dataset;
    line.hidden = !keptAt;
    if (keptAt) line.textContent = say(words().keptPage, { age: ago(Number(keptAt)) });
  };
  setInterval(paint, 5000);
  paint();
}

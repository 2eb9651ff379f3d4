// On pages without an outbox of their own: says within a moment that there is no network, so that nobody sends a form into
// the void, and says and sends what was entered on this phone and has not arrived. Pages with an outbox say it with what else
// they know (status.js).

import { net } from './net.js';
import { Outbox } from './outbox.js';
import { waiting, words } from './words.js';

const line = document.getElementById('line');
let outbox;

function paint() {
  const text = [net.state === 'off' && words().noNetwork, outbox && waiting(outbox.unsent)].filter(Boolean).join(' ');
  line.hidden = !text;
  if (line.textContent !== text) line.textContent = text;
}

net.watch(paint);
paint();

Outbox.open().then((opened) => {
  outbox = opened;
  outbox.watch(paint);
  setInterval(paint, 1000);
  paint();
});

// On pages that keep nothing for later: says within a moment that there is no network, so that nobody sends a
// form into the void. Pages with an outbox say it with what they hold (status.js).

import { net } from './net.js';

const line = document.getElementById('line');

function paint() {
  line.hidden = net.state !== 'off';
}

net.watch(paint);
paint();

// Whether the server can be reached: told by the browser, by the live stream's breaking, by requests that fail, and by
// asking now and then. Three answers: on, off, out (reached, but the sign-in has ended).

const ASK_EVERY_MS = 15_000;
const ANSWER_WITHIN_MS = 4000;

const listeners = [];
let state = navigator.onLine === false ? 'off' : 'on';

export const net = {
  get state() {
    return state;
  },
  /** Calls back with each change. */
  watch: (listener) => listeners.push(listener),
  /** A request has shown how things are. */
  learn(found) {
    if (found === state) return;
    state = found;
    listeners.forEach((listener) => listener(state));
  },
  ask,
};

/** fetch with a time limit, which also tells whether there is a network. */
export async function request(address, { within_ms = 30_000, ...options } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), within_ms);
  try {
    const answer = await fetch(address, { credentials: 'same-origin', cache: 'no-store', ...options, signal: stop.signal });
    const isOut = answer.status === 401 || (answer.redirected && new URL(answer.url).pathname === '/sign-in');
    net.learn(isOut ? 'out' : 'on');
    return answer;
  } catch (error) {
    net.learn('off');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function ask() {
  if (navigator.onLine === false) return net.learn('off');
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ANSWER_WITHIN_MS);
  try {
    await fetch('/healthz', { cache: 'no-store', signal: stop.signal });
    // Being reached does not mend a sign-in that has ended.
    if (state === 'off') net.learn('on');
  } catch {
    net.learn('off');
  } finally {
    clearTimeout(timer);
  }
}

window.addEventListener('offline', () => net.learn('off'));
window.addEventListener('online', ask);
setInterval(() => document.hidden || ask(), ASK_EVERY_MS);

/** Calls back when something the page shows has changed. The stream mends itself; a broken one is a sign of no network. */
export function listen(about, changed) {
  const stream = new EventSource(`/live?about=${about}`);
  stream.addEventListener('changed', changed);
  stream.addEventListener('open', () => state === 'off' && ask());
  stream.addEventListener('error', () => {
    ask();
    if (stream.readyState !== EventSource.CLOSED) return;
    setTimeout(() => listen(about, changed), ASK_EVERY_MS);
  });
}

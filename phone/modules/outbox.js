// The outbox. Whatever is entered is kept on this phone first and sent afterwards, in the order of its number, as often as
// it takes until the server has answered. States: here (on this phone), received (the server has it, a person decides),
// checked (it counts), no (not accepted, with what to do). Only the server's answer moves an entry on.

import { recall, remember, uuid, who } from './device.js';
import { net, request } from './net.js';
import { openShelf } from './shelf.js';

const MOST_AT_ONCE = 100;
const KEPT_MS = 72 * 3600 * 1000;
const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 30_000;
/** A site counts as silent ten minutes after its last sign: an open page gives one in time even when one is lost. */
const SIGN_EVERY_MS = 4 * 60_000;

const STATES = { accepted: 'checked', duplicate: 'checked', refused: 'no', conflict: 'received' };

export class Outbox {
  #shelf;
  #site;
  #listeners = [];
  #sending = false;
  #again = false;
  #signed_at = -Infinity;
  #retry_ms = FIRST_RETRY_MS;
  #timer;
  entries = [];

  /** `site`: where this page sends to when it has nothing to send but its greeting; none on a volunteer's own page. */
  static async open(site) {
    const outbox = new Outbox();
    outbox.#shelf = await openShelf();
    outbox.#site = site;
    outbox.isCleared = await recall(outbox.#shelf);
    await outbox.#forgetOld();
    await outbox.#reload();
    net.watch((state) => state === 'on' && outbox.send());
    document.addEventListener('visibilitychange', () => document.hidden || outbox.#reload().then(() => outbox.send()));
    if (site) setInterval(() => outbox.send(), SIGN_EVERY_MS / 4);
    outbox.send();
    return outbox;
  }

  get isVolatile() {
    return this.#shelf.isVolatile;
  }

  get unsent() {
    return this.entries.filter(({ state }) => state === 'here');
  }

  watch(listener) {
    this.#listeners.push(listener);
  }

  /** Keeps something for the site; it is on this phone when the promise is fulfilled. */
  async add(body) {
    return this.#add('site', { site: this.#site, body });
  }

  /** Keeps something that goes to an address of one's own pages, and is said by nobody else who signs in on this phone. */
  async addOwn(to, body) {
    return this.#add('own', { to, body, key: uuid(), who: who() });
  }

  /** The last act of whoever this page was made for at an address of their own. */
  lastOwn(to) {
    return this.entries.filter((entry) => entry.to === to && isMine(entry)).pop();
  }

  async #add(sequence, entry) {
    const added = await this.#shelf.add(sequence, { ...entry, at: Date.now(), state: 'here' });
    if (sequence === 'site') remember({ id: added.device, top: added.n });
    await this.#reload();
    this.send();
    return added;
  }

  /** Sends what is unsent. Called as often as one likes. */
  async send() {
    if (this.#sending) {
      this.#again = true;
      return;
    }
    this.#sending = true;
    clearTimeout(this.#timer);
    try {
      do {
        this.#again = false;
        await withLock(() => this.#turn());
      } while (this.#again);
      this.#retry_ms = FIRST_RETRY_MS;
    } catch {
      this.#timer = setTimeout(() => this.send(), this.#retry_ms);
      this.#retry_ms = Math.min(this.#retry_ms * 2, LAST_RETRY_MS);
    } finally {
      this.#sending = false;
    }
  }

  /** Everything unsent, once through. Throws when the network or the server fails. */
  async #turn() {
    await this.#reload();
    for (const entry of this.unsent.filter((entry) => entry.to && isMine(entry))) await this.#sendOwn(entry);
    for (const batch of batches(this.unsent.filter(({ to }) => !to))) await this.#sendBatch(batch);
    if (this.#site && Date.now() - this.#signed_at >= SIGN_EVERY_MS) await this.#sign();
  }

  /**
   * A sign of life, when nothing else has been sent for a while: the server learns that the site is there and how far this
   * phone's numbers go, this phone learns in which life the database is.
   */
  async #sign() {
    const { id } = await this.#shelf.fact('site');
    await this.#sendBatch({ site: this.#site, device: id, entries: [] });
  }

  async #sendBatch({ site, device, entries }) {
    const own = await this.#shelf.fact('site');
    const left = this.unsent.filter((entry) => entry.device === device && !entries.includes(entry)).length;
    const top = device === own.id ? own.top : Math.max(...entries.map(({ n }) => n));
    const items = entries.map(({ n, at, body }) => ({ ...body, n, at }));
    const answer = await post(`/api/v1/sites/${site}/outbox`, { device, top, holding: left, sent_at: Date.now(), items });
    if (site === this.#site) this.#signed_at = Date.now();
    if (answer.isRefused && entries.length > 1) {
      const middle = Math.ceil(entries.length / 2);
      await this.#sendBatch({ site, device, entries: entries.slice(0, middle) });
      return this.#sendBatch({ site, device, entries: entries.slice(middle) });
    }
    if (answer.isRefused) return this.#settle(entries, () => ({ state: 'no', sentence: answer.sentence }));
    const verdicts = new Map(answer.results.map((verdict) => [verdict.n, verdict]));
    const judged = entries.filter(({ n }) => verdicts.has(n));
    await this.#settle(judged, ({ n }) => {
      const { outcome, ...rest } = verdicts.get(n);
      return { state: STATES[outcome], outcome, ...rest };
    });
    await this.#inLife(answer.epoch, judged);
  }

  async #sendOwn(entry) {
    const answer = await post(`/api/v1${entry.to}`, entry.body, { key: entry.key, who: entry.who });
    await this.#settle([entry], () => (answer.isRefused ? { state: 'no', sentence: answer.sentence } : { state: 'checked' }));
  }

  async #settle(entries, verdict) {
    if (!entries.length) return;
    await this.#shelf.put(entries.map((entry) => ({ ...entry, ...verdict(entry), answered_at: Date.now() })));
    await this.#reload();
  }

  /**
   * A restored server may lack what it had acknowledged: whatever is still here is sent again, with its old number.
   * Unsent first and the new life noted afterwards, so that dying in between repeats it.
   */
  async #inLife(epoch, justJudged) {
    const known = await this.#shelf.fact('epoch');
    if (known === epoch) return;
    if (known) {
      const fresh = new Set(justJudged.map(({ n, device }) => `${device} ${n}`));
      const again = this.entries.filter(({ state, device, n }) => state !== 'here' && !fresh.has(`${device} ${n}`));
      await this.#shelf.put(again.map((entry) => ({ ...entry, state: 'here' })));
      this.#again = true;
    }
    await this.#shelf.note('epoch', epoch);
    await this.#reload();
  }

  /** The page came from a server in this life. */
  async seen(epoch) {
    const known = await this.#shelf.fact('epoch');
    if (known === epoch) return;
    await this.#inLife(epoch, []);
    this.send();
  }

  async #reload() {
    this.entries = await this.#shelf.all();
    this.#listeners.forEach((listener) => listener());
  }

  async #forgetOld() {
    const entries = await this.#shelf.all();
    const isOld = ({ state, answered_at }) => state !== 'here' && Date.now() - answered_at > KEPT_MS;
    await this.#shelf.remove(entries.filter(isOld));
  }

  /** What is unsent, as a file that another phone can read. */
  toFile() {
    return JSON.stringify({ muster: 'outbox', saved_at: Date.now(), entries: this.unsent }, null, 1);
  }

  /** Takes over what another phone saved, under its own name and numbers: sent twice, it still counts once. */
  async readFile(text) {
    const { muster, entries } = JSON.parse(text);
    if (muster !== 'outbox') throw new Error('not an outbox');
    const known = new Set(this.entries.map(({ device, n }) => `${device} ${n}`));
    const isWhole = ({ device, n, site, body, at }) => device && device !== 'own' && n > 0 && site && body && at;
    const taken = entries.filter((entry) => isWhole(entry) && !known.has(`${entry.device} ${entry.n}`));
    await this.#shelf.put(taken.map((entry) => ({ ...entry, state: 'here' })));
    await this.#reload();
    this.send();
    return taken.length;
  }
}

/** Runs of one phone and site, in the order of their numbers, no longer than one turn takes. */
function batches(entries) {
  const found = [];
  for (const entry of entries) {
    const last = found[found.length - 1];
    const fits = last && last.site === entry.site && last.device === entry.device && last.entries.length < MOST_AT_ONCE;
    if (fits) last.entries.push(entry);
    else found.push({ site: entry.site, device: entry.device, entries: [entry] });
  }
  return found;
}

function isMine({ who: whose }) {
  return !whose || whose === who();
}

/** The answer, or that it was refused for good. Whatever may be otherwise later throws: the entry stays unsent. */
async function post(address, body, { key, who: whose } = {}) {
  const headers = { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }), ...(whose && { 'muster-who': whose }) };
  const answer = await request(address, { method: 'POST', headers, body: JSON.stringify(body) });
  // Some acts are answered with nothing but that they are done.
  if (answer.ok) return (await answer.json()) || {};
  const { code, message } = await answer.json().catch(() => ({}));
  // Too early, too much, busy, signed out, signed in as somebody else (web.2): nothing of that is the entry's fault.
  const isForGood = code !== 'web.2' && (key ? [404, 409, 410, 422] : [413, 422]).includes(answer.status);
  if (!isForGood) throw new Error(`${answer.status}`);
  return { isRefused: true, sentence: message };
}

/** One page of this phone sends at a time; where there are no locks, sending twice does no harm. */
function withLock(work) {
  return navigator.locks ? navigator.locks.request('muster-outbox', work) : work();
}

// What this phone keeps: entries until they are checked, and a few facts about itself. In IndexedDB; in memory, and said
// so, where the browser refuses storage (private windows, some apps).

import { openDB } from './idb.js';

const OPEN_WITHIN_MS = 4000;
/** What is numbered: entries for a site, and acts of one's own pages. */
const SEQUENCES = ['site', 'own'];

/** Opens the shelf. Never fails: `isVolatile` says whether closing the page loses what is unsent. */
export async function openShelf() {
  const opening = openKept();
  try {
    return await within(OPEN_WITHIN_MS, opening);
  } catch (error) {
    console.warn('storage is refused', error);
    const shelf = new VolatileShelf();
    // Or only late, as after a crash on a slow phone: what was entered meanwhile moves there.
    opening.then((kept) => shelf.moveTo(kept)).catch(() => {});
    return shelf;
  }
}

async function openKept() {
  const shelf = new Shelf(await openDB('muster', 1, { upgrade: build }));
  await shelf.note('opened', Date.now());
  return shelf;
}

function build(db) {
  db.createObjectStore('entries', { keyPath: ['device', 'n'] }).createIndex('state', 'state');
  db.createObjectStore('facts');
}

// Some engines neither open nor refuse.
function within(ms, promise) {
  return Promise.race([promise, new Promise((_, refuse) => setTimeout(() => refuse(new Error('no answer')), ms))]);
}

class Shelf {
  isVolatile = false;

  constructor(db) {
    this.db = db;
  }

  /** Gives an entry the next number of its sequence and keeps both in one transaction: a number is never given twice. */
  async add(sequence, entry) {
    const tx = this.db.transaction(['facts', 'entries'], 'readwrite', { durability: 'strict' });
    const { id, top } = await tx.objectStore('facts').get(sequence);
    const numbered = { ...entry, device: id, n: top + 1 };
    tx.objectStore('facts').put({ id, top: top + 1 }, sequence);
    tx.objectStore('entries').put(numbered);
    await tx.done;
    return numbered;
  }

  async put(entries) {
    const tx = this.db.transaction('entries', 'readwrite', { durability: 'strict' });
    entries.forEach((entry) => tx.store.put(entry));
    await tx.done;
  }

  /** An entry numbered elsewhere. A number that is taken, by a page that died before the cookie knew it, becomes a new one. */
  async takeIn(entry) {
    const taken = await this.db.get('entries', [entry.device, entry.n]);
    if (taken && taken.at !== entry.at) await this.add('site', entry);
    else await this.put([entry]);
  }

  /** A sequence goes on from where it was counted to elsewhere. */
  async countOn(sequence, counted) {
    const tx = this.db.transaction('facts', 'readwrite', { durability: 'strict' });
    const known = await tx.store.get(sequence);
    if (counted && (!known || (known.id === counted.id && known.top < counted.top))) tx.store.put(counted, sequence);
    await tx.done;
  }

  async remove(entries) {
    const tx = this.db.transaction('entries', 'readwrite');
    entries.forEach(({ device, n }) => tx.store.delete([device, n]));
    await tx.done;
  }

  /** All entries in the order of their numbers. */
  all() {
    return this.db.getAll('entries');
  }

  fact(name) {
    return this.db.get('facts', name);
  }

  note(name, value) {
    return this.db.put('facts', value, name);
  }
}

class VolatileShelf {
  isVolatile = true;
  entries = new Map();
  facts = new Map();
  /** Numbers of one's own acts begin anew here; those on a shelf that opens late must stay apart. */
  #own = `own ${Date.now()}`;

  async add(sequence, entry) {
    const { id, top } = this.facts.get(sequence);
    this.facts.set(sequence, { id, top: top + 1 });
    const numbered = { ...entry, device: sequence === 'site' ? id : this.#own, n: top + 1 };
    await this.put([numbered]);
    return numbered;
  }

  /** The storage has opened after all: everything moves there, and from now on this is that shelf. */
  async moveTo(kept) {
    const moved = new Set();
    const left = () => [...this.entries.values()].filter((entry) => !moved.has(entry));
    do {
      for (const entry of left()) {
        await kept.takeIn(entry);
        moved.add(entry);
      }
      // Last: whatever was numbered while the entries moved must not get its number a second time.
      for (const sequence of SEQUENCES) await kept.countOn(sequence, this.facts.get(sequence));
    } while (left().length);
    for (const name of ['add', 'put', 'remove', 'all', 'fact', 'note']) this[name] = (...asked) => kept[name](...asked);
    this.isVolatile = false;
  }

  async put(entries) {
    entries.forEach((entry) => this.entries.set(`${entry.device} ${entry.n}`, entry));
  }

  async remove(entries) {
    entries.forEach(({ device, n }) => this.entries.delete(`${device} ${n}`));
  }

  async all() {
    return [...this.entries.values()].sort((a, b) => a.n - b.n);
  }

  async fact(name) {
    return this.facts.get(name);
  }

  async note(name, value) {
    this.facts.set(name, value);
  }
}

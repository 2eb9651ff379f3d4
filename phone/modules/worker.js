// The service worker opens pages without a network; where an app blocks it everything else still works while the page
// stays open.

import { net, request } from './net.js';

const IDLE_MS = 8000;

/**
 * `spare`: addresses that are fetched when the phone has nothing else to do, so that they are there without a network.
 */
export async function keepWorking(spare = []) {
  try {
    const { serviceWorker } = navigator;
    serviceWorker.addEventListener('controllerchange', passByWorker);
    // Another tab's worker may have taken this page over before it could be heard.
    if (serviceWorker.controller && !cameByWorker()) passByWorker();
    // A network that goes while the worker is being fetched: again with the next one.
    net.watch((state) => state === 'on' && !serviceWorker.controller && serviceWorker.register('/sw.js').catch(() => {}));
    await serviceWorker.register('/sw.js');
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  } catch (error) {
    console.info('no service worker', error);
  }
  const saves = navigator.connection && navigator.connection.saveData;
  const wanted = 'BarcodeDetector' in window || saves ? [] : spare.filter(Boolean);
  const fetchSpare = () => wanted.forEach((address) => fetch(address).catch(() => {}));
  setTimeout(fetchSpare, IDLE_MS);
  net.watch((state) => state === 'on' && fetchSpare());
}

const cameByWorker = () => performance.getEntriesByType('navigation').some(({ workerStart }) => workerStart > 0);

/** The page came before the worker did: it is asked for once more, so that the worker can keep it. What is shown stays. */
function passByWorker() {
  request(location.pathname, { headers: { accept: 'text/html' } }).catch(() => {});
}

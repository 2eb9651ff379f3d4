// The service worker opens pages without a network; where an app blocks it everything else still works while the page
// stays open.

const IDLE_MS = 8000;

/**
 * `begun` is called when the worker begins to look after this page. `spare`: addresses that are fetched when the phone has
 * nothing else to do, so that they are there without a network.
 */
export async function keepWorking(begun, spare = []) {
  try {
    navigator.serviceWorker.addEventListener('controllerchange', begun);
    await navigator.serviceWorker.register('/sw.js');
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  } catch (error) {
    console.info('no service worker', error);
  }
  const saves = navigator.connection && navigator.connection.saveData;
  const wanted = 'BarcodeDetector' in window || saves ? [] : spare.filter(Boolean);
  setTimeout(() => wanted.forEach((address) => fetch(address).catch(() => {})), IDLE_MS);
}

// The answers are in, or can go nowhere any more: nothing of them stays on this phone.
const scope = document.querySelector("[data-finished]").dataset.finished;

indexedDB.deleteDatabase(`suara${scope}`);
if (globalThis.caches) caches.delete(`suara${scope}`);
navigator.serviceWorker?.getRegistration(scope).then((found) => {
  if (found && new URL(found.scope).pathname === scope) found.unregister();
});

// Saves while somebody answers, and has the service worker keep what cannot be sent just now.
import { say } from "./status.js";

const PAUSE = 1500;

/** Save `form` shortly after each change; `stop()` before the form itself is sent. */
export function watch(form) {
  if (!form.dataset.offline) return { stop() {} };
  const turn = form.querySelector("[data-turn]");
  let timer = 0;
  let known = text();
  let under_way = null;
  let isStopped = false;

  function text() {
    const fields = new URLSearchParams(new FormData(form));
    for (const name of ["csrfmiddlewaretoken", "altcha", "turn"]) fields.delete(name);
    return fields.toString();
  }

  async function save(isLeaving) {
    clearTimeout(timer);
    const now = text();
    if (isStopped || now === known) return;
    const before = known;
    known = now;
    turn.value = Number(turn.value) + 1;
    const body = new URLSearchParams(new FormData(form));
    body.delete("altcha");
    body.set("action", "save");
    under_way?.abort();
    under_way = new AbortController();
    const { signal } = under_way;
    try {
      const answer = await fetch(location.pathname, {
        method: "POST", body, keepalive: isLeaving, redirect: "manual", signal,
      });
      if (answer.status === 202) say("kept");
      else if (answer.ok) say("saved");
      else throw new Error(String(answer.status));
    } catch {
      if (signal.aborted) return;
      known = before;
      if (!navigator.onLine) say("lost");
    }
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  window.addEventListener("online", () => save(false));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
  window.addEventListener("load", () => setTimeout(prepare, 0, form.dataset));

  return {
    stop() {
      clearTimeout(timer);
      isStopped = true;
      under_way?.abort();
      turn.value = Number(turn.value) + 1;
    },
  };
}

/** Have the worker stand by, and lay in the page that it shows without a connection. */
async function prepare({ worker, offline }) {
  if (!("serviceWorker" in navigator)) return;
  const scope = new URL("./", new URL(worker, location)).pathname;
  try {
    await navigator.serviceWorker.register(worker, { scope });
    const store = await caches.open(`suara${scope}`);
    if (await store.match(offline)) return;
    for (const old of await store.keys()) await store.delete(old);
    const page = await fetch(offline);
    const parsed = new DOMParser().parseFromString(await page.clone().text(), "text/html");
    const parts = [...parsed.querySelectorAll("link[href], script[src]")];
    await store.addAll(parts.map((part) => part.getAttribute("href") || part.getAttribute("src")));
    await store.put(offline, page);
  } catch (error) {
    // Blocked by the browser's settings or no connection: everything works without it.
    console.info("Nothing is kept without a connection:", error.message);
  }
}

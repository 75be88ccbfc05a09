// The service worker of one survey's pages (scope: /surveys/<survey>/).
//
// A page of answers is written down before it is sent and crossed out when the server has spoken,
// so that a lost connection, a reload or a phone that dies loses nothing. Sending a page twice is
// harmless: the server knows each form by its key. Nothing is dropped for being old.
const HOME = new URL("./", self.location).pathname;
const FORMS = [`${HOME}answer/`, `${HOME}check/`];
const STORE = `suara${HOME}`;
const PATIENCE = 40_000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("sync", (event) => event.waitUntil(inTurn(() => sendAll({ isQuiet: true }))));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  const isVisit = request.mode === "navigate";
  if (request.method === "POST" && FORMS.includes(url.pathname)) {
    event.respondWith(keepAndSend(request, isVisit));
  } else if (request.method === "POST" && url.pathname === HOME && isVisit) {
    event.respondWith(begin(request));
  } else if (request.method === "GET" && isVisit && url.pathname.startsWith(HOME)) {
    event.respondWith(visit(event, url.pathname));
  } else if (request.method === "GET" && ["style", "script", "image"].includes(request.destination)) {
    event.respondWith(fetch(request).catch(() => stored(request)));
  }
});

/* ------------------------------------------------------------ what is asked of the network */

async function keepAndSend(request, isVisit) {
  const again = request.clone();
  const body = await request.text();
  const page = new URLSearchParams(body).get("page") || new URL(request.url).pathname;
  const post = { page, url: request.url, body, at: Date.now() };
  return inTurn(async () => {
    try {
      await write(post);
    } catch {
      return fetch(again); // No room to write on: the page is sent as without this worker.
    }
    const answers = await sendAll({ isQuiet: false });
    const answer = answers.get(page);
    if (answer) return answer;
    await self.registration.sync?.register("send").catch(() => {});
    if (isVisit) return offlinePage();
    return new Response('{"kept": "phone"}', {
      status: 202, headers: { "Content-Type": "application/json" },
    });
  });
}

/** Beginning anew forgets what the person before has left here. */
async function begin(request) {
  const body = new URLSearchParams(await request.clone().text());
  if (body.get("action") === "restart") await inTurn(forget);
  return fetch(request).catch(() => offlinePage());
}

async function visit(event, path) {
  if (FORMS.includes(path)) {
    const answers = await inTurn(() => sendAll({ isQuiet: false }));
    const last = [...answers.values()].pop();
    if (last) return last;
    if ((await written()).length) return offlinePage();
  }
  try {
    const answer = await fetch(event.request);
    event.waitUntil(inTurn(() => sendAll({ isQuiet: true })));
    return answer;
  } catch {
    return offlinePage();
  }
}

/**
 * Send what is written down, oldest first, until the network fails. Returns the server's answers
 * by page. When quiet nobody sees an answer, so only a plain "kept" crosses a page out.
 */
async function sendAll({ isQuiet }) {
  const answers = new Map();
  for (const post of await written()) {
    const answer = await send(post);
    if (!answer) break;
    const isKept = answer.ok || answer.type === "opaqueredirect";
    // A survey that is paused (409) takes the page later.
    if (isKept || (!isQuiet && answer.status !== 409)) await crossOut(post);
    answers.set(post.page, answer);
  }
  if (answers.size && isQuiet) {
    for (const client of await self.clients.matchAll()) client.postMessage("sent");
  }
  return answers;
}

async function send(post) {
  try {
    const answer = await fetch(post.url, {
      method: "POST",
      body: post.body,
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const isBusy = answer.status >= 500 || [408, 425, 429].includes(answer.status);
    return isBusy ? null : answer;
  } catch {
    return null;
  }
}

/* ----------------------------------------------------------------- the page without a network */

async function offlinePage() {
  const found = await stored(new Request(`${HOME}offline/`));
  const isKept = (await written()).length > 0;
  const html = found.ok ? await found.text() : "";
  return new Response(html.replace('data-kept="no"', `data-kept="${isKept ? "yes" : "no"}"`), {
    status: found.ok ? 200 : 503,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": found.headers.get("Content-Security-Policy") || "default-src 'self'",
    },
  });
}

async function stored(request) {
  const store = await caches.open(STORE);
  return (await store.match(request, { ignoreSearch: true, ignoreVary: true })) || Response.error();
}

/* ------------------------------------------------------------------------ the written-down pages */

// One after the other: two sendings at once could overtake each other.
let turn = Promise.resolve();
function inTurn(action) {
  const result = turn.then(action, action);
  turn = result.catch(() => {});
  return result;
}

function database() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(STORE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("posts", { keyPath: "page" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

async function ask(mode, action) {
  const opened = await database();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = opened.transaction("posts", mode, { durability: "strict" });
      const request = action(transaction.objectStore("posts"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    opened.close();
  }
}

const write = (post) => ask("readwrite", (posts) => posts.put(post));
const forget = () => ask("readwrite", (posts) => posts.clear());

async function written() {
  const found = await ask("readonly", (posts) => posts.getAll());
  return found.sort((one, other) => one.at - other.at);
}

/** Strike a page, unless it was written anew while it was sent. */
async function crossOut(post) {
  const [kept] = (await written()).filter((other) => other.page === post.page);
  if (kept && kept.at === post.at && kept.body === post.body) {
    await ask("readwrite", (posts) => posts.delete(post.page));
  }
}

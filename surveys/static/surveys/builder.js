// Makes the builder fluid. Every act is a plain form; here the same forms are sent in the
// background, one after the other, and the parts that changed are put in place.
const root = document.querySelector("[data-builder]");
const toast = root.querySelector("[data-toast]");
root.classList.add("is-scripted");
const DELAY = 700;
let queue = Promise.resolve();
let timer = null;
let waiting = null; // the form whose typing is not saved yet
let query = root.dataset.query;

const part = (id) => document.getElementById(id);
const state = (words, kind = "") => {
  const place = root.querySelector("[data-saved-state]");
  if (place) { place.textContent = words; place.dataset.kind = kind; }
};
const say = (words, isBad = false) => {
  toast.textContent = words || "";
  toast.classList.toggle("is-bad", isBad);
};

// Who was refused because somebody else was quicker decides; nothing overwrites the other's words
// merely because typing went on.
const undecided = () => root.querySelector(".builder__conflict");

// Sending --------------------------------------------------------------------------------------

function send(form, { submitter = null, quiet = false, extra = {} } = {}) {
  clearTimeout(timer);
  const isWaiting = waiting === form;
  if (isWaiting) waiting = null;
  const data = new FormData(form, submitter ?? undefined);
  for (const [name, value] of Object.entries(extra)) data.set(name, value);
  if (quiet) data.set("quiet", "1");
  const before = submitter?.dataset.keepsPlace ? null : document.activeElement?.id;
  queue = queue.then(() => post(data, { quiet, focus: before, form }));
  return queue;
}

async function post(data, { quiet, focus, form }) {
  if (quiet && undecided()) { state(root.dataset.unsaved, "bad"); return; }
  // The revision is the newest one known when this act's turn comes, not when it was pressed.
  const known = root.querySelector("[name=revision]");
  if (known) data.set("revision", known.value);
  state(root.dataset.saving, "busy");
  let answer;
  try {
    const response = await fetch(root.dataset.act, {
      method: "POST",
      body: data,
      headers: { "X-Builder": "1", Accept: "application/json" },
    });
    if (!(response.headers.get("Content-Type") || "").includes("json")) {
      // Signed out, or no permission any more: the page itself says it best.
      state(root.dataset.unsaved, "bad");
      say(root.dataset.offline, true);
      return;
    }
    answer = await response.json();
  } catch {
    state(root.dataset.unsaved, "bad");
    say(root.dataset.offline, true);
    if (form?.isConnected && "autosave" in form.dataset) {
      waiting = form;
      timer = setTimeout(() => send(form, { quiet: true }), 5000);
    }
    return;
  }
  put(answer, { quiet, focus });
}

function put(answer, { quiet, focus }) {
  // What was typed while a refusal was on its way stands in the form that it replaces.
  const typed = !answer.ok && waiting?.isConnected ? new FormData(waiting) : null;
  const replaced = waiting?.id;
  for (const [id, html] of Object.entries(answer.html || {})) {
    if (part(id)) part(id).innerHTML = html;
  }
  if (typed && part(replaced)) {
    waiting = part(replaced);
    for (const field of waiting.querySelectorAll("textarea, input[type=text], input:not([type])")) {
      if (typed.has(field.name)) field.value = typed.get(field.name);
    }
  }
  if (answer.revision !== undefined) {
    for (const field of root.querySelectorAll("[name=revision]")) field.value = answer.revision;
  }
  if (answer.url && answer.url !== location.pathname + location.search) {
    history.replaceState(null, "", answer.url);
  }
  if (answer.query !== undefined) {
    // A new code must reach every form that names the question.
    query = answer.query;
    const now = new URLSearchParams(query);
    for (const name of ["page", "question"]) {
      for (const field of part("builder-editor").querySelectorAll(`input[type=hidden][name=${name}]`)) {
        field.value = now.get(name) || "";
      }
    }
  }
  say(answer.message, !answer.ok);
  if (answer.ok) state(root.dataset.saved, "good");
  else state(root.dataset.unsaved, "bad");
  const refusal = root.querySelector("[data-refusal]");
  if (!answer.ok && refusal) refusal.focus();
  else if (!quiet && focus && part(focus)) part(focus).focus({ preventScroll: true });
  else if (!quiet && answer.html?.["builder-editor"]) {
    const first = root.querySelector("#f-label, #f-title");
    if (first && !first.value) first.focus({ preventScroll: true });
  }
  if (answer.ok) preview();
}

// Typing ---------------------------------------------------------------------------------------

function later(form) {
  waiting = form;
  clearTimeout(timer);
  if (undecided()) { state(root.dataset.unsaved, "bad"); return; }
  state("…", "busy");
  timer = setTimeout(() => send(form, { quiet: true }), DELAY);
}

function settle() {
  if (waiting?.isConnected && !undecided()) return send(waiting, { quiet: true });
  return queue;
}

root.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && "autosave" in form.dataset && !("noAutosave" in event.target.dataset)) later(form);
});

root.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form) return;
  if ("redraws" in event.target.dataset) send(form, {});
  else if ("rules" in form.dataset && event.target.name !== "text") {
    send(form, { extra: { do: "show", eager: "1" } });
  } else if ("autosave" in form.dataset && !("noAutosave" in event.target.dataset)) later(form);
});

root.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("actForm" in form.dataset)) return;
  event.preventDefault();
  const submitter = event.submitter;
  const isRules = "rules" in form.dataset && /^(rule|group)-/.test(submitter?.value || "");
  const press = () => {
    if (form.isConnected) send(form, { submitter, extra: isRules ? { eager: "1" } : {} });
  };
  if (waiting && waiting !== form) settle().then(press);
  else press();
});

// Moving about in the builder without leaving the page ------------------------------------------

async function open(address) {
  await settle();
  if (undecided()) waiting = null;
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) { location.assign(address); return; }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!page.querySelector("[data-builder]")) { location.assign(address); return; }
  for (const id of ["builder-bar", "builder-outline", "builder-editor", "builder-problems"]) {
    const from = page.getElementById(id);
    if (from && part(id)) {
      const scroll = part(id).scrollTop;
      part(id).replaceChildren(...from.childNodes);
      part(id).scrollTop = scroll;
    }
  }
  query = page.querySelector("[data-builder]").dataset.query;
  say("");
  const trying = page.querySelector(".builder__try a");
  if (trying) root.querySelector(".builder__try a").href = trying.getAttribute("href");
  const hash = new URL(address, location.href).hash;
  const target = hash ? part(hash.slice(1)) : null;
  // Stay where the eye is, unless what was opened stands out of sight.
  const shown = target || part("builder-editor");
  const { top } = shown.getBoundingClientRect();
  if (top < 0 || top > window.innerHeight * 0.6) shown.scrollIntoView({ block: "start" });
  part("builder-editor").focus({ preventScroll: true });
  preview();
}

root.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const href = link.getAttribute("href") || "";
  const here = new URL(href, location.href);
  if (link.target || here.pathname !== location.pathname || href.startsWith("#")) return;
  event.preventDefault();
  if (undecided() && !link.closest(".builder__conflict")) { undecided().focus(); return; }
  history.pushState(null, "", here);
  open(here.href);
});
window.addEventListener("popstate", () => open(location.href));
window.addEventListener("beforeunload", (event) => { if (waiting || undecided()) event.preventDefault(); });

// The preview: the new page is loaded behind the old one, which then gives way, without a flash --

let loading = null;
function preview() {
  const phone = root.querySelector(".builder__phone");
  if (!phone || !phone.offsetParent) return;
  const old = phone.querySelector("iframe:not(.is-coming)");
  loading?.remove();
  const next = old.cloneNode();
  loading = next;
  next.classList.add("is-coming");
  next.src = `${root.dataset.preview}?${query}`;
  next.addEventListener("load", () => {
    if (loading !== next) return;
    next.classList.remove("is-coming");
    old.remove();
    loading = null;
  }, { once: true });
  phone.append(next);
}

// Dragging: the same acts as the buttons ---------------------------------------------------------

let dragged = null;

root.addEventListener("dragstart", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip) return;
  dragged = grip.closest("li");
  dragged.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  event.dataTransfer.setDragImage(dragged, 10, 10);
});

function siblingsFor(event) {
  if (!dragged) return null;
  if (dragged.matches("[data-line]")) {
    const item = event.target.closest("[data-line]");
    return item && item.parentElement === dragged.parentElement ? item : null;
  }
  if (dragged.dataset.question) {
    return event.target.closest("[data-question]") || event.target.closest(".outline__page");
  }
  return event.target.closest(".outline__page");
}

root.addEventListener("dragover", (event) => {
  const over = siblingsFor(event);
  if (!over || over === dragged) return;
  event.preventDefault();
  const box = over.getBoundingClientRect();
  const isBefore = event.clientY < box.top + box.height / 2;
  if (dragged.dataset.question && over.matches(".outline__page")) {
    over.querySelector("ol").append(dragged);
  } else over.parentElement.insertBefore(dragged, isBefore ? over : over.nextSibling);
});

root.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });

root.addEventListener("dragend", () => {
  if (!dragged) return;
  const item = dragged;
  dragged = null;
  item.classList.remove("is-dragged");
  const place = [...item.parentElement.children].filter((one) => one.matches("[data-line],[data-question],[data-page]")).indexOf(item);
  if (item.matches("[data-line]")) { send(item.closest("form"), {}); return; }
  const form = root.querySelector("#add-page").form;
  const act = item.dataset.question
    ? { act: "move-question", question: item.dataset.question, to_page: item.closest("[data-page]").dataset.page, to: String(place), panel: "" }
    : { act: "move-page", page: item.dataset.page, question: "", to: String(place), panel: "" };
  settle().then(() => send(form, { extra: act }));
});

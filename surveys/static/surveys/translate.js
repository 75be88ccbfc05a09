// The grid's comfort: saves each wording by itself and leads on by keyboard. Without it every
// question has a button that saves its texts.
const root = document.querySelector("[data-translate]");
const PAUSE = 900;
const boxes = root ? [...root.querySelectorAll("textarea")] : [];
const cells = new Map();

class Cell {
  constructor(box) {
    this.box = box;
    this.element = box.closest("[data-cell]");
    this.form = box.form;
    this.place = this.element.querySelector("[name=place]").value;
    this.was = this.element.querySelector("[name=was]");
    this.state = this.element.querySelector("[data-state]");
    this.saved = box.value;
    this.running = null;
  }

  get isDirty() {
    return this.box.value !== this.saved;
  }

  say(words, kind) {
    this.state.textContent = words;
    this.state.dataset.kind = kind;
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  async save() {
    clearTimeout(this.timer);
    if (this.running) {
      await this.running;
    }
    if (!this.isDirty) return;
    this.running = this.send();
    await this.running;
    this.running = null;
  }

  async send() {
    const sent = this.box.value;
    this.say(root.dataset.saving, "busy");
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.set("place", this.place);
    body.set("text", sent);
    body.set("was", this.was.value);
    let answer;
    let data;
    try {
      answer = await fetch(this.form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      data = await answer.json();
    } catch {
      this.say(root.dataset.failed, "bad");
      this.timer = setTimeout(() => this.save(), 5000);
      return;
    }
    if (data.progress) show(data.progress);
    const saved = data.saved?.[this.place];
    if (!saved) {
      this.box.setAttribute("aria-invalid", "true");
      this.say(data.refused?.[this.place] ?? data.refusal ?? root.dataset.refused, "bad");
      // Saving once more replaces what somebody else wrote: it has been shown.
      this.was.value = "";
      return;
    }
    this.box.removeAttribute("aria-invalid");
    this.was.value = saved.was;
    this.saved = sent;
    this.element.className = `translate__cell translate__cell--${saved.state}`;
    if (saved.state === "done") this.element.querySelector("[data-confirm], .translate__use")?.remove();
    const badge = this.element.querySelector(".translate__badge");
    if (saved.state === "done") badge.textContent = "";
    this.say(root.dataset.saved, "good");
  }
}

function show(now) {
  for (const bar of root.querySelectorAll("[data-bar]")) {
    bar.max = now.total;
    bar.value = now.done;
  }
  for (const name of ["percent", "done", "total"]) {
    root.querySelector(`[data-${name}]`).textContent = now[name];
  }
  for (const name of ["missing", "outdated"]) {
    const place = root.querySelector(`[data-count=${name}]`);
    if (place) place.textContent = now[name];
  }
}

function go(box, step) {
  const next = boxes[boxes.indexOf(box) + step];
  if (next) {
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}

function keys(event) {
  const cell = cells.get(event.target);
  if (!cell) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    cell.save();
    go(cell.box, 1);
  } else if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    go(cell.box, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") {
    clearTimeout(cell.timer);
    cell.box.value = cell.saved;
    cell.say("", "");
  }
}

if (boxes.length) {
  root.classList.add("translate--scripted");
  for (const box of boxes) cells.set(box, new Cell(box));
  root.addEventListener("input", (event) => cells.get(event.target)?.wait());
  root.addEventListener("focusout", (event) => cells.get(event.target)?.save());
  root.addEventListener("keydown", keys);
  root.addEventListener("click", (event) => {
    const use = event.target.closest("[data-use]");
    if (!use) return;
    event.preventDefault();
    const cell = cells.get(use.closest("[data-cell]").querySelector("textarea"));
    cell.box.value = use.dataset.use;
    cell.save();
    cell.box.focus();
  });
  addEventListener("online", () => cells.forEach((cell) => cell.save()));
  addEventListener("beforeunload", (event) => {
    if ([...cells.values()].some((cell) => cell.isDirty)) event.preventDefault();
  });
}

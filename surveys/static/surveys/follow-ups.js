// Shows and hides follow-up questions while somebody answers. The server decides again from all
// answers whatever happens here.
import { evaluate } from "./logic.js";

const form = document.querySelector("[data-page]");
const page = JSON.parse(document.getElementById("page-logic").textContent);
const sections = [...form.querySelectorAll("[data-question]")];

function valueOf(code, kind) {
  const name = `q/${code}`;
  const values = new FormData(form).getAll(name).filter((value) => value !== "");
  if (kind === "multiple") return values.length ? values : undefined;
  if (kind === "matrix") {
    const rows = {};
    for (const [key, value] of new FormData(form)) {
      if (key.startsWith(`${name}/`) && value) rows[key.slice(name.length + 1)] = value;
    }
    return rows;
  }
  if (kind === "number" || kind === "scale") {
    const text = new FormData(form).get(`${name}/missing`) || values[0];
    if (text === undefined) return undefined;
    return text === "-9" || text === "-8" || Number.isNaN(Number(text)) ? text : Number(text);
  }
  return values[0];
}

function redraw() {
  // In document order, as on the server: a hidden question reads as blank for those after it.
  const answers = { ...page.answers };
  for (const section of sections) {
    const code = section.dataset.question;
    const condition = page.conditions[code];
    const isShown = !condition || evaluate(condition, answers, {
      types: page.types, today: page.today, now: page.now,
    }) === true;
    section.hidden = !isShown;
    for (const control of section.querySelectorAll("input, select, textarea")) {
      control.disabled = !isShown;
    }
    if (isShown && page.kinds[code]) {
      const value = valueOf(code, page.kinds[code]);
      if (value !== undefined) answers[code] = value;
    }
  }
}

form.addEventListener("input", redraw);
form.addEventListener("change", redraw);
redraw();

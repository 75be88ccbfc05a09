// Comfort on a page of questions: shows and hides follow-ups while somebody types. The server
// decides again from all answers whatever happens here; without this script nothing is missing.
import { evaluate } from "./logic.js";

const form = document.querySelector("[data-page]");
const source = document.getElementById("page-logic");
const errors = document.querySelector("[data-errors]");

if (errors) errors.focus();

if (form) {
  form.querySelector("[data-script]").value = "1";
  document.documentElement.classList.add("scripted");

  // A second press while the first is on its way would only cost the respondent data.
  let isSending = false;
  form.addEventListener("submit", (event) => {
    if (isSending) event.preventDefault();
    isSending = true;
  });
  window.addEventListener("pageshow", () => { isSending = false; });

  // "None of these" and the other answers exclude each other.
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type !== "checkbox" || !box.checked) return;
    if (box.name.endsWith("/missing")) return;
    const isAlone = "alone" in box.dataset;
    for (const other of form.querySelectorAll(`input[name="${CSS.escape(box.name)}"]`)) {
      if (other !== box && (isAlone || "alone" in other.dataset)) other.checked = false;
    }
  });
}

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

if (form && source) {
  const page = JSON.parse(source.textContent);
  const sections = [...form.querySelectorAll("[data-question]")];

  const redraw = () => {
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
  };
  form.addEventListener("input", redraw);
  form.addEventListener("change", redraw);
  // Before anything is sent, so that what a script cannot see is still sent by the plain form.
  redraw();
}

// Shows and hides questions and choices, and puts answers into texts, while somebody types. The
// server decides again from all answers whatever happens here; without this script nothing is missing.
import { Missing, calculated, evaluate } from "./logic.js";
import { valueOf } from "./readings.js";

const form = document.querySelector("[data-page]");
const page = JSON.parse(document.getElementById("page-logic").textContent);
const sections = new Map(
  [...form.querySelectorAll("[data-question]")].map((section) => [section.dataset.question, section]),
);
const clocks = { types: page.types, today: page.today, now: page.now };
const holds = (tree, answers) => !tree || evaluate(tree, answers, clocks) === true;
const labelOf = (control) => control.closest("label").querySelector("span").firstChild.textContent;

// A choice that is not on offer is neither seen nor sent, but not forgotten either.
const offer = (code, answers) => {
  for (const [choice, tree] of Object.entries(page.choices[code] || {})) {
    const isOffered = holds(tree, answers);
    const controls = sections.get(code)?.querySelectorAll(
      `input:not([type=hidden])[value="${CSS.escape(choice)}"], option[value="${CSS.escape(choice)}"], ` +
        `select[name="${CSS.escape(`q/${code}/${choice}`)}"], li[data-choice="${CSS.escape(choice)}"]`,
    );
    for (const control of controls || []) {
      control.disabled = !isOffered;
      const line = control.closest("li");
      if (line) line.hidden = !isOffered;
      else control.hidden = !isOffered;
    }
  }
  // A list must not go on showing what can no longer be chosen.
  const menu = sections.get(code)?.querySelector(`select[name="${CSS.escape(`q/${code}`)}"]`);
  if (menu?.selectedOptions[0]?.disabled) {
    menu.dataset.earlier = menu.value;
    menu.value = "";
  } else if (menu && !menu.value && menu.dataset.earlier) {
    const earlier = [...menu.options].find((option) => option.value === menu.dataset.earlier);
    if (earlier && !earlier.disabled) menu.value = earlier.value;
  }
};

const words = (code, value) => {
  if (value === undefined || value === "") return "";
  if (page.kinds[code] === "calculate") return value === "-9" || value === "-8" ? "" : String(value);
  const name = CSS.escape(`q/${code}`);
  const chosen = form.querySelector(`select[name="${name}"]`)?.selectedOptions[0];
  if (chosen) return chosen.textContent;
  if (Array.isArray(value)) return listed(value.map((choice) => labelFor(code, choice)));
  const control = form.querySelector(`input[name="${name}"]:checked, input[name="${name}/missing"]:checked`);
  if (page.kinds[code] !== "scale" || String(value).startsWith("-")) {
    if (control) return labelOf(control);
  }
  return String(value);
};
const labelFor = (code, choice) => {
  const ranked = form.querySelector(`select[name="${CSS.escape(`q/${code}/${choice}`)}"]`);
  if (ranked) return form.querySelector(`label[for="${CSS.escape(ranked.id)}"]`).textContent;
  return labelOf(form.querySelector(`input[name="${CSS.escape(`q/${code}`)}"][value="${CSS.escape(choice)}"]`));
};
const listed = (items) => {
  const [between, beforeLast, ofTwo] = page.list;
  if (items.length < 3) return items.join(ofTwo);
  return items.slice(0, -1).join(between) + beforeLast + items[items.length - 1];
};

const redraw = () => {
  // In document order, as on the server: a hidden question reads as blank for those after it.
  const answers = { ...page.answers };
  for (const code of page.order) {
    const isShown = !page.off.includes(code) && holds(page.conditions[code], answers);
    if (page.kinds[code] === "calculate") {
      const tree = page.calculations[code];
      if (isShown && tree) setCalculated(answers, code, calculated(evaluate(tree, answers, clocks)));
      continue;
    }
    const section = sections.get(code);
    if (!section) continue;
    section.hidden = !isShown;
    for (const control of section.querySelectorAll("input, select, textarea, option")) {
      control.disabled = !isShown;
    }
    if (!isShown) continue;
    offer(code, answers);
    const value =
      code in page.fixed
        ? page.fixed[code]
        : valueOf(new FormData(form), code, page.kinds[code], page.decimals[code]);
    if (value !== undefined) answers[code] = value;
  }
  for (const [id, pieces] of Object.entries(page.texts)) {
    const element = document.getElementById(id);
    if (!element) continue;
    element.textContent = pieces
      .map(([kind, piece]) => (kind === "text" ? piece : words(piece, answers[piece])))
      .join("");
  }
};
const setCalculated = (answers, code, value) => {
  // In the form answers are stored in, which reads back as the same value.
  if (value !== null) answers[code] = value instanceof Missing ? String(value.code) : value;
};
form.addEventListener("input", redraw);
form.addEventListener("change", redraw);
// Before anything is sent, so that what a script cannot see is still sent by the plain form.
redraw();

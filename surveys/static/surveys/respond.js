// Comfort on a page of questions. Every page is a plain form: without this nothing is missing.
import { say } from "./status.js";
import { watch } from "./keeping.js";
import { prove } from "./proof.js";

const form = document.querySelector("[data-page]");

// Somebody else may hold the phone now: what a browser kept in memory is asked for anew.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

document.querySelector("[data-errors]")?.focus();

if (form) {
  document.documentElement.classList.add("scripted");
  const hasScript = form.querySelector("[data-script]");
  if (hasScript) hasScript.value = "1";
  const keeper = watch(form);
  const proof = prove(form.querySelector("[data-proof]"));
  let isSending = false;

  form.addEventListener("submit", (event) => {
    // A second press while the first is on its way would only cost the respondent data.
    if (isSending) {
      event.preventDefault();
      return;
    }
    const isLast = "last" in form.dataset && event.submitter?.value === "next";
    if (isLast && !proof.isSettled) {
      event.preventDefault();
      isSending = true;
      say("checking");
      const button = event.submitter;
      proof.settled.then(() => {
        isSending = false;
        form.requestSubmit(button);
      });
      return;
    }
    isSending = true;
    keeper.stop();
  });

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

  // The last step needs no hand where the browser can show the work by itself.
  const question = form.querySelector("[data-check-question]");
  if (question) {
    say("checking");
    proof.settled.then((found) => {
      if (found) form.requestSubmit();
      else say("");
    });
  }
}

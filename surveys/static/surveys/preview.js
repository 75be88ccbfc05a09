// In the builder's preview: follow-ups appear as they will, and the question being edited is marked.
// What keeps answers on a respondent's phone stays away from here.
const script = document.querySelector("script[data-current]");
if (document.getElementById("page-logic")) import("./follow-ups.js");
const form = document.querySelector("[data-page]");
const current = script?.dataset.current;
const marked = current && document.querySelector(`[data-question="${CSS.escape(current)}"]`);
if (marked && window.parent !== window) {
  marked.classList.add("is-edited");
  // Not scrollIntoView: that would scroll the builder around this frame as well.
  const box = marked.getBoundingClientRect();
  window.scrollTo(0, window.scrollY + box.top - Math.max(24, (window.innerHeight - box.height) / 3));
}
// Beside the editor there is one page: going on from it belongs to trying the draft out.
if (form && script?.dataset.preview === "1") {
  form.addEventListener("submit", (event) => {
    const language = event.submitter?.name === "switch" ? event.submitter.value : "";
    event.preventDefault();
    if (language) {
      const address = new URL(window.location.href);
      address.searchParams.set("language", language);
      window.location.replace(address);
    }
  });
}

// Pressing Publish while a new page is being autosaved would create it twice, and the second copy is
// refused because its address is taken. The press waits until the autosave has said where the page is.
let isSaving = false;
let waiting = null;

document.addEventListener("w-autosave:save", () => { isSaving = true; });

for (const outcome of ["w-autosave:success", "w-autosave:error"]) {
  document.addEventListener(outcome, () => {
    isSaving = false;
    if (!waiting) return;
    const { form, button } = waiting;
    waiting = null;
    form.requestSubmit(button);
  });
}

document.addEventListener("submit", (event) => {
  if (!isSaving || !event.target.matches("[data-edit-form]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = { form: event.target, button: event.submitter };
}, { capture: true });

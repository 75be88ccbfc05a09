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
    // Wagtail disables the pressed button, and a disabled button does not say what was pressed.
    const pressed = document.createElement("input");
    pressed.type = "hidden";
    pressed.name = button?.name ?? "";
    pressed.value = button?.value || "1";
    form.append(pressed);
    form.requestSubmit();
  });
}

document.addEventListener("submit", (event) => {
  if (!isSaving || !event.target.matches("[data-edit-form]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = { form: event.target, button: event.submitter };
}, { capture: true });

// The one line that says where the answers are. Its words stand in the page, translated.
const line = document.querySelector("[data-status]");

/** Show the words for "saved", "kept", "lost" or "checking"; "" clears the line. */
export function say(kind) {
  if (!line || line.dataset.kind === kind) return;
  line.dataset.kind = kind;
  line.textContent = kind ? line.dataset[kind] : "";
}

// Keeps the progress of a mailing fresh. Without it the page has a link to look again.
const box = document.querySelector("[data-progress-url]");

async function refresh() {
  const answer = await fetch(box.dataset.progressUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) return true;
  const now = await answer.json();
  // The first numbers, the end, a pause or a hold change the whole page: its buttons too.
  if (!now.is_running || (now.total && !box.querySelector("[data-progress-done]"))) {
    location.reload();
    return false;
  }
  const bar = box.querySelector("progress");
  if (now.total) {
    bar.max = now.total;
    bar.value = now.done;
  }
  for (const [name, value] of [["done", now.done], ["percent", now.percent]]) {
    const place = box.querySelector(`[data-progress-${name}]`);
    if (place) place.textContent = value;
  }
  for (const place of document.querySelectorAll("[data-progress-count]")) {
    place.textContent = now.counts[place.dataset.progressCount] ?? 0;
  }
  return true;
}

async function watch() {
  try {
    if (!(await refresh())) return;
  } catch {
    // The server may be restarting: look again later.
  }
  setTimeout(watch, 1500);
}

if (box && box.dataset.running === "1") setTimeout(watch, 1000);

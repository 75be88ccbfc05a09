// Keeps the progress of exports fresh. Without it the page has a link to look again.
const rows = [...document.querySelectorAll("[data-progress-url]")];

async function refresh(row) {
  const answer = await fetch(row.dataset.progressUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) return true;
  const now = await answer.json();
  if (!now.is_running) return false;
  const bar = row.querySelector("progress");
  bar.max = now.total || 1;
  bar.value = now.done;
  for (const name of ["percent", "done", "total"]) row.querySelector(`[data-${name}]`).textContent = now[name];
  return true;
}

async function watch() {
  try {
    const running = await Promise.all(rows.map(refresh));
    if (!running.every(Boolean)) {
      location.reload();
      return;
    }
  } catch {
    // The server may be restarting: look again later.
  }
  setTimeout(watch, 1500);
}

if (rows.length) setTimeout(watch, 800);

// Keeps an import's progress fresh. Without it the page has a link to look again.
const box = document.querySelector("[data-progress-url]");

async function watch() {
  try {
    const answer = await fetch(box.dataset.progressUrl, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const now = await answer.json();
      if (!now.is_running) {
        location.reload();
        return;
      }
      const bar = box.querySelector("progress[max]");
      if (bar) {
        bar.max = now.total || 1;
        bar.value = now.done;
        for (const name of ["percent", "done", "total"]) box.querySelector(`[data-${name}]`).textContent = now[name];
      }
    }
  } catch {
    // The server may be restarting: look again later.
  }
  setTimeout(watch, 1500);
}

if (box) setTimeout(watch, 800);

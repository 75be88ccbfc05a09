// On the page without a connection: goes on by itself when there is one again.
const page = document.querySelector("[data-retry]");
const LONGEST = 30_000;
let pause = 2_000;

async function look() {
  try {
    const answer = await fetch(page.dataset.probe, { method: "HEAD", cache: "no-store" });
    if (answer.ok) {
      location.replace(page.dataset.retry);
      return;
    }
  } catch {
    // Still without a connection.
  }
  pause = Math.min(pause * 1.5, LONGEST);
  setTimeout(look, pause);
}

window.addEventListener("online", look);
setTimeout(look, pause);

// Asks how many people the filters of the form find, as they are changed.
const box = document.querySelector("[data-segment-count]");
const form = box?.closest("form");
let waiting;

async function ask() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (name !== "csrfmiddlewaretoken") query.append(name, value);
  }
  try {
    const answer = await fetch(`${box.dataset.segmentCount}?${query}`, { headers: { Accept: "application/json" } });
    const data = await answer.json();
    box.textContent = data.sentence ?? data.problems.join(" ");
  } catch {
    box.textContent = box.dataset.failed;
  }
}

if (form) {
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 250);
  });
  ask();
}

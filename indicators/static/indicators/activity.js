// While an activity is typed: what other bodies do like it, and measures narrowed by a word.
// Without this script the buttons "Look for similar ones" and "Find" do the same.

const form = document.querySelector("[data-activity-form]");
if (form) {
  hints(form);
  search(form);
}

function hints(form) {
  const place = form.querySelector("[data-overlaps]");
  const asked = ["title", "measures", "year_from", "year_to", "lead_body", "without"];
  let waiting = 0;
  let running = null;
  let shown = query();

  function query() {
    const data = new FormData(form);
    const pairs = asked.flatMap((name) => data.getAll(name).map((value) => [name, value]));
    return new URLSearchParams(pairs).toString();
  }

  async function look() {
    const now = query();
    if (now === shown) return;
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.similar}?${now}`, {
        signal: running.signal,
        headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      // Signed out, or a line that broke: what is shown stays, and saving asks again.
      if (!answer.ok || answer.redirected) return;
      place.innerHTML = await answer.text();
      shown = now;
    } catch (error) {
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  }

  form.addEventListener("input", (event) => {
    if (!asked.includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(look, 400);
  });
  form.querySelector("[data-look]").hidden = true;
}

function search(form) {
  const input = form.querySelector("[data-measure-search]");
  const groups = [...form.querySelectorAll(".plan-measures details")];
  const told = form.querySelector("[data-measure-found]");
  const stood = new Map(groups.map((group) => [group, group.open]));

  function narrow() {
    const words = input.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const group of groups) {
      let here = 0;
      for (const item of group.querySelectorAll("[data-measure]")) {
        const text = item.textContent.toLocaleLowerCase();
        const fits = words.every((word) => text.includes(word));
        item.hidden = !fits && !item.querySelector("input").checked;
        here += fits ? 1 : 0;
      }
      found += here;
      group.hidden = ![...group.querySelectorAll("[data-measure]")].some((item) => !item.hidden);
      group.open = words.length ? here > 0 : stood.get(group);
    }
    told.textContent = words.length ? String(found) : "";
  }

  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  form.querySelector("[data-measure-search] ~ button").hidden = true;
  form.addEventListener("change", (event) => {
    const group = event.target.closest?.(".plan-measures details");
    if (!group) return;
    const number = group.querySelectorAll("input:checked").length;
    group.querySelector("[data-chosen]").textContent = number ? `✓ ${number}` : "";
  });
}

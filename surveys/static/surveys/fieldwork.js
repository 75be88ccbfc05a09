// Refreshes the counts of the fieldwork page in place while somebody looks at it.
// The server answers 304 while nothing has changed; focus, scrolling and open tables stay.

const EVERY = 10_000;
const place = document.querySelector("[data-live]");
let tag = "";

function openDetails() {
  return [...place.querySelectorAll("details")].map((one) => one.open);
}

async function refresh() {
  if (document.hidden || place.contains(document.activeElement)) return;
  const answer = await fetch(place.dataset.live, {
    cache: "no-store",
    headers: tag ? { "If-None-Match": tag } : {},
    redirect: "error",
  });
  if (answer.status !== 200) return;
  tag = answer.headers.get("ETag") ?? "";
  const open = openDetails();
  const scrolled = [...place.querySelectorAll(".fieldwork__scroll")].map((one) => [one.scrollLeft, one.scrollTop]);
  place.innerHTML = await answer.text();
  place.querySelectorAll("details").forEach((one, index) => { one.open = open[index] ?? false; });
  place.querySelectorAll(".fieldwork__scroll").forEach((one, index) => {
    [one.scrollLeft, one.scrollTop] = scrolled[index] ?? [0, 0];
  });
}

if (place) {
  setInterval(() => refresh().catch(() => {}), EVERY);
  document.addEventListener("visibilitychange", () => refresh().catch(() => {}));
}

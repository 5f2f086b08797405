// Places kept up to date: `data-live` is asked every few seconds, while the page is looked at, for
// HTML that is newer than `data-etag`. Focus never moves, and nothing that is being typed is replaced.
const SLOWEST = 60;

behaviours.push((root) => {
  for (const place of found(root, "[data-live]", "liveOn")) follow(place);
});

function follow(place) {
  const every = Math.max(1, Number(place.dataset.every) || 3);
  let etag = place.dataset.etag ?? "";
  let failures = 0;
  let timer = 0;
  let asking = false;
  let over = false;

  const wait = () => {
    clearTimeout(timer);
    if (over || document.hidden) return;
    timer = setTimeout(ask, Math.min(every * 2 ** failures, SLOWEST) * 1000);
  };

  const isBusy = () => {
    const focused = document.activeElement;
    return place.contains(focused) && focused.matches("input, select, textarea, a, button, summary");
  };

  const ask = async () => {
    if (asking || over) return;
    if (isBusy()) return wait();
    asking = true;
    try {
      const headers = { Accept: "text/html", "X-Requested-With": "live" };
      if (etag) headers["If-None-Match"] = `"${etag}"`;
      const url = new URL(place.dataset.live, location.href);
      const answer = await fetch(url, { headers, cache: "no-store", credentials: "same-origin" });
      failures = 0;
      const elsewhere = answer.redirected && new URL(answer.url).pathname !== url.pathname;
      if (elsewhere || answer.status === 401 || answer.status === 403) {
        over = true;
        place.textContent = place.dataset.signedOut ?? "";
        place.classList.add("notice");
      } else if (answer.status === 404 || answer.status === 410) {
        over = true;
      } else if (answer.status === 200 || answer.status === 204) {
        await take(answer);
      } else if (answer.status !== 304) {
        failures += 1;
      }
    } catch {
      failures += 1; // no network for now
    }
    asking = false;
    wait();
  };

  const take = async (answer) => {
    const html = answer.status === 204 ? "" : await answer.text();
    if (isBusy()) return; // somebody began to use it meanwhile; ask again with the old tag
    etag = /"([^"]*)"/.exec(answer.headers.get("ETag") ?? "")?.[1] ?? "";
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const opened = new Set([...place.querySelectorAll("details[open][id]")].map(({ id }) => id));
    place.replaceChildren(...parsed.body.childNodes);
    for (const details of place.querySelectorAll("details[id]")) {
      if (opened.has(details.id)) details.open = true;
    }
    enliven(place);
    if (place.querySelector("[data-live-over]")) over = true;
    if (place.querySelector("[data-live-reload]")) location.reload();
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else ask();
  });
  place.addEventListener("live-ask", ask);
  wait();
}

// The tray: sessions that wait for a time and a place.

const trayPlace = $("[data-tray]");
const trayList = $("[data-tray-list]");
const traySearch = $("[data-tray-search]");

function drawTray() {
  const wanted = fold(traySearch.value).split(/\s+/).filter(Boolean);
  const shown = [...model.tray.values()].filter((waiting) => {
    const activity = activityOf(waiting);
    const text = fold([activity.title, activity.by, waiting.note, placeWords(waiting)].filter(Boolean).join(" "));
    return wanted.every((word) => text.includes(word));
  });
  const had = trayPlace.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  $("[data-tray-count]").textContent = model.tray.size;
  trayList.replaceChildren(...shown.map((waiting) => el("li", {}, drawCard(waiting))));
  $("[data-tray-empty]").hidden = shown.length > 0;
  $("[data-tray-empty]").textContent = model.tray.size ? words.nothingFound : words.trayEmpty;
  traySearch.closest(".field").hidden = model.tray.size < 6 && !traySearch.value;
  if (had) $(`[data-id="${CSS.escape(had)}"]`, trayList)?.focus({ preventScroll: true });
}

function drawCard(waiting) {
  const activity = activityOf(waiting);
  const wish = placeWords(waiting);
  return el("button", {
    type: "button", className: `tray-card${news.has(waiting.id) ? " is-news" : ""}${waiting.saving ? " is-saving" : ""}`,
    "data-id": waiting.id, "aria-haspopup": "dialog",
  },
    el("b", {}, activity.title),
    el("span", { className: "quiet" }, [lasting(waiting.minutes), activity.by].filter(Boolean).join(" · ")),
    wish ? el("span", { className: "quiet" }, say(words.wish, { place: wish })) : null,
    waiting.note ? el("span", { className: "tray-note" }, waiting.note) : null,
    el("span", { className: "visually-hidden" }, words.toPlace));
}

traySearch.addEventListener("input", drawTray);

// « Ma sélection »: how many sessions are in it, beside its link, and buttons that put one in or
// take it out without leaving the page. Without this, the same buttons lead to the selection.

const COOKIE = /(?:^|; )(?:__Host-)?parvis_selection=([0-9a-f.]*)/;

function chosen() {
  const found = document.cookie.match(COOKIE);
  return new Set(found ? found[1].split(".").filter(Boolean) : []);
}

const idOf = (form) => form.dataset.choose.replaceAll("-", "");

function show() {
  const ids = chosen();
  for (const count of document.querySelectorAll("[data-selection-count]")) {
    count.textContent = ids.size;
    count.hidden = !ids.size;
  }
  for (const form of document.querySelectorAll("form[data-choose]")) {
    const isIn = ids.has(idOf(form));
    form.setAttribute("action", `/selection/sessions/${form.dataset.choose}${isIn ? "/remove" : ""}`);
    form.classList.toggle("is-chosen", isIn);
    form.querySelector("[data-add]").hidden = isIn;
    form.querySelector("[data-remove]").hidden = !isIn;
  }
}

function say(words) {
  const place = document.querySelector("[data-selection-said]");
  if (place) place.textContent = words;
}

// One request after the other: each answer sets the whole cookie, so of two at once one would be lost.
let before = Promise.resolve();

async function send(form, action) {
  const adds = !action.endsWith("/remove");
  try {
    const answer = await fetch(action, { method: "POST", redirect: "manual", keepalive: true, body: new URLSearchParams() });
    if (answer.type !== "opaqueredirect") throw new Error("asked first");
  } catch {
    form.submit();
    return;
  }
  const isIn = chosen().has(idOf(form));
  if (isIn !== adds) {
    location.assign("/selection"); // which says why
    return;
  }
  show();
  const { added, removed } = document.querySelector("[data-selection-said]").dataset;
  say(isIn ? added : removed);
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-choose]");
  if (!form) return;
  event.preventDefault();
  const { action } = form; // as it was when it was pressed
  before = before.then(() => send(form, action));
});

addEventListener("pageshow", show);
show();

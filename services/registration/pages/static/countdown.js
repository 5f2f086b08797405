// Counts down to the opening of registration, by the server's clock, and goes on to the form.

const place = document.querySelector("[data-countdown]");
const digits = place.querySelector("[data-digits]");
const said = place.querySelector("[data-said]");
const sentences = JSON.parse(place.dataset.told);
const milestones = Object.keys(sentences).map(Number).sort((a, b) => a - b);
// Not everybody asks for the form in the same instant.
const delay = Math.random() * Number(place.dataset.spread);
const [visit] = performance.getEntriesByType("navigation");

// What was left when the answer began to arrive; the visitor's own clock may be wrong.
let opens = (visit?.responseStart ?? 0) + Number(place.dataset.countdown);
let lookedAt = Date.now();
let told = Infinity;
let isOver = false;

/** Shows one number, with two digits but for the days; `isIdle` hides one that is over. */
function put(name, number, isIdle = false) {
  const part = digits.querySelector(`[data-part="${name}"]`);
  const text = name === "days" ? String(number) : String(number).padStart(2, "0");
  part.hidden = isIdle;
  if (part.firstElementChild.textContent !== text) part.firstElementChild.textContent = text;
}

/** Says how long it still takes to those who do not see it: a few times, never every second. */
function say(seconds) {
  const next = milestones.find((at) => seconds <= at);
  if (next === undefined || next >= told) return;
  if (told !== Infinity || seconds > next - 2) said.textContent = sentences[next];
  told = next;
}

function show() {
  const left = opens - performance.now();
  const seconds = Math.max(0, Math.ceil(left / 1000));
  put("days", Math.floor(seconds / 86400), seconds < 86400);
  put("hours", Math.floor(seconds / 3600) % 24, seconds < 3600);
  put("minutes", Math.floor(seconds / 60) % 60);
  put("seconds", seconds % 60);
  say(seconds);
  if (left > 0 || isOver) return;
  isOver = true;
  said.textContent = place.dataset.open;
  setTimeout(() => location.replace(place.dataset.form), delay);
}

/** Asks the server again after a sleep, in which a page's clock may stand still. */
async function look() {
  if (document.visibilityState !== "visible" || isOver || Date.now() - lookedAt < 30000) return;
  lookedAt = Date.now();
  try {
    const answer = await fetch(place.dataset.ask, { headers: { Accept: "application/json" } });
    const { left } = await answer.json();
    opens = performance.now() + left;
  } catch {
    // The page goes on by what it knew.
  }
  show();
}

place.querySelector(".countdown-left").hidden = true;
place.querySelector("[data-without-script]").hidden = true;
place.querySelector("[data-with-script]").hidden = false;
digits.hidden = false;
show();
setInterval(show, 250);
document.addEventListener("visibilitychange", look);
// Back from another page, which the browser kept as it was: it may be open by now.
addEventListener("pageshow", (event) => event.persisted && location.reload());

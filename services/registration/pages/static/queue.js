// The page of the queue: counts down by this page's own clock, and comes back at the turn.

const place = document.querySelector("[data-queue]");
// Turns of the same second come back over a second and a half, not all at once.
const turn = performance.now() + Number(place.dataset.seconds) * 1000 + 200 + Math.random() * 1500;
const words = place.querySelector("[data-queue-wait]");
const bar = place.querySelector("[data-queue-bar]");
const gone = Number(bar.getAttribute("value"));
const loaded = performance.now();
const site = document.title.slice(document.title.lastIndexOf(" · "));

function inWords(seconds) {
  if (seconds <= 0) return place.dataset.now;
  if (seconds < 60) return place.dataset.soon;
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? place.dataset.minute : place.dataset.minutes.replace("{n}", minutes);
}

function show() {
  const now = performance.now();
  const said = inWords((turn - now) / 1000);
  bar.value = gone + (now - loaded) / 1000;
  if (words.textContent !== said) {  // read aloud when it changes: once a minute
    words.textContent = said;
    document.title = `${place.dataset.title} ${said}${site}`;
  }
  if (now < turn) return;
  clearInterval(ticking);
  location.reload();
}

const ticking = setInterval(show, 500);
// A page that slept in the background looks at the clock as soon as it is looked at.
document.addEventListener("visibilitychange", show);

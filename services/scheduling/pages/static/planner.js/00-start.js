// The planner: one module, its parts joined in order of name. What it draws comes from the board
// (`…/planner/board`), what it says from the page. Times are minutes since the first day's midnight.

const root = document.querySelector("[data-planner]");
const words = JSON.parse(document.getElementById("planner-words").textContent);
const base = root.dataset.planner; // the page's own address, without arguments
const canEdit = root.dataset.canEdit === "yes";
const csrf = root.dataset.csrf;
const lang = document.documentElement.lang;
const DAY = 24 * 60;

const $ = (selector, within = root) => within.querySelector(selector);
const $$ = (selector, within = root) => [...within.querySelectorAll(selector)];

/** Makes an element; `options` are its properties, `data-` and `aria-` its attributes. */
function el(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.includes("-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Puts values into a sentence: "{title} est déplacée". */
const say = (sentence, values = {}) =>
  sentence.replace(/\{(\w+)\}/g, (_whole, name) => values[name] ?? "");

/** Tells whether a number takes the singular: in French 0 does too. */
const plurals = new Intl.PluralRules(lang);
const isOne = (count) => plurals.select(count) === "one";

const fold = (text) =>
  text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().replace(/[’']/g, " ");

// Days are reckoned as if all had 24 hours: the server knows on which the clocks change.
const dateOf = (day) => new Date(`${day}T00:00:00Z`);
const addDays = (day, n) => new Date(dateOf(day).getTime() + n * 864e5).toISOString().slice(0, 10);
const daysBetween = (one, other) => Math.round((dateOf(other) - dateOf(one)) / 864e5);
const two = (number) => String(number).padStart(2, "0");

/** Says a time of day as the language writes it: « 9 h 30 », or "09:30". */
function clock(minutes) {
  const within = ((minutes % DAY) + DAY) % DAY;
  const [hour, minute] = [Math.floor(within / 60), within % 60];
  return lang === "fr" ? `${hour}\u00a0h\u00a0${two(minute)}` : `${two(hour)}:${two(minute)}`;
}
const clockField = (minutes) => `${two(Math.floor((((minutes % DAY) + DAY) % DAY) / 60))}:${two(((minutes % 60) + 60) % 60)}`;
const period = (starts, ends) => `${clock(starts)} – ${clock(ends)}`;

const formats = {
  long: new Intl.DateTimeFormat(lang === "fr" ? "fr-FR" : "en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }),
  short: new Intl.DateTimeFormat(lang === "fr" ? "fr-FR" : "en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }),
};
const dayWords = (day) => formats.long.format(dateOf(day));
const dayShort = (day) => formats.short.format(dateOf(day));

/** Says how long: « 45 min », « 1 h 30 ». */
function lasting(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (!hours) return `${rest}\u00a0min`;
  return rest ? `${hours}\u00a0h\u00a0${two(rest)}` : `${hours}\u00a0h`;
}

/** Asks the server; an answer that is no JSON is a fault of the network or of a sign-in that ended. */
async function ask(path, { body, signal, etag } = {}) {
  const headers = { Accept: "application/json" };
  if (body) Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": csrf });
  if (etag) headers["If-None-Match"] = etag;
  const answer = await fetch(`${base}/${path}`, {
    method: body ? "POST" : "GET",
    headers,
    body: body && JSON.stringify(body),
    signal,
    cache: "no-store",
    credentials: "same-origin",
  });
  if (answer.status === 304) return { status: 304 };
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  if (answer.redirected || !isJson) return { status: answer.redirected ? 401 : answer.status || 500, content: {} };
  return { status: answer.status, content: await answer.json(), etag: answer.headers.get("ETag") };
}

const LEVELS = ["blocks", "warns", "informs"];
const SIGNS = { blocks: "×", warns: "!", informs: "i" };

/** A level's icon: each has its own shape. */
const sign = (level) => el("span", { className: `sign sign-${level}`, "aria-hidden": "true" }, SIGNS[level]);

/** A level as an icon and a word: colour never says it alone. */
const levelBadge = (level) =>
  el("span", { className: `level level-${level}` }, sign(level), words.levels[level]);

const worstOf = (conflicts) =>
  LEVELS.find((level) => conflicts.some((each) => each.level === level && !each.accepted)) ?? null;

let liveRegion = $("[data-said]");
/** Says something to whoever does not see it. */
function announce(text) {
  liveRegion.textContent = "";
  requestAnimationFrame(() => (liveRegion.textContent = text));
}

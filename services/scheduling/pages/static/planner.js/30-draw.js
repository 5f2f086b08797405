// Draws the grid: only the rows that are looked at, whatever is in the others.

const grid = $("[data-grid]");
const hours = $("[data-hours]");
const hoursName = hours.firstElementChild;
const rowsPlace = $("[data-grid-rows]");
const list = $("[data-list]");
const narrow = matchMedia("(max-width: 47.99rem)");
const NARROWEST_HANDLED = 36; // pixels of a block whose ends can still be told from its middle
const NARROWEST_READ = 26; // pixels of a block that still shows how its title begins
const AROUND = 400; // pixels drawn above and below what is seen

let drawn = new Map(); // rows that are in the page, by key
let focused = ""; // the session that the Tab key leads to
let news = new Map(); // what somebody else changed a moment ago
let drag = null; // what is being dragged (50-drag.js)

const headWidth = () => hours.offsetLeft;

/** Draws everything anew, and leaves the focus and the scrolling where they are. */
function draw() {
  if (drag && !drag.switching) return void (drag.redraw = true);
  drawDays();
  drawTray();
  root.classList.toggle("is-list", narrow.matches);
  grid.hidden = narrow.matches;
  list.hidden = !narrow.matches;
  if (narrow.matches) return drawList();
  const had = document.activeElement?.closest?.("[data-grid] [data-key]")?.dataset.key;
  grid.style.setProperty("--above", `${Math.round(grid.getBoundingClientRect().top + scrollY)}px`);
  layOut(grid.clientWidth - headWidth());
  grid.dataset.zoom = view.zoom;
  grid.style.setProperty("--hour", `${layout.hour}px`);
  grid.style.setProperty("--day", `${layout.day}px`);
  grid.style.setProperty("--width", `${layout.width}px`);
  grid.setAttribute("aria-rowcount", layout.rows.length + layout.groups.length + 1);
  drawHours();
  rowsPlace.replaceChildren(...layout.groups.map(drawGroup));
  rowsPlace.style.height = `${layout.height}px`;
  drawn = new Map();
  drawRows();
  $("[data-empty]").hidden = layout.groups.length > 0;
  if (had) $(`[data-key="${CSS.escape(had)}"]`, grid)?.focus({ preventScroll: true });
}

function drawHours() {
  const marks = [];
  const step = { week: DAY, hour: 15 }[view.zoom] ?? 60;
  for (let at = 0; at < model.days * DAY; at += step) {
    const isDay = view.zoom === "week";
    const text = isDay ? dayShort(addDays(model.first, at / DAY)) : clock(at).replace(/[\s\u00a0]00$/, "");
    const mark = el("span", { className: isDay ? "hour is-day" : "hour" }, text);
    mark.style.left = `${xOf(at)}px`;
    marks.push(mark);
  }
  hours.replaceChildren(hoursName, ...marks);
}

function drawGroup(group) {
  const { commune, key, count, top, height, isClosed } = group;
  const name = commune.name || words.noCommune;
  const toggle = el("button", { type: "button", className: "fold", "data-key": key, "data-toggle": key, "aria-expanded": String(!isClosed), tabIndex: -1 },
    el("b", {}, name), " ", el("span", { className: "fold-count" }, say(isOne(count) ? words.oneSession : words.sessions, { n: count })));
  const place = el("span", { className: "fold-venue", "aria-hidden": "true" });
  const cell = el("div", { className: "group-name", role: "rowheader" }, toggle, place);
  const made = el("div", { className: "grid-group", role: "rowgroup" }, el("div", { className: "group-head", role: "row" }, cell));
  made.style.top = `${top}px`;
  made.style.height = `${height}px`;
  group.element = made;
  group.venueWords = place;
  return made;
}

/** Puts the rows that are seen into the page, and takes the others out. */
function drawRows() {
  const from = grid.scrollTop - AROUND;
  const to = grid.scrollTop + grid.clientHeight + AROUND;
  const wanted = new Map();
  for (const row of layout.rows) {
    const top = row.group.top + row.top;
    if (top + row.height > from && top < to) wanted.set(row.key, row);
  }
  for (const [key, element] of drawn) {
    if (wanted.has(key)) continue;
    element.remove();
    drawn.delete(key);
  }
  for (const [key, row] of wanted) {
    if (drawn.has(key)) continue;
    const element = drawRow(row);
    row.group.element.append(element);
    drawn.set(key, element);
  }
  nameVenues();
  keepOneTabStop();
}

/** Says beside a commune that sticks to the top which of its venues is below it. */
function nameVenues() {
  for (const group of layout.groups) {
    const y = grid.scrollTop - group.top + HEAD;
    const row = y > HEAD ? group.rows.find((each) => y < each.top + each.height) : null;
    group.venueWords.textContent = row && (row.space || y > row.top) ? `› ${row.venue.name}` : "";
  }
}

function drawRow(row) {
  const name = row.space ? row.space.name : row.venue.name;
  const count = row.isSummary ? row.blocks.length : 0;
  const notes = [];
  if (row.space?.capacity) notes.push(say(words.people, { n: row.space.capacity }));
  if (row.space?.many) notes.push(words.many);
  if (row.isSummary) notes.push(say(isOne(count) ? words.oneSession : words.sessions, { n: count }));
  if (!row.space && row.folds && !row.isSummary && row.blocks.length) notes.push(words.noSpace);
  const label = row.folds
    ? el("button", { type: "button", className: "fold", "data-key": row.key, "data-toggle": row.key, "aria-expanded": String(!row.isClosed), tabIndex: -1 }, el("span", { className: "row-name" }, name))
    : el("span", { className: "row-name" }, name);
  const head = el("div", { className: "row-head", role: "rowheader" }, label, notes.length ? el("small", {}, notes.join(" · ")) : null);
  const lane = el("div", { className: "lane", role: "gridcell" });
  const element = el("div", { className: `grid-row ${row.space ? "is-space" : "is-venue"}`, role: "row", "data-row": row.key, "aria-rowindex": row.place + 2 }, head, lane);
  element.style.top = `${row.top}px`;
  element.style.height = `${row.height}px`;
  for (const block of row.blocks) lane.append(row.isSummary ? drawTrace(block) : drawBlock(block, row));
  return element;
}

/** A session in the row of a folded venue: only that there is one. */
function drawTrace({ starts, ends, session }) {
  const trace = el("span", { className: `trace${matches(session) ? "" : " is-faded"}`, "aria-hidden": "true" });
  trace.style.left = `${xOf(starts)}px`;
  trace.style.width = `${Math.max(2, xOf(ends) - xOf(starts) - 1)}px`;
  return trace;
}

function classesOf(session) {
  const level = levelOf(session.id);
  return [
    "block", `is-${session.state}`, level && `has-${level}`, session.cancelled && "is-cancelled",
    isLong(session) && "is-long", !matches(session) && "is-faded", view.session === session.id && "is-selected",
    session.saving && "is-saving", mayMove(session) || "is-theirs", news.has(session.id) && "is-news",
  ].filter(Boolean).join(" ");
}

function drawBlock({ session, starts, ends, lane }, row) {
  const activity = activityOf(session);
  const level = levelOf(session.id);
  const time = isLong(session) ? words.exhibition : period(session.starts, session.ends);
  const width = Math.max(3, xOf(ends) - xOf(starts) - (xOf(ends) - xOf(starts) > 8 ? 2 : 1));
  const isNarrow = width < 120 || view.zoom === "week";
  const isSliver = width < NARROWEST_READ;
  const block = el("button", {
    type: "button", className: `${classesOf(session)}${isNarrow ? " is-narrow" : ""}${isSliver ? " is-sliver" : ""}`, "data-id": session.id, "data-key": session.id, tabIndex: -1,
    "aria-haspopup": "dialog", title: [activity.title, time, level && words.levels[level]].filter(Boolean).join("\n"),
  },
    el("span", { className: "block-text" },
      el("span", { className: "block-title" }, level ? sign(level) : null, activity.title),
      isNarrow ? null : el("span", { className: "block-note" }, [time, activity.by].filter(Boolean).join(" · "))),
    el("span", { className: "visually-hidden" }, `, ${restOf(session)}`));
  if (mayMove(session) && !isLong(session) && width > NARROWEST_HANDLED) {
    if (session.starts >= 0) block.append(el("span", { className: "handle is-start", "data-handle": "start" }));
    if (session.ends <= model.days * DAY) block.append(el("span", { className: "handle is-end", "data-handle": "end" }));
  }
  Object.assign(block.style, {
    left: `${xOf(starts)}px`, width: `${width}px`,
    top: `${GAP + lane * row.lane}px`, height: `${row.lane - 2}px`,
  });
  return block;
}

/** What whoever hears the page is told of a session beside its title. */
function restOf(session) {
  const level = levelOf(session.id);
  const state = session.cancelled ? words.states.cancelled : words.states[session.state];
  return [timeWords(session), placeWords(session), state, level && words.levels[level]].filter(Boolean).join(", ");
}

/** Lets the Tab key lead to one thing of the grid: where one was, else to the first. */
function keepOneTabStop() {
  const stops = $$("[data-key]", grid);
  const wanted = stops.find((stop) => stop.dataset.key === focused) ?? stops.find((stop) => stop.dataset.id && !stop.classList.contains("is-faded")) ?? stops[0];
  for (const stop of stops) stop.tabIndex = stop === wanted ? 0 : -1;
}

/** Brings a session into sight: unfolds what hides it and scrolls there. */
function reveal(id) {
  const session = model.sessions.get(id);
  const venue = session && model.venues.get(session.venue);
  if (!venue) return;
  if (narrow.matches) return $(`[data-id="${CSS.escape(id)}"]`, list)?.scrollIntoView({ block: "center" });
  const group = `c${venue.commune.id || venue.commune.name}`;
  const isHidden = layout.groups.some((each) => each.key === group && each.isClosed) || folds.get(venue.id);
  if (isHidden) {
    folds.set(group, false);
    folds.set(venue.id, false);
    draw();
  }
  const row = layout.rows.find((each) => each.blocks.some((block) => block.session.id === id));
  if (!row) return;
  const top = row.group.top + row.top;
  if (top < grid.scrollTop + HEAD || top + row.height > grid.scrollTop + grid.clientHeight - 60) {
    grid.scrollTop = Math.max(0, top - grid.clientHeight / 3);
  }
  const x = xOf(Math.max(0, session.starts));
  const room = grid.clientWidth - headWidth();
  if (x < grid.scrollLeft || x > grid.scrollLeft + room - 80) grid.scrollLeft = Math.max(0, x - room / 4);
  drawRows();
}

function focusOn(id) {
  reveal(id);
  focused = id;
  keepOneTabStop();
  $(`[data-id="${CSS.escape(id)}"]`, narrow.matches ? list : grid)?.focus({ preventScroll: true });
}

function turnFold(key, isClosed) {
  folds.set(key, isClosed);
  sessionStorage.setItem("planner-folds", JSON.stringify([...folds]));
}

grid.addEventListener("scroll", () => requestAnimationFrame(drawRows), { passive: true });
grid.addEventListener("focusin", (event) => {
  const key = event.target.dataset?.key;
  if (!key) return;
  focused = key;
  keepOneTabStop();
});
rowsPlace.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggle]");
  if (!toggle) return;
  const key = toggle.dataset.toggle;
  turnFold(key, toggle.getAttribute("aria-expanded") === "true");
  focused = key;
  draw();
  $(`[data-key="${CSS.escape(key)}"]`, grid)?.focus({ preventScroll: true });
});

// Dragging with the mouse, a pen or a finger: to place, to move, to stretch, and back to the tray.
// A finger is held for a moment first, so that the page still scrolls; the handles drag at once.

const HOLD = 350; // milliseconds
const SLOP = 5; // pixels
const EDGE = 48;
let pressed = null;
let swallowClick = false;

const snap = (minutes) => Math.round(minutes / STEPS[view.zoom]) * STEPS[view.zoom];

function minuteAt(clientX) {
  return minuteOf(clientX - grid.getBoundingClientRect().left - headWidth() + grid.scrollLeft);
}

function pressOn(event) {
  if (!canEdit || narrow.matches || event.button || drag) return;
  letGo();
  const source = event.target.closest("[data-id]");
  if (!source) return;
  const id = source.dataset.id;
  const session = known(id);
  if (!session || session.saving || !mayMove(session)) return;
  const mode = event.target.dataset.handle ?? "move";
  pressed = { source, id, mode, x: event.clientX, y: event.clientY, pointer: event.pointerId, isTouch: event.pointerType === "touch" };
  if (pressed.isTouch && mode === "move") pressed.timer = setTimeout(() => startDrag(pressed), HOLD);
}

/** Forgets what was pressed and is not dragged. */
function letGo() {
  clearTimeout(pressed?.timer);
  pressed = null;
}

function startDrag({ source, id, mode, x, y, pointer, isTouch }) {
  const session = { ...known(id) };
  const fromTray = model.tray.has(id);
  const minutes = fromTray ? session.minutes : session.ends - session.starts;
  const grab = fromTray || isLong(session) ? Math.min(minutes, 30) / 2 : minuteAt(x) - session.starts;
  pressed = null;
  drag = { source, id, mode, session, fromTray, minutes, grab, pointer, isTouch, x, y, first: model.first, to: null, conflicts: [], long: !fromTray && isLong(session) };
  if (fromTray && session.kind === "exhibition") drag.long = false;
  drag.ghost = el("div", { className: "ghost", "aria-hidden": "true" });
  root.classList.add("is-dragging", `is-dragging-${mode}`);
  if (!fromTray && session.state === "draft") trayPlace.classList.add("is-target");
  source.classList.add("is-source");
  source.addEventListener("touchmove", stopScrolling, { passive: false });
  if (isTouch) navigator.vibrate?.(15);
  toast.hidden = true;
  moveDrag(x, y);
  drag.frame = requestAnimationFrame(scrollAtEdges);
}

const stopScrolling = (event) => drag && event.cancelable && event.preventDefault();

function moveDrag(x, y) {
  Object.assign(drag, { x, y });
  const under = document.elementFromPoint(x, y);
  drag.overTray = !drag.fromTray && drag.session.state === "draft" && trayPlace.contains(under);
  trayPlace.classList.toggle("is-over", Boolean(drag.overTray));
  hoverOver(under?.closest?.("a[data-day], [data-toggle][aria-expanded='false']"));
  const box = grid.getBoundingClientRect();
  const isOver = x > box.left && x < box.right && y > box.top && y < box.bottom;
  if (!isOver || drag.overTray) {
    if (drag.mode === "move") drag.to = null;
    drag.ghost.remove();
    return showVerdict(drag.overTray ? words.dropInTray : words.dropHere);
  }
  const row = drag.mode === "move" ? rowAt(y - rowsPlace.getBoundingClientRect().top) ?? drag.row : rowOf(drag.session);
  if (!row) return;
  drag.row = row;
  const to = { venue: row.venue.id, space: row.space?.id ?? null, ...timeAt(x) };
  const key = JSON.stringify(to);
  if (key === drag.key && drag.ghost.isConnected) return;
  drag.key = key;
  drag.to = to;
  drawGhost();
  checkSoon(drag.id, whereTo(to), (conflicts, sentence) => {
    if (!drag || drag.key !== key) return;
    drag.conflicts = conflicts;
    drawGhost();
    showVerdict(null, conflicts, sentence);
  });
}

const rowOf = (session) => layout.rows.find((row) => row.venue.id === session.venue && (row.space?.id ?? null) === session.space);

/** Gives from when to when the session would be, for a pointer there. */
function timeAt(x) {
  const { session, mode, minutes, grab, long } = drag;
  const step = STEPS[view.zoom];
  if (long) return { starts: session.starts, ends: session.ends };
  const pointed = minuteAt(x);
  if (mode === "start") return { starts: Math.max(0, Math.min(snap(pointed), session.ends - step)), ends: session.ends };
  if (mode === "end") return { starts: session.starts, ends: Math.max(snap(pointed), session.starts + step) };
  const starts = Math.max(0, Math.min(snap(pointed - grab), model.days * DAY - step));
  return { starts, ends: starts + minutes };
}

function whereTo({ starts, ends, venue, space }) {
  return { starts: drag?.long ? null : stamp(starts), ends: drag?.long ? null : stamp(ends), venue, space };
}

function drawGhost() {
  const { to, row, ghost, conflicts, session } = drag;
  const level = worstOf(conflicts);
  const shown = drag.long ? span(session) : to;
  ghost.className = `ghost${level ? ` has-${level}` : ""}`;
  ghost.replaceChildren(el("span", { className: "ghost-label" },
    el("b", {}, level ? sign(level) : null, drag.long ? words.exhibition : period(to.starts, to.ends)),
    el("span", {}, activityOf(session).title)));
  Object.assign(ghost.style, {
    left: `${xOf(shown.starts)}px`, width: `${Math.max(24, xOf(shown.ends) - xOf(shown.starts) - 2)}px`,
    top: `${row.group.top + row.top + GAP}px`, height: `${row.height - 2 * GAP}px`,
  });
  if (!ghost.isConnected) rowsPlace.append(ghost);
}

/** Scrolls while something is held at the edge of the grid. */
function scrollAtEdges() {
  if (!drag) return;
  const box = grid.getBoundingClientRect();
  const { x, y } = drag;
  const near = (at, from, to) => (at < from + EDGE ? -1 : at > to - EDGE ? 1 : 0);
  if (x > box.left && x < box.right && y > box.top - EDGE && y < box.bottom + EDGE) {
    const dx = near(x, box.left + headWidth(), box.right) * 10;
    const dy = drag.mode === "move" ? near(y, box.top + hours.offsetHeight, box.bottom) * 10 : 0;
    if (dx || dy) {
      grid.scrollBy({ left: dx, top: dy, behavior: "instant" });
      moveDrag(x, y);
    }
  }
  drag.frame = requestAnimationFrame(scrollAtEdges);
}

/** Turns to another day, or unfolds a commune, while something is held over its name. */
function hoverOver(name) {
  const key = name?.dataset.day ?? name?.dataset.toggle ?? null;
  if (key === drag.hovered) return;
  clearTimeout(drag.hoverTimer);
  drag.hovered = key;
  for (const other of $$(".is-hovered")) other.classList.remove("is-hovered");
  if (!key || drag.mode !== "move") return;
  name.classList.add("is-hovered");
  const { day, toggle } = name.dataset;
  if (day && (day === view.day || drag.long)) return;
  drag.hoverTimer = setTimeout(async () => {
    if (!drag) return;
    drag.switching = true;
    if (day) await show({ day, session: "" });
    else turnFold(toggle, false), draw();
    if (drag) Object.assign(drag, { switching: false, row: null, key: null });
  }, 600);
}

function endDrag({ cancelled = false } = {}) {
  if (!drag) return;
  const held = drag;
  cancelAnimationFrame(held.frame);
  clearTimeout(held.hoverTimer);
  held.ghost.remove();
  held.source.classList.remove("is-source");
  held.source.removeEventListener("touchmove", stopScrolling);
  root.classList.remove("is-dragging", "is-dragging-move", "is-dragging-start", "is-dragging-end");
  trayPlace.classList.remove("is-target", "is-over");
  const target = held.to && whereTo(held.to);
  const isSame = held.to && held.first === model.first && ["starts", "ends", "venue", "space"].every((name) => held.to[name] === held.session[name]);
  drag = null;
  swallowClick = true;
  setTimeout(() => (swallowClick = false));
  checkSoon.stop();
  showVerdict("");
  if (held.redraw || held.first !== model.first) draw();
  if (cancelled || (isSame && !held.fromTray)) return;
  if (held.overTray) make({ do: "unplace", id: held.id }, { seen: held.session.revision });
  else if (target) {
    if (held.long) Object.assign(target, { starts: null, ends: null });
    focused = held.id;
    if (held.first !== model.first && !held.fromTray) model.sessions.set(held.id, movedTo(held.session, held.first));
    make({ do: held.fromTray ? "place" : "move", id: held.id, to: target }, { seen: held.session.revision });
  }
}

/** Gives a session of the days that were shown before, in minutes of those that are shown now. */
function movedTo(session, first) {
  const shift = daysBetween(model.first, first) * DAY;
  return { ...session, starts: session.starts + shift, ends: session.ends + shift };
}

const verdict = $("[data-verdict]");

/** Shows what stands in the way, at the end of the window where nobody is dragging. */
function showVerdict(sentence, conflicts = [], fault = "") {
  verdict.classList.toggle("is-high", Boolean(drag && drag.y > innerHeight * 0.55));
  if (sentence !== null) return void verdict.replaceChildren(...(sentence ? [el("p", {}, sentence)] : []));
  const place = `${placeWords(drag.to)} · ${drag.long ? words.exhibition : period(drag.to.starts, drag.to.ends)}`;
  const said = fault ? el("p", { className: "field-error" }, fault) : conflictList(conflicts, drag.id) ?? el("p", { className: "fine" }, words.free);
  verdict.replaceChildren(el("p", {}, el("b", {}, place)), said);
}

/** Asks what stands in the way of a placement, a moment after the last one was tried. */
function checkSoon(id, to, then) {
  checkSoon.stop();
  const asked = (checkSoon.asked = new AbortController());
  checkSoon.timer = setTimeout(async () => {
    try {
      const { status, content } = await ask("check", { body: { id, ...to }, signal: asked.signal });
      if (status === 200) then(content.conflicts, "");
      else if (status === 422) then([], content.sentence);
    } catch {
      // another placement was tried meanwhile, or there is no network for now
    }
  }, 90);
}
checkSoon.stop = () => {
  clearTimeout(checkSoon.timer);
  checkSoon.asked?.abort();
};

for (const place of [grid, trayPlace]) {
  place.addEventListener("pointerdown", pressOn);
  place.addEventListener("touchmove", stopScrolling, { passive: false });
  place.addEventListener("contextmenu", (event) => (drag || pressed?.isTouch) && event.preventDefault());
}
window.addEventListener("pointermove", (event) => {
  if (drag?.pointer === event.pointerId) return moveDrag(event.clientX, event.clientY);
  if (pressed?.pointer !== event.pointerId) return;
  if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < SLOP) return;
  const { isTouch, mode } = pressed;
  if (!isTouch || mode !== "move") {
    startDrag(pressed);
    return moveDrag(event.clientX, event.clientY);
  }
  letGo(); // a finger that moves at once scrolls
});
for (const kind of ["pointerup", "pointercancel"]) {
  window.addEventListener(kind, (event) => {
    if (pressed?.pointer === event.pointerId) letGo();
    if (drag?.pointer === event.pointerId) endDrag({ cancelled: kind === "pointercancel" });
  });
}
window.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drag) return;
  event.preventDefault();
  endDrag({ cancelled: true });
});
window.addEventListener("click", (event) => {
  if (!swallowClick) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

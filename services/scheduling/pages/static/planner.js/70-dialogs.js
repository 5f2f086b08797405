// The dialogs: one session with where and when it is; a new one for the tray; whose change stays.

const moveDialog = $("[data-move-dialog]");
const newDialog = $("[data-new-dialog]");
const whoseDialog = $("[data-whose-dialog]");
let edited = null; // the session in the dialog, as it was when it opened

const fieldsOf = (dialog) => $("form", dialog).elements;

/** Chooses an option; the combobox over the select reads it anew when its form is reset. */
function choose(form, name, value) {
  form.elements[name].value = value ?? "";
  form.dispatchEvent(new Event("reset"));
}

function fillSpaces(select, venueId, chosen) {
  const venue = model.venues.get(venueId);
  const options = (venue?.spaces ?? []).map((space) =>
    el("option", { value: space.id }, space.capacity ? say(words.spaceOption, { name: space.name, n: space.capacity }) : space.name));
  select.replaceChildren(el("option", { value: "" }, words.anySpace), ...options);
  select.value = chosen ?? "";
}

function openSession(id) {
  const session = known(id);
  if (!session || drag) return;
  edited = { ...session, fromTray: model.tray.has(id), first: model.first };
  const activity = activityOf(session);
  const form = $("form", moveDialog);
  const fields = fieldsOf(moveDialog);
  const long = !edited.fromTray && isLong(session);
  view.session = edited.fromTray ? "" : id;
  writeView();
  $("[data-title]", moveDialog).textContent = activity.title;
  $("[data-facts]", moveDialog).replaceChildren(...factsOf(session).map(([name, text]) => el("div", {}, el("dt", {}, name), el("dd", {}, text))));
  $("[data-long]", moveDialog).hidden = !long;
  $("[data-times]", moveDialog).hidden = long;
  for (const name of ["day", "starts", "ends"]) fields[name].required = !long;
  const starts = edited.fromTray ? null : session.starts;
  fields.day.value = starts === null || long ? view.day : addDays(model.first, Math.floor(starts / DAY));
  fields.starts.value = starts === null || long ? "" : clockField(starts);
  fields.ends.value = starts === null || long ? "" : clockField(session.ends);
  fields.overnight.checked = !long && starts !== null && Math.floor((session.ends - 1) / DAY) > Math.floor(starts / DAY);
  choose(form, "venue", session.venue);
  fillSpaces(fields.space, session.venue, session.space);
  $("[data-faults]", moveDialog).replaceChildren();
  $("[data-meanwhile]", moveDialog).hidden = true;
  const link = $("[data-open-form]", moveDialog);
  link.hidden = edited.fromTray;
  link.href = `${base.replace(/planner$/, "sessions")}/${id}`;
  const may = mayMove(session);
  $("[data-fields]", moveDialog).hidden = !may;
  $("[data-fields]", moveDialog).disabled = !may;
  if (canEdit) {
    $("[data-save]", moveDialog).hidden = !may;
    $("[data-save]", moveDialog).textContent = edited.fromTray ? words.place : words.move;
    $("[data-unplace]", moveDialog).hidden = !may || edited.fromTray || session.state !== "draft";
    $("[data-delete]", moveDialog).hidden = !may || !edited.fromTray;
    $("[data-delete]", moveDialog).textContent = words.delete;
  }
  const found = model.conflictsOf.get(id) ?? [];
  // To whoever may save, only the server tells that nothing stands in the way.
  if (may) $("[data-checked]", moveDialog).replaceChildren(...[conflictList(found, id)].filter(Boolean));
  else showChecked(found, "");
  moveDialog.showModal();
  if (may) (edited.fromTray ? fields.starts : long ? $(".combobox input", moveDialog) ?? fields.venue : fields.starts).focus();
  checkDialog();
  draw();
}

function factsOf(session) {
  const activity = activityOf(session);
  const state = session.cancelled ? words.states.cancelled : session.state ? words.states[session.state] : words.toPlace;
  return [
    [words.facts.organisation, activity.by],
    [words.facts.when, session.starts === undefined ? lasting(session.minutes) : `${timeWords(session)}`],
    [words.facts.where, placeWords(session)],
    [words.facts.theme, activity.theme],
    [words.facts.audience, words.audiences[activity.audience]],
    [words.facts.capacity, session.capacity],
    [words.facts.state, state],
    [words.facts.note, session.note],
  ].filter(([, text]) => text !== null && text !== undefined && text !== "");
}

/** Reads the dialog; null where something is missing, which is said at the field. While somebody
    is `typing` nothing is said of what is not there yet, and the focus stays where it is. */
function readPlacement({ typing = false } = {}) {
  const fields = fieldsOf(moveDialog);
  const venue = fields.venue.value;
  const to = { venue, space: fields.space.value || null, starts: null, ends: null };
  const faults = [];
  if (!venue) faults.push([fields.venue, words.faults.venue]);
  if (!edited.fromTray && isLong(edited)) return finish();
  const [day, starts, ends] = [fields.day.value, fields.starts.value, fields.ends.value];
  if (!day) faults.push([fields.day, words.faults.day]);
  if (!starts) faults.push([fields.starts, words.faults.starts]);
  if (!ends) faults.push([fields.ends, words.faults.ends]);
  if (day && starts && ends) {
    to.starts = `${day}T${starts}`;
    to.ends = `${fields.overnight.checked ? addDays(day, 1) : day}T${ends}`;
    if (to.ends <= to.starts) faults.push([fields.ends, words.faults.order]);
  }
  return finish();

  function finish() {
    tellFaults(typing ? faults.filter(([, sentence]) => sentence === words.faults.order) : faults, { focus: !typing });
    return faults.length ? null : to;
  }
}

function tellFaults(faults, { focus = true } = {}) {
  const place = $("[data-faults]", moveDialog);
  place.replaceChildren(...faults.map(([, sentence]) => el("p", { className: "field-error" }, sentence)));
  for (const name of ["day", "starts", "ends"]) {
    const isFaulty = faults.some(([field]) => field === fieldsOf(moveDialog)[name]);
    fieldsOf(moveDialog)[name].toggleAttribute("aria-invalid", isFaulty);
    if (isFaulty) fieldsOf(moveDialog)[name].setAttribute("aria-invalid", "true");
  }
  if (focus) faults[0]?.[0].focus();
}

function showChecked(conflicts, fault) {
  const place = $("[data-checked]", moveDialog);
  const said = fault ? el("p", { className: "field-error" }, fault) : conflictList(conflicts, edited.id);
  place.replaceChildren(said ?? el("p", { className: "fine" }, words.free));
}

function checkDialog() {
  if (!edited || !mayMove(edited)) return;
  const to = readPlacement({ typing: true });
  const place = $("[data-checked]", moveDialog);
  if (!to) {
    checkSoon.stop();
    return place.replaceChildren();
  }
  const { id } = edited;
  for (const stale of $$(".fine", place)) stale.classList.add("is-asked"); // said of another placement
  checkSoon(id, to, (conflicts, fault) => edited?.id === id && showChecked(conflicts, fault));
}

const isSamePlace = (to) => to.venue === edited.venue && to.space === edited.space;

if (canEdit) {
  const form = $("form", moveDialog);
  const fields = fieldsOf(moveDialog);
  fields.starts.addEventListener("change", () => {
    // An end that is not said yet, or that would come first, follows the start.
    const minutes = edited.fromTray ? edited.minutes : edited.ends - edited.starts;
    if (!fields.starts.value || (fields.ends.value && fields.ends.dataset.typed)) return;
    const [hour, minute] = fields.starts.value.split(":").map(Number);
    const ends = hour * 60 + minute + minutes;
    fields.ends.value = clockField(ends);
    fields.overnight.checked = ends >= DAY;
  });
  fields.ends.addEventListener("input", () => (fields.ends.dataset.typed = "yes"));
  fields.venue.addEventListener("change", () => fillSpaces(fields.space, fields.venue.value, ""));
  for (const kind of ["input", "change"]) form.addEventListener(kind, checkDialog);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const to = readPlacement();
    if (!to) return void $("[data-checked]", moveDialog).replaceChildren();
    const { id, fromTray, revision } = edited;
    const isUnchanged = !fromTray && isSamePlace(to) && (isLong(edited) || (to.starts === stamp(edited.starts) && to.ends === stamp(edited.ends)));
    moveDialog.close();
    if (isUnchanged) return;
    focused = id;
    const leaves = to.starts && (to.starts.slice(0, 10) < model.first || to.starts.slice(0, 10) >= addDays(model.first, model.days));
    make({ do: fromTray ? "place" : "move", id, to }, { seen: revision }).then(async () => {
      if (leaves && !model.sessions.has(id)) await show({ day: to.starts.slice(0, 10), session: id });
      if (model.sessions.has(id)) focusOn(id);
    });
  });
  $("[data-unplace]", moveDialog).addEventListener("click", () => {
    const { id, revision } = edited;
    moveDialog.close();
    make({ do: "unplace", id }, { seen: revision }).then(() => $(`[data-id="${CSS.escape(id)}"]`, trayList)?.focus());
  });
  // What is thrown away does not come back: the button asks once.
  $("[data-delete]", moveDialog).addEventListener("click", (event) => {
    if (event.target.textContent !== words.reallyDelete) return void (event.target.textContent = words.reallyDelete);
    const { id, revision } = edited;
    moveDialog.close();
    for (const entries of [done, undone]) entries.splice(0, entries.length, ...entries.filter((entry) => entry.change.id !== id));
    make({ do: "delete", id }, { seen: revision });
  });

  $("[data-new]").addEventListener("click", () => {
    const made = $("form", newDialog);
    for (const name of ["activity", "venue"]) choose(made, name, "");
    Object.assign(made.elements.minutes, { value: "" });
    made.elements.note.value = "";
    fillSpaces(made.elements.space, "", "");
    $("[data-faults]", newDialog).replaceChildren();
    newDialog.showModal();
  });
  const newFields = fieldsOf(newDialog);
  newFields.venue.addEventListener("change", () => fillSpaces(newFields.space, newFields.venue.value, ""));
  $("form", newDialog).addEventListener("submit", (event) => {
    event.preventDefault();
    if (!newFields.activity.value) {
      $("[data-faults]", newDialog).replaceChildren(el("p", { className: "field-error" }, words.faults.activity));
      return void ($(".combobox input", newDialog) ?? newFields.activity).focus();
    }
    const id = identifier();
    const minutes = newFields.minutes.value;
    const fields = {
      activity: newFields.activity.value, venue: newFields.venue.value || null, space: newFields.space.value || null,
      minutes: minutes ? Number(minutes) : null, note: newFields.note.value.trim() || null,
    };
    newDialog.close();
    make({ do: "keep", id, fields }).then(() => $(`[data-id="${CSS.escape(id)}"]`, trayList)?.focus());
  });
}

for (const dialog of $$("dialog")) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
}
moveDialog.addEventListener("close", () => {
  checkSoon.stop();
  const id = edited?.id;
  edited = null;
  delete fieldsOf(moveDialog).ends?.dataset.typed;
  draw();
  if (model.sessions.has(id)) focusOn(id);
  else $(`[data-id="${CSS.escape(id ?? "")}"]`, trayList)?.focus();
});

/** Gives a random UUID (RFC 9562, version 4), also where the site is not on https. */
function identifier() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Shows two people's changes of one session, and lets one be chosen; nothing is overwritten. */
function askWhose(change, content, kind) {
  const now = takeStanding(content);
  const isGone = !now;
  draw();
  const title = isGone ? "" : activityOf(now).title;
  const theirs = isGone ? words.gone : now.starts !== undefined ? `${timeWords(now)}, ${placeWords(now)}` : words.inTray;
  $("[data-whose-title]", whoseDialog).textContent = say(words.whoseTitle, { who: content.who });
  $("[data-whose-what]", whoseDialog).textContent = title;
  $("[data-theirs]", whoseDialog).textContent = theirs;
  $("[data-mine]", whoseDialog).textContent = wantedWords(change);
  const mine = $("[data-take-mine]", whoseDialog);
  mine.hidden = isGone;
  mine.onclick = () => {
    whoseDialog.close();
    const isPlacing = change.do === "move" || change.do === "place";
    const adapted = isPlacing ? { ...change, do: now.starts !== undefined ? "move" : "place" } : change;
    model.own.delete(change.id);
    make({ ...adapted, entry: undefined }, { seen: now.revision });
  };
  for (const entries of [done, undone]) entries.splice(0, entries.length, ...entries.filter((entry) => (entry.undo?.id ?? entry.change.id) !== change.id));
  drawHistory();
  whoseDialog.showModal();
  refreshConflicts();
}

function wantedWords({ do: what, to }) {
  if (what === "unplace") return words.inTray;
  if (what === "delete") return words.deleted;
  if (!to) return words.keptInTray;
  const place = placeWords(to);
  if (!to.starts) return place;
  return `${dayShort(to.starts.slice(0, 10))}, ${to.starts.slice(11)} – ${to.ends.slice(11)}, ${place}`;
}

// What is saved: each change is one request under the revision that was seen, and can be undone.

const done = [];
const undone = [];
let saving = 0;
let queue = Promise.resolve();

const PATHS = { move: "move", place: "place", unplace: "unplace", keep: "tray", delete: "tray/delete" };

/** Gives where a session is, so that it can be put there again. */
const whereOf = (session) => ({
  starts: isLong(session) ? null : stamp(session.starts),
  ends: isLong(session) ? null : stamp(session.ends),
  venue: session.venue, space: session.space,
});

/** Gives what takes a change back. */
function inverseOf(change, before) {
  if (change.do === "move") return { do: "move", id: change.id, to: whereOf(before) };
  if (change.do === "place") {
    const { venue, space, minutes, note } = before;
    return { do: "unplace", id: change.id, then: { venue, space, minutes, note } };
  }
  if (change.do === "unplace") return { do: "place", id: change.id, to: { ...whereOf(before), starts: stamp(before.starts), ends: stamp(before.ends) } };
  if (change.do === "keep") return { do: "delete", id: change.id };
  return null;
}

/** Makes a change, after those that are still on their way; `seen` is the revision it was made from.
    What is taken back is taken back from our own last change: somebody else's since is a conflict. */
function make(change, { seen, kind = "new" } = {}) {
  const before = { ...known(change.id) };
  const undo = inverseOf(change, before);
  const { first } = model;
  preview(change);
  queue = queue.then(() => send(change, { before, first, undo, revision: seen ?? model.own.get(change.id) ?? before.revision ?? null, kind }));
  return queue;
}

/** Shows a change before the server has taken it. */
function preview(change) {
  const session = known(change.id);
  if (!session) return;
  const shown = { ...session, saving: true };
  if (change.do === "move" || (change.do === "place" && change.to.starts)) {
    if (change.to.starts) {
      const minutes = (text) => daysBetween(model.first, text.slice(0, 10)) * DAY + Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16));
      Object.assign(shown, { starts: minutes(change.to.starts), ends: minutes(change.to.ends) });
    }
    Object.assign(shown, { venue: change.to.venue, space: change.to.space, state: shown.state === "released" ? "changed" : shown.state ?? "draft" });
    model.tray.delete(change.id);
    model.sessions.set(change.id, shown);
  } else if (model.tray.has(change.id)) model.tray.set(change.id, shown);
  else model.sessions.set(change.id, shown);
  draw();
}

async function send(change, { before, first, undo, revision, kind }) {
  const { id, to = {}, fields = {} } = change;
  saving += 1;
  drawSaving();
  let answer;
  try {
    answer = await ask(`${PATHS[change.do]}?day=${model.first}&days=${model.days}`, { body: { id, revision, ...to, ...fields } });
    if (answer.status === 200 && change.then) {
      const now = answer.content.tray[0][answer.content.fields.tray.indexOf("revision")];
      answer = await ask(`tray?day=${model.first}&days=${model.days}`, { body: { id, revision: now, ...change.then } });
    }
  } catch {
    answer = { status: 0, content: {} };
  }
  saving -= 1;
  drawSaving();
  if (answer.status === 200) return taken(change, answer.content, { undo, kind });
  if (first === model.first) putBack(id, before);
  if (kind === "undo") done.push(change.entry);
  if (kind === "redo") undone.push(change.entry);
  drawHistory();
  if (answer.status === 409) return askWhose(change, answer.content, kind);
  if (answer.content.sentence) return tellFault(id, answer.content.sentence);
  tellFault(id, answer.status === 401 || answer.status === 403 ? words.signedOut : words.notSaved);
}

function taken(change, content, { undo, kind }) {
  const now = takeStanding(content);
  if (now) model.own.set(change.id, now.revision);
  else model.own.delete(change.id);
  model.etag = "";
  const entry = { change: { ...change, entry: undefined }, undo };
  if (kind === "new" && undo) {
    done.push(entry);
    undone.length = 0;
  } else if (kind === "undo") undone.push(change.entry);
  else if (kind === "redo") done.push({ ...change.entry, undo: undo ?? change.entry.undo });
  if (done.length > 100) done.shift();
  draw();
  drawHistory();
  tellDone(change, now, content.conflicts, kind);
  refreshConflicts();
}

function putBack(id, before) {
  model.sessions.delete(id);
  model.tray.delete(id);
  if (before.id) (before.minutes === undefined ? model.sessions : model.tray).set(id, { ...before, saving: false });
  draw();
}

/** Goes a step back or forth, once what is on its way is stored: it may be what is taken back. */
let steps = Promise.resolve();
const step = (take) => (steps = steps.then(() => queue).then(take));

const undo = () => step(() => {
  const entry = done.pop();
  if (!entry) return;
  drawHistory();
  return make({ ...entry.undo, entry }, { kind: "undo" });
});

const redo = () => step(() => {
  const entry = undone.pop();
  if (!entry) return;
  drawHistory();
  return make({ ...entry.change, entry }, { kind: "redo" });
});

function drawHistory() {
  if (!canEdit) return;
  $("[data-undo]").disabled = !done.length;
  $("[data-redo]").disabled = !undone.length;
}

function drawSaving() {
  $("[data-saving]").textContent = saving ? words.saving : "";
}

/** Says what was done, what stands in its way, and how to take it back. */
function tellDone(change, now, conflicts, kind) {
  const title = now ? activityOf(now).title : "";
  const where = now?.starts === undefined ? words.inTray : `${timeWords(now)}, ${placeWords(now)}`;
  const sentence = !now
    ? words.deleted
    : say(kind === "undo" ? words.undone : kind === "redo" ? words.redone : words.saved, { title, where });
  const waiting = conflicts.filter((conflict) => !conflict.accepted);
  tell(sentence, { conflicts: waiting, level: worstOf(waiting), canUndo: kind !== "undo" && done.length > 0, about: change.id });
}

function tellFault(id, sentence) {
  const session = known(id);
  const title = session ? activityOf(session).title : "";
  tell(title ? say(words.fault, { title, sentence }) : sentence, { level: "fault" });
}

const toast = $("[data-toast]");
const MOST_TOLD = 2; // conflicts after a drop; the dialog tells all
let toastTimer = 0;

function tell(sentence, { conflicts = [], level = null, canUndo = false, about = "" } = {}) {
  clearTimeout(toastTimer);
  toast.className = `planner-toast${level ? ` is-${level}` : ""}`;
  const close = el("button", { type: "button", className: "toast-close", "aria-label": words.close }, "×");
  close.addEventListener("click", () => (toast.hidden = true));
  const actions = el("div", { className: "toast-actions" });
  if (canUndo) {
    const button = el("button", { type: "button", className: "link-button" }, words.undo);
    button.addEventListener("click", () => ((toast.hidden = true), undo()));
    actions.append(button);
  }
  const shown = inOrder(conflicts).slice(0, MOST_TOLD);
  if (conflicts.length > shown.length) {
    const rest = conflicts.length - shown.length;
    const more = el("button", { type: "button", className: "link-button" }, say(rest === 1 ? words.oneMore : words.more, { n: rest }));
    more.addEventListener("click", () => ((toast.hidden = true), openSession(about)));
    actions.append(more);
  }
  toast.replaceChildren(...[el("p", {}, sentence), conflictList(shown, about), actions, close].filter(Boolean));
  toast.hidden = false;
  announce([sentence, ...conflicts.map((each) => `${words.levels[each.level]}. ${each.sentence}`)].join(" "));
  if (!level) toastTimer = setTimeout(() => toast.matches(":hover, :focus-within") || (toast.hidden = true), 8000);
}

const inOrder = (conflicts) =>
  [...conflicts].sort((one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level));

/** Lists conflicts, each with its level, its sentence and the way to the other session. */
function conflictList(conflicts, own = "") {
  if (!conflicts.length) return null;
  return el("ul", { className: "conflicts" }, ...inOrder(conflicts).map((conflict) => {
    const links = conflict.links.filter((link) => link.id !== own).slice(0, 3).map((link) => {
      const address = `/console/editions/${link.edition}/planner?day=${link.day}&session=${link.id}`;
      const isHere = address.startsWith(location.pathname);
      return el("a", { href: address, "data-jump": isHere ? link.id : null, "data-jump-day": link.day }, say(words.see, { title: link.title }));
    });
    return el("li", { className: `conflict-item level-${conflict.level}` }, levelBadge(conflict.level),
      el("span", {}, `${conflict.sentence} `, conflict.accepted ? el("em", {}, words.accepted) : null, ...links.flatMap((link) => [" ", link])));
  }));
}

root.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-jump]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { jump, jumpDay } = link.dataset;
  link.closest("dialog")?.close();
  await jumpTo(jump, jumpDay);
});

async function jumpTo(id, day) {
  const isShown = model.sessions.has(id);
  await show({ session: id, ...(isShown ? {} : { day }) });
  focusOn(id);
}

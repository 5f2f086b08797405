// What is known: places, sessions, the tray, conflicts; and the view, which the address carries.

const ZOOMS = ["week", "day", "half", "hour"];
const STEPS = { week: 30, day: 15, half: 5, hour: 5 };
const FILTERS = ["q", "commune", "venue", "organisation", "theme", "audience", "state", "conflicts", "places"];

const model = {
  first: "", days: 1, etag: "", placesTag: "",
  communes: [], venues: new Map(), spaces: new Map(),
  activities: new Map(), sessions: new Map(), tray: new Map(), counts: [],
  conflicts: [], conflictsOf: new Map(),
  own: new Map(), // the revision that our own last change of a session made
};
const view = { day: "", zoom: "day", session: "", filters: {} };
// What somebody folded (true) or unfolded (false); the rest is folded where nothing takes place.
const folds = new Map(JSON.parse(sessionStorage.getItem("planner-folds") ?? "[]"));

/** Reads sessions as they come: lists of values, with activities and places named by their rank. */
function readSessions(names, rows, { activities, where }) {
  return new Map(rows.map((values) => {
    const session = Object.fromEntries(names.map((name, place) => [name, values[place]]));
    session.activity = activities[session.activity].id;
    [session.venue, session.space] = where[session.where];
    return [session.id, session];
  }));
}

function readView() {
  const asked = new URLSearchParams(location.search);
  view.day = /^\d{4}-\d\d-\d\d$/.test(asked.get("day") ?? "") ? asked.get("day") : root.dataset.day;
  view.zoom = ZOOMS.includes(asked.get("zoom")) ? asked.get("zoom") : "day";
  view.session = asked.get("session") ?? "";
  view.filters = Object.fromEntries(FILTERS.map((name) => [name, asked.get(name) ?? ""]));
}

/** Writes the view into the address; a day, a zoom and a session are steps that "back" takes back. */
function writeView({ push = false } = {}) {
  const wanted = new URLSearchParams({ day: view.day });
  if (view.zoom !== "day") wanted.set("zoom", view.zoom);
  for (const name of FILTERS) if (view.filters[name]) wanted.set(name, view.filters[name]);
  if (view.session) wanted.set("session", view.session);
  const address = `${location.pathname}?${wanted}`;
  if (address === location.pathname + location.search) return;
  history[push ? "pushState" : "replaceState"](null, "", address);
  const table = $("[data-table-link]");
  if (table) table.href = `${base}/table?day=${view.day}`;
}

function takePlaces(content) {
  model.placesTag = content.tag;
  model.communes = content.communes;
  model.venues.clear();
  model.spaces.clear();
  for (const commune of content.communes) {
    for (const venue of commune.venues) {
      venue.commune = commune;
      model.venues.set(venue.id, venue);
      for (const space of venue.spaces) model.spaces.set(space.id, Object.assign(space, { venue }));
    }
  }
}

/** Takes a board; returns the ids of what somebody else changed since the last one. */
function takeBoard(content) {
  const sameWindow = model.first === content.first && model.days === content.days;
  const before = { sessions: model.sessions, tray: model.tray };
  Object.assign(model, {
    first: content.first, days: content.days, counts: content.counts,
    sessions: readSessions(content.fields.session, content.sessions, content),
    tray: readSessions(content.fields.tray, content.tray, content),
    activities: new Map(content.activities.map((activity) => [activity.id, activity])),
  });
  if (!sameWindow) return [];
  const changed = [];
  for (const kind of ["sessions", "tray"]) {
    for (const [id, now] of model[kind]) {
      const then = before[kind].get(id);
      const isOurs = model.own.get(id) === now.revision;
      if (!isOurs && then?.revision !== now.revision) changed.push({ id, then, now, kind });
    }
  }
  for (const [id, then] of before.sessions) {
    if (!model.sessions.has(id) && !model.tray.has(id) && !model.own.has(id)) changed.push({ id, then, now: null, kind: "sessions" });
  }
  return changed;
}

/** Takes one session as the server says that it is now. */
function takeStanding(content) {
  for (const activity of content.activities) model.activities.set(activity.id, activity);
  model.sessions.delete(content.id);
  model.tray.delete(content.id);
  const [session] = readSessions(content.fields.session, content.sessions, content).values();
  const [waiting] = readSessions(content.fields.tray, content.tray, content).values();
  if (session && session.starts < model.days * DAY && session.ends > 0) model.sessions.set(content.id, session);
  if (waiting) model.tray.set(content.id, waiting);
  const others = model.conflicts.filter((each) => !each.sessions.includes(content.id));
  takeConflicts([...others, ...content.conflicts]);
  return session ?? waiting ?? null;
}

function takeConflicts(conflicts) {
  model.conflicts = conflicts;
  model.conflictsOf = new Map();
  for (const conflict of conflicts) {
    for (const id of conflict.sessions) {
      if (!model.conflictsOf.has(id)) model.conflictsOf.set(id, []);
      model.conflictsOf.get(id).push(conflict);
    }
  }
}

const known = (id) => model.sessions.get(id) ?? model.tray.get(id);
const activityOf = (session) => model.activities.get(session.activity) ?? { title: "?", by: "" };
const mayMove = (session) => canEdit && Boolean(activityOf(session).mine);
const levelOf = (id) => worstOf(model.conflictsOf.get(id) ?? []);

/** Tells whether only the place of a session can change here: it lasts for days. */
const isLong = (session) => session.kind === "exhibition" || session.ends - session.starts > DAY;

function placeWords(session) {
  const venue = model.venues.get(session.venue);
  const space = model.spaces.get(session.space);
  const named = [space && space.name !== venue?.name ? space.name : null, venue?.name, venue?.commune.name];
  return named.filter(Boolean).join(", ");
}

/** Gives a minute of the window as the local time that the server reads. */
const stamp = (minutes) => `${addDays(model.first, Math.floor(minutes / DAY))}T${clockField(minutes)}`;

function timeWords(session) {
  const number = Math.floor(session.starts / DAY);
  const day = addDays(model.first, number);
  if (isLong(session)) return say(words.untilDay, { from: dayShort(day), to: dayShort(addDays(model.first, Math.floor((session.ends - 1) / DAY))) });
  return `${dayShort(day)}, ${period(session.starts, session.ends)}`;
}

function matches(session) {
  const { q, organisation, theme, audience, state, conflicts } = view.filters;
  const activity = activityOf(session);
  if (organisation && activity.organisation !== organisation) return false;
  if (theme && activity.theme !== theme) return false;
  if (audience && activity.audience !== audience) return false;
  if (conflicts && !levelOf(session.id)) return false;
  if (state && !hasState(session, state)) return false;
  if (!q) return true;
  const text = fold([activity.title, activity.by, placeWords(session), session.note].filter(Boolean).join(" "));
  return fold(q).split(/\s+/).every((word) => text.includes(word));
}

const hasState = (session, state) =>
  ({ cancelled: session.cancelled, held_back: session.held, waiting: session.state !== "released" })[state] ?? session.state === state;

const isFiltered = () => ["q", "organisation", "theme", "audience", "state", "conflicts"].some((name) => view.filters[name]);

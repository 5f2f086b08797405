// Which rows there are, how high each is, and where on it a session lies.

const SIZES = { week: { lane: 26, hour: 0 }, day: { lane: 44, hour: 0 }, half: { lane: 44, hour: 128 }, hour: { lane: 44, hour: 480 } };
const GAP = 3;
const HEAD = 30;
const NARROWEST = 58; // pixels of an hour
const SHORTEST_DAY = 100; // pixels of a day in a week

const layout = { rows: [], groups: [], height: 0, hour: 60, day: 0, from: 0, to: DAY, width: 0, byPlace: new Map() };
const placeKey = (venue, space) => `${venue}/${space ?? ""}`;

/** Finds the hours that a day is mostly made of, so that they fill the width. */
function usualHours() {
  let [from, to] = [9 * 60, 19 * 60];
  for (const session of model.sessions.values()) {
    if (isLong(session)) continue;
    const starts = ((session.starts % DAY) + DAY) % DAY;
    from = Math.min(from, Math.max(starts, 6 * 60));
    to = Math.max(to, Math.min(starts + session.ends - session.starts, 23 * 60));
  }
  return [Math.floor(from / 60), Math.ceil(to / 60)];
}

/** Decides how wide hours and days are; a week leaves the nights out. */
function scale(room) {
  const [from, to] = usualHours();
  if (view.zoom === "week") {
    const day = Math.max(SHORTEST_DAY, room / 7);
    return { from: from * 60, to: to * 60, day, hour: day / (to - from) };
  }
  const hour = view.zoom === "day" ? Math.max(NARROWEST, room / (to - from)) : SIZES[view.zoom].hour;
  return { from: 0, to: DAY, hour, day: 24 * hour };
}

/** Lays every session out: into rows, and within a row into lanes where several overlap. */
function layOut(room) {
  Object.assign(layout, scale(room));
  layout.width = Math.round(model.days * layout.day);
  layout.byPlace = new Map();
  for (const session of model.sessions.values()) {
    const key = placeKey(session.venue, session.space);
    if (!layout.byPlace.has(key)) layout.byPlace.set(key, []);
    layout.byPlace.get(key).push(session);
  }
  layout.rows = [];
  layout.groups = [];
  let top = 0;
  for (const commune of model.communes) {
    if (view.filters.commune && commune.id !== view.filters.commune) continue;
    const venues = commune.venues.filter(isWanted);
    if (!venues.length) continue;
    const group = { commune, top, key: `c${commune.id || commune.name}`, rows: [], count: 0 };
    let within = HEAD;
    for (const venue of venues) {
      group.count += countOf(venue);
    }
    group.isClosed = folds.get(group.key) ?? (group.count === 0 && !view.filters.commune && !view.filters.venue);
    for (const venue of group.isClosed ? [] : venues) {
      for (const row of rowsOf(venue)) {
        row.top = within;
        row.group = group;
        row.place = layout.rows.length;
        within += row.height;
        group.rows.push(row);
        layout.rows.push(row);
      }
    }
    group.height = within;
    top += within;
    layout.groups.push(group);
  }
  layout.height = top;
}

const countOf = (venue) =>
  [null, ...venue.spaces].reduce((sum, space) => sum + (layout.byPlace.get(placeKey(venue.id, space?.id))?.length ?? 0), 0);

function isWanted(venue) {
  if (view.filters.venue) return venue.id === view.filters.venue;
  const sessions = [null, ...venue.spaces].flatMap((space) => layout.byPlace.get(placeKey(venue.id, space?.id)) ?? []);
  if (isFiltered()) return sessions.some(matches);
  if (view.filters.places === "all") return true;
  if (view.filters.places === "day") return sessions.length > 0;
  return venue.used || sessions.length > 0 || noneIsUsed();
}

const noneIsUsed = () => !model.communes.some((commune) => commune.venues.some((venue) => venue.used));

function* rowsOf(venue) {
  const isClosed = folds.get(venue.id) ?? false;
  const spaces = isClosed ? [] : venue.spaces;
  const sessions = layout.byPlace.get(placeKey(venue.id)) ?? [];
  const all = isClosed ? [...sessions, ...venue.spaces.flatMap((space) => layout.byPlace.get(placeKey(venue.id, space.id)) ?? [])] : sessions;
  yield lanesOf({ key: venue.id, venue, space: null, isClosed, folds: venue.spaces.length > 0 }, all, isClosed);
  for (const space of spaces) yield lanesOf({ key: space.id, venue, space }, layout.byPlace.get(placeKey(venue.id, space.id)) ?? []);
}

/** Gives a row its sessions, each with the first lane that is free. Only those that overlap in time
    have lanes of their own: what is drawn longer than it lasts ends where the next one begins. */
function lanesOf(row, sessions, isSummary = false) {
  const blocks = sessions
    .map((session) => ({ session, ...span(session) }))
    .filter((block) => block.ends > block.starts)
    .sort((one, other) => one.starts - other.starts || other.ends - one.ends);
  const last = []; // of each lane
  for (const block of blocks) {
    const lane = last.findIndex((before) => before.until <= block.starts);
    block.lane = lane < 0 ? last.length : lane;
    const before = last[block.lane];
    if (before) before.ends = Math.min(before.ends, block.starts);
    last[block.lane] = block;
  }
  const lanes = Math.max(1, isSummary ? 1 : last.length);
  const lane = row.space || !row.folds || blocks.length ? SIZES[view.zoom].lane : SIZES.week.lane + 4;
  return Object.assign(row, { blocks, lanes, isSummary, lane, height: lanes * lane + 2 * GAP });
}

/** Gives from when to when a session is drawn, which is longer than `until` where it is too short. */
function span(session) {
  const end = model.days * DAY;
  const shortest = (view.zoom === "week" ? 12 : 22) / layout.hour * 60;
  const starts = session.parts?.length ? session.parts[0][0] : session.starts;
  const ends = session.parts?.length ? session.parts.at(-1)[1] : session.parts ? starts : session.ends;
  const from = Math.max(0, starts);
  const until = Math.min(end, Math.max(ends, ends > 0 ? from + 1 : 0)); // at least a minute
  return { starts: from, until, ends: Math.min(end, Math.max(ends, ends > 0 ? from + shortest : 0)) };
}

/** Gives where a minute of the window is drawn, and the minute that is drawn there. */
function xOf(minutes) {
  const day = Math.min(Math.floor(minutes / DAY), model.days - 1);
  const within = Math.min(Math.max(minutes - day * DAY, layout.from), layout.to);
  return day * layout.day + ((within - layout.from) / 60) * layout.hour;
}
function minuteOf(x) {
  const day = Math.min(Math.max(Math.floor(x / layout.day), 0), model.days - 1);
  return day * DAY + layout.from + ((x - day * layout.day) / layout.hour) * 60;
}

/** Finds the row at a height in the rows' own space; heads of communes belong to no row. */
function rowAt(y) {
  const group = layout.groups.find((each) => y >= each.top && y < each.top + each.height);
  const within = group ? y - group.top : 0;
  return group?.rows.find((row) => within >= row.top && within < row.top + row.height) ?? null;
}
